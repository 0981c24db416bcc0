import * as vscode from 'vscode';
import { describeError } from '../../core/errors';
import type { KeepAlive } from '../../core/session/refreshScheduler';
import type { Session } from '../../core/session/session';
import type { SessionStore } from '../../core/session/sessionStore';
import type { Disposable, Logger } from '../../core/platform/interfaces';
import { explain } from '../ui/showInfo';

/** The first look at the backend waits until the editor has started, in milliseconds. */
const START_DELAY_MS = 500;
const HINT_SHOWN = 'i99dash.lostSecretsHintShown';

/**
 * Restores the session and wakes its keeper whenever something in the editor may matter to it.
 * @returns `restored` resolves once the stored session has been read, and never rejects
 */
export function keepSessionAlive(parts: {
  session: Session;
  store: SessionStore;
  keepAlive: KeepAlive;
  logger: Logger;
}): Disposable & { restored: Promise<void> } {
  const { session, store, keepAlive, logger } = parts;
  const { id } = session.realm;
  const restore = (): Promise<void> =>
    session
      .restore()
      .catch((error: unknown) =>
        logger.warn(`The session was not restored: ${describeError(error)}`),
      );
  const restoreAndWake = (): void => void restore().then(() => keepAlive.wake());
  const start = setTimeout(() => void keepAlive.wake(), START_DELAY_MS);
  tellContext(session);
  const subscriptions = vscode.Disposable.from(
    keepAlive,
    { dispose: () => clearTimeout(start) },
    session.onDidChange(() => tellContext(session)),
    store.onDidChange(() => void keepAlive.follow()),
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) {
        restoreAndWake();
      }
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      const isNetwork = event.affectsConfiguration('http');
      if (isNetwork) {
        session.hurry({ byPerson: true });
      }
      if (
        isNetwork ||
        event.affectsConfiguration(`${id}.backendUrl`) ||
        event.affectsConfiguration('i99dash.ssh')
      ) {
        restoreAndWake();
      }
    }),
  );
  return { restored: restore(), dispose: () => void subscriptions.dispose() };
}

/** For `when` clauses: `<realm>.sessionState`, and `<realm>.credential` for what one is signed in with. */
function tellContext({ realm, state, stored }: Session): void {
  const source = state.kind === 'environment' ? 'environment' : stored?.profile.source;
  void vscode.commands.executeCommand('setContext', `${realm.id}.sessionState`, state.kind);
  void vscode.commands.executeCommand('setContext', `${realm.id}.credential`, source);
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
