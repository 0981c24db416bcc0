import type { Call } from '../../core/consent';
import { isI99dashError } from '../../core/errors';
import type { Identity } from '../../core/identity';
import { getIdentity } from '../session/getIdentity';
import type { PublishContext } from './publishContext';
import { continueAfterRetry } from '../ui/retry';

/**
 * Returns the account that publishes. If there is no session and the user started the publish,
 * signs in first.
 * @param publishAgain retries the publish after a failed sign-in
 * @throws NOT_SIGNED_IN
 * @throws what the sign-in throws
 */
export async function requirePublisher(
  context: Pick<PublishContext, 'session' | 'tokens' | 'signIn'>,
  call: Call,
  publishAgain: () => Promise<unknown>,
): Promise<Identity> {
  try {
    return await getIdentity(context);
  } catch (error) {
    const isSignedOut = context.session.state.kind === 'signedOut';
    if (call.caller !== 'hand' || !isSignedOut || !isI99dashError(error, 'NOT_SIGNED_IN')) {
      throw error;
    }
  }
  try {
    await context.signIn(call);
  } catch (error) {
    continueAfterRetry(error, publishAgain);
    throw error;
  }
  return getIdentity(context);
}
