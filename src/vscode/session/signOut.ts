import * as vscode from 'vscode';
import type { Session } from '../../core/session/session';
import { showInfo } from '../ui/showInfo';
import { dropKeptSecret } from '../ui/tryAgain';

/**
 * Signs out, and tells the user about credentials that could not be cleared.
 * @throws BACKEND_REFUSED
 */
export async function signOut(session: Session): Promise<true> {
  dropKeptSecret();
  const isGone = await session.signOut();
  if (!isGone) {
    showInfo(
      vscode.l10n.t(
        'You are signed out, but this computer’s keyring did not take that: an access token may stay in it until it expires.',
      ),
    );
  }
  const { state } = session;
  if (state.kind === 'environment') {
    showInfo(
      vscode.l10n.t(
        'The stored session is gone, but the environment variable {0} still signs you in. Unset it where VS Code is started.',
        state.variable,
      ),
    );
  }
  return true;
}
