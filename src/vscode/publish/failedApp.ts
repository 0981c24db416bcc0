import * as vscode from 'vscode';
import type { I99dashError } from '../../core/errors';

/** The app that each failure belongs to. */
const apps = new WeakMap<I99dashError, string>();

/** Records the app of a failure, so that the message names it. */
export function nameApp(error: I99dashError, app: string): void {
  apps.set(error, app);
}

/** Returns the message of a failure, prefixed with the app if the message does not name it. */
export function describeFailure(error: I99dashError): string {
  const app = apps.get(error);
  return app === undefined || error.message.includes(app)
    ? error.message
    : vscode.l10n.t('{0}: {1}', app, error.message);
}
