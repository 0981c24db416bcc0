import * as vscode from 'vscode';
import type { Session } from '../../core/session/session';
import { I99dashError } from '../../core/errors';
import type { Identity } from '../../core/identity';
import type { TokenSource } from '../../core/platform/interfaces';

interface IdentityDeps {
  session: Session;
  /** Token source for a request to the backend. */
  tokens: TokenSource;
}

/**
 * Returns the signed-in identity. For a credential from the environment, asks the backend who owns
 * it, because the stored session may belong to another account.
 * @throws NOT_SIGNED_IN
 */
export async function getIdentity({ session, tokens }: IdentityDeps): Promise<Identity> {
  const { state } = session;
  return state.kind === 'environment' && state.account === undefined
    ? session.fetchIdentity({ tokens })
    : session.identity();
}

/**
 * Checks that the account that the user confirmed is still signed in.
 * @param asked The account that the user confirmed.
 * @throws NOT_SIGNED_IN
 */
export async function assertSameAccount(
  deps: IdentityDeps,
  asked: Pick<Identity, 'devId'>,
  message = vscode.l10n.t('Another account signed in meanwhile. Start again.'),
): Promise<void> {
  if ((await getIdentity(deps)).devId !== asked.devId) {
    throw new I99dashError('NOT_SIGNED_IN', message);
  }
}
