import { type Context, HttpError, type Params } from '../exchange';
import type { Account, App } from '../state/model';

/**
 * Returns the app that the path names.
 * @throws HttpError 404 for an unknown app, 403 for an app of another developer
 */
export function ownApp({ state }: Context, account: Account, params: Params): App {
  const app = state.apps.find(params['appId'] ?? '');
  if (app === undefined) throw noSuchApp();
  if (app.devId !== account.devId) {
    throw new HttpError(403, 'APP_NOT_OWNED', `${app.appId} belongs to another developer`);
  }
  return app;
}

/** Creates the error for an unknown app. */
export function noSuchApp(): HttpError {
  return new HttpError(404, 'APP_NOT_FOUND', 'no such app');
}
