import * as vscode from 'vscode';
import type { I99dashError } from '../../core/errors';

/** The apps that failures are about. */
const apps = new WeakMap<I99dashError, string>();

/** Makes the message of a failure name the app. */
export function nameApp(error: I99dashError, app: string): void {
  apps.set(error, app);
}

/** The message of a failure, with the app where it is known and not named. */
export function describeFailure(error: I99dashError): string {
  const app = apps.get(error);
  return app === undefined || error.message.includes(app)
    ? error.message
    : vscode.l10n.t('{0}: {1}', app, error.message);
}
