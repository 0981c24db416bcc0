import * as vscode from 'vscode';
import type { RefreshScheduler } from '../../core/session/refreshScheduler';
import type { Session } from '../../core/session/session';
import { I99dashError, isI99dashError } from '../../core/errors';
import { abbreviateHome } from '../../core/platform/homePath';
import { plural } from '../../core/text/l10n';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import type { Signer } from '../../core/platform/interfaces';
import { orCancel } from '../ui/ask';
import type { InteractiveTokens } from '../session/interactiveTokens';
import { unlockKeyFile } from './keyUnlock';
import { showInput } from '../ui/pickers';
import { hideProgressWhile } from '../ui/progress';

const PASSPHRASE_TRIES = 3;

/**
 * Opens an encrypted key file with a passphrase from the user.
 * @throws KEY_WRONG_PASSPHRASE after several attempts
 * @throws CancelledError and the errors of {@link unlockKeyFile}
 */
export async function openWithPrompt(path: string): Promise<Signer> {
  for (let triesLeft = PASSPHRASE_TRIES; ; triesLeft--) {
    const passphrase = await askForPassphrase(path, triesLeft);
    try {
      return await unlockKeyFile(path, passphrase);
    } catch (error) {
      if (!isI99dashError(error, 'KEY_WRONG_PASSPHRASE') || triesLeft === 1) {
        throw error;
      }
    }
  }
}

/**
 * Unlocks the session's key for this window.
 * @throws NOT_SIGNED_IN and the errors of {@link openWithPrompt}
 */
export async function unlock(session: Session): Promise<void> {
  const keyPath = session.ownSession?.profile.keyPath;
  if (keyPath === undefined) {
    throw new I99dashError('NOT_SIGNED_IN', vscode.l10n.t('There is no session to unlock.'));
  }
  session.unlock(await openWithPrompt(keyPath));
}

/**
 * Unlocks the session when the user clicks *Unlock*, and refreshes the token: asks for the
 * passphrase, or asks the agent again. Does not prompt if the key is usable again, because its file
 * is back or it was added to an agent.
 * @throws NOT_SIGNED_IN and the errors of opening the key
 */
export async function unlockNow(
  session: Session,
  scheduler: RefreshScheduler,
  tokens: InteractiveTokens,
): Promise<true> {
  await scheduler.trigger();
  if (session.state.kind === 'locked' || session.state.kind === 'signedOut') {
    await tokens.getToken();
  }
  return true;
}

async function askForPassphrase(path: string, triesLeft: number): Promise<string> {
  const options = {
    title: vscode.l10n.t('Passphrase of {0}', sanitizeLine(abbreviateHome(path))),
    prompt:
      triesLeft === PASSPHRASE_TRIES
        ? vscode.l10n.t('Unlocks the key in this window. Never stored.')
        : plural(triesLeft, {
            one: 'Wrong passphrase. {0} attempt left.',
            other: 'Wrong passphrase. {0} attempts left.',
          }),
    password: true,
    ignoreFocusOut: true,
  };
  return orCancel(await hideProgressWhile(async () => await showInput(options)));
}
