import * as vscode from 'vscode';
import type { DeviceCodePrompt } from '../../core/signIn/deviceCode';
import type { Session } from '../../core/session/session';
import type { Call } from '../../core/consent';
import { I99dashError } from '../../core/errors';
import type { Identity } from '../../core/identity';
import { showInfo } from '../ui/showInfo';
import { withDelayedProgress } from '../ui/progress';
import { askToReplace } from './signInQuestions';

/**
 * Signs in with a device code: shows it, puts it on the clipboard, opens the browser on a click,
 * and waits for the approval with a countdown.
 * @throws as `Session.signInWithDeviceCode`
 */
export async function signInWithDeviceCode(session: Session, call: Call): Promise<Identity> {
  const title = vscode.l10n.t('Signing in to {0}', session.realm.label);
  const waiting = new AbortController();
  const { backendUrl } = session;
  try {
    return await withDelayedProgress(title, (signal, report) =>
      session.signInWithDeviceCode(
        (prompt) => {
          countDown(prompt, report, waiting.signal);
          void present(session, prompt, waiting.signal);
        },
        signal,
        (before, now) => {
          waiting.abort(); // the code is used
          return askToReplace(call, backendUrl)(before, now);
        },
      ),
    );
  } finally {
    waiting.abort();
  }
}

/**
 * Makes a new API key in place of the one that one is signed in with. The session goes on with the
 * old one until the new one is there.
 * @throws NOT_SIGNED_IN when there is none, and as {@link signInWithDeviceCode}
 */
export async function rotateApiKey(session: Session, call: Call): Promise<Identity> {
  if (session.stored?.profile.source !== 'deviceCode') {
    throw new I99dashError(
      'NOT_SIGNED_IN',
      vscode.l10n.t(
        'You are not signed in with an API key. Sign in with a device code to get one.',
      ),
    );
  }
  const identity = await signInWithDeviceCode(session, call);
  showInfo(
    vscode.l10n.t(
      'You signed in with a new API key. The old one no longer works: replace it wherever else it is used, such as in CI.',
    ),
  );
  return identity;
}

/** Replaces the progress message every second until the wait is over. */
function countDown(
  { userCode, expiresAt }: DeviceCodePrompt,
  report: (message: string) => void,
  over: AbortSignal,
): void {
  const tell = (): void => {
    const seconds = Math.max(0, Math.round((expiresAt - Date.now()) / 1000));
    const left = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    report(vscode.l10n.t('Approve the code {0} in the browser ({1} left).', userCode, left));
  };
  tell();
  const timer = setInterval(tell, 1000);
  over.addEventListener('abort', () => clearInterval(timer), { once: true });
}

/**
 * Shows the code in a dialog. The wait goes on behind it: whoever approves elsewhere need not
 * answer.
 */
async function present(
  session: Session,
  { userCode, verificationUri, openUri }: DeviceCodePrompt,
  over: AbortSignal,
): Promise<void> {
  await vscode.env.clipboard.writeText(userCode);
  const openBrowser: vscode.MessageItem = { title: vscode.l10n.t('Open Browser') };
  const cancel: vscode.MessageItem = { title: vscode.l10n.t('Cancel'), isCloseAffordance: true };
  const picked = await vscode.window.showInformationMessage(
    vscode.l10n.t('Your code: {0}', spread(userCode)),
    {
      modal: true,
      detail: vscode.l10n.t(
        'It is on the clipboard. Open {0}, sign in there, and approve if the page shows this code.',
        verificationUri,
      ),
    },
    openBrowser,
    cancel,
  );
  if (over.aborted) {
    return;
  }
  if (picked === cancel) {
    session.cancelSignIn();
  } else if (picked === openBrowser) {
    await vscode.env.openExternal(vscode.Uri.parse(openUri, true));
  }
}

/** A dialog has one size of letters: space between them makes a code large. */
function spread(code: string): string {
  return Array.from(code).join('\u2002');
}
