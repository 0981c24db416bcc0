import * as vscode from 'vscode';
import type { Session } from '../../core/session/session';
import { accountLabel, type Identity } from '../../core/identity';
import type { TokenSource } from '../../core/platform/interfaces';
import { plainText } from '../ui/plainText';
import { withDelayedProgress } from '../ui/progress';

/**
 * Asks the backend who owns the credential, and shows the answer.
 * @throws CancelledError and the errors of the API client
 */
export async function whoAmI(session: Session, tokens: TokenSource): Promise<Identity> {
  const identity = await withDelayedProgress(vscode.l10n.t('Asking who you are…'), (signal) =>
    session.fetchIdentity({ tokens, signal }),
  );
  const { host } = new URL(identity.backendUrl);
  void vscode.window.showInformationMessage(
    plainText(
      vscode.l10n.t('You are {0} ({1}) on {2}.', accountLabel(identity), identity.devId, host),
    ),
  );
  return identity;
}
