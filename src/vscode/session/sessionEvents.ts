import * as vscode from 'vscode';
import { describeError } from '../../core/errors';
import type { RefreshScheduler } from '../../core/session/refreshScheduler';
import type { Session } from '../../core/session/session';
import type { SessionStore } from '../../core/session/sessionStore';
import type { Disposable, Logger } from '../../core/platform/interfaces';
import { showInfo } from '../ui/showInfo';
import { setContextKey } from '../ui/runCommand';

/** Delay of the first refresh after activation, so that the editor can start, in milliseconds. */
const START_DELAY_MS = 500;
const HINT_SHOWN = 'i99dash.lostSecretsHintShown';

/**
 * Restores the session, and triggers the refresh scheduler on each event in the editor that may
 * affect the session.
 * @returns A disposable. Its `restored` resolves once the stored session has been read, and never
 *   rejects.
 */
export function keepSessionAlive(parts: {
  session: Session;
  store: SessionStore;
  scheduler: RefreshScheduler;
  logger: Logger;
}): Disposable & { restored: Promise<void> } {
  const { session, store, scheduler, logger } = parts;
  const { id } = session.realm;
  const restore = (): Promise<void> =>
    session
      .restore()
      .catch((error: unknown) =>
        logger.warn(`The session was not restored: ${describeError(error)}`),
      );
  const restoreAndWake = (): void => void restore().then(() => scheduler.trigger());
  const start = setTimeout(() => void scheduler.trigger(), START_DELAY_MS);
  setContextKeys(session);
  const subscriptions = vscode.Disposable.from(
    scheduler,
    { dispose: () => clearTimeout(start) },
    session.onDidChange(() => setContextKeys(session)),
    store.onDidChange(() => void scheduler.onStoreChanged()),
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) {
        restoreAndWake();
      }
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      const isNetwork = event.affectsConfiguration('http');
      if (isNetwork) {
        session.resetBackoff({ userInitiated: true });
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

/**
 * Sets the context keys for `when` clauses: `<realm>.sessionState`, and `<realm>.credential` for
 * the kind of credential.
 */
function setContextKeys({ realm, state, ownSession }: Session): void {
  const source = state.kind === 'environment' ? 'environment' : ownSession?.profile.source;
  void setContextKey(`${realm.id}.sessionState`, state.kind);
  void setContextKey(`${realm.id}.credential`, source);
}

/**
 * Informs the user, only once ever, that this computer stores no secrets. This is not an error: the
 * session signs in again with the key.
 */
export function warnNoKeyring(state: vscode.Memento): void {
  if (state.get(HINT_SHOWN) === true) {
    return;
  }
  void state.update(HINT_SHOWN, true);
  showInfo(
    vscode.l10n.t(
      'This computer keeps no secrets for VS Code, so i99dash signs in from your SSH key at each start. You need not do anything.',
    ),
  );
}
