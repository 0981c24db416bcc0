import * as vscode from 'vscode';
import type { Session } from '../../core/session/session';
import { I99dashError } from '../../core/errors';
import type { Identity } from '../../core/identity';
import type { TokenSource } from '../../core/platform/interfaces';

interface IdentityDeps {
  session: Session;
  /** Where the token comes from when the backend has to be asked. */
  tokens: TokenSource;
}

/**
 * Who is signed in. A credential of the environment belongs to whom the backend says; the stored
 * session may be somebody else's.
 * @throws NOT_SIGNED_IN
 */
export async function getIdentity({ session, tokens }: IdentityDeps): Promise<Identity> {
  const { state } = session;
  return state.kind === 'environment' && state.account === undefined
    ? session.fetchIdentity({ tokens })
    : session.identity();
}

/**
 * For what goes on after a question: the account that was asked about must still be the one in
 * force.
 * @param asked the account that was asked about
 * @throws NOT_SIGNED_IN
 */
export async function assertSameAccount(
  deps: IdentityDeps,
  asked: Pick<Identity, 'devId'>,
  message = vscode.l10n.t('Somebody else has signed in meanwhile. Start again.'),
): Promise<void> {
  if ((await getIdentity(deps)).devId !== asked.devId) {
    throw new I99dashError('NOT_SIGNED_IN', message);
  }
}
