import * as vscode from 'vscode';
import type { KeepAlive } from '../core/auth/keepAlive';
import type { Session } from '../core/auth/session';
import type { SessionStore } from '../core/auth/sessionStore';
import type { Logger } from '../core/ports';
import { explain } from './explain';

/** The first look at the backend waits until the editor has started, in milliseconds. */
const START_DELAY_MS = 500;
const HINT_SHOWN = 'i99dash.lostSecretsHintShown';

/**
 * Restores the session and wakes its keeper whenever something in the editor may matter to it.
 * @returns resolves once the stored session has been read; never rejects
 */
export function keepSessionAlive(
  parts: { session: Session; store: SessionStore; keepAlive: KeepAlive; logger: Logger },
  context: vscode.ExtensionContext,
): Promise<void> {
  const { session, store, keepAlive, logger } = parts;
  const restore = (): Promise<void> =>
    session
      .restore()
      .catch((error: unknown) => logger.warn(`The session was not restored: ${String(error)}`));
  const restoreAndWake = (): void => void restore().then(() => keepAlive.wake());
  const start = setTimeout(() => void keepAlive.wake(), START_DELAY_MS);
  context.subscriptions.push(
    keepAlive,
    { dispose: () => clearTimeout(start) },
    session.onDidChange(
      ({ kind }) => void vscode.commands.executeCommand('setContext', 'i99dash.sessionState', kind),
    ),
    store.onDidChange(restoreAndWake),
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) {
        restoreAndWake();
      }
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (
        event.affectsConfiguration('i99dash.backendUrl') ||
        event.affectsConfiguration('i99dash.ssh')
      ) {
        restoreAndWake();
      }
    }),
  );
  return restore();
}

/** Says once, ever, that this computer keeps no secrets. Nothing is broken: the key signs in again. */
export function hintAtLostSecrets(state: vscode.Memento): void {
  if (state.get(HINT_SHOWN) === true) {
    return;
  }
  void state.update(HINT_SHOWN, true);
  explain(
    vscode.l10n.t(
      'This computer keeps no secrets for VS Code, so i99dash signs in from your SSH key at each start. You need not do anything.',
    ),
  );
}
