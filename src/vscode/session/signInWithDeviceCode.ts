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
 * Signs in with a device code: shows the code, copies it to the clipboard, opens the browser when
 * the user clicks the button, and shows a countdown until the sign-in is approved.
 * @throws The errors of `Session.signInWithDeviceCode`.
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
          waiting.abort(); // the code has been used
          return askToReplace(call, backendUrl)(before, now);
        },
      ),
    );
  } finally {
    waiting.abort();
  }
}

/**
 * Replaces the API key of the session with a new one. The session keeps the old key until it has
 * the new one.
 * @throws NOT_SIGNED_IN if the session has no API key
 * @throws The errors of {@link signInWithDeviceCode}.
 */
export async function rotateApiKey(session: Session, call: Call): Promise<Identity> {
  if (session.ownSession?.profile.source !== 'deviceCode') {
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

/** Updates the progress message every second until the wait ends. */
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
 * Shows the code in a dialog. The sign-in does not wait for the dialog, because the user may
 * approve on another device.
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

/** Adds spaces between the characters, because a dialog cannot use a larger font. */
function spread(code: string): string {
  return Array.from(code).join('\u2002');
}
