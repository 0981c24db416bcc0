import * as vscode from 'vscode';
import { ApiClient } from '../core/api/client';
import { fetchAccount } from '../core/api/identity';
import type { Session } from '../core/auth/session';
import { accountLabel, type Identity } from '../core/identity';
import type { Transport } from '../core/ports';
import { plainText } from './plainText';

/** Asks the backend who the credential belongs to, and tells. */
export async function whoAmI(
  session: Session,
  transport: Transport,
  backendUrl: string,
): Promise<Identity> {
  const account = await fetchAccount(new ApiClient(backendUrl, transport, session));
  const identity: Identity = { ...session.identity(), ...account };
  void vscode.window.showInformationMessage(
    plainText(
      vscode.l10n.t(
        'You are {0} ({1}) on {2}.',
        accountLabel(account),
        account.devId,
        new URL(backendUrl).host,
      ),
    ),
  );
  return identity;
}
