import * as vscode from 'vscode';
import type { RegistrationWait } from '../../core/signIn/waitForRegistration';
import { abbreviateHome } from '../../core/platform/homePath';
import { sshKeysPage } from '../../core/api/webConsole';
import { orCancel } from '../ui/ask';
import type { OpenedKey } from './openedKey';
import { plainText } from '../ui/plainText';
import { settings } from '../settings';

/**
 * Says what a key that was generated just now still needs.
 * @throws CancelledError when the user does not go on
 */
export async function offerNewKey({ signer, origin }: OpenedKey): Promise<void> {
  const copy = vscode.l10n.t('Copy Key and Open Console');
  const picked = await vscode.window.showInformationMessage(
    plainText(
      vscode.l10n.t(
        'Your key {0} is ready. Add it to your account in the web console, then continue.',
        abbreviateHome(origin.keyPath ?? ''),
      ),
    ),
    copy,
    vscode.l10n.t('Continue'),
  );
  if (orCancel(picked) === copy) {
    await copyKeyAndOpenConsole(signer.publicKey);
  }
}

/** Puts a public key on the clipboard and opens the page of the web console where it is added. */
async function copyKeyAndOpenConsole(publicKey: string): Promise<void> {
  await vscode.env.clipboard.writeText(publicKey);
  await vscode.env.openExternal(vscode.Uri.parse(sshKeysPage(settings.webConsoleUrl())));
}

/** Lets the user add a key in the web console. @returns whether they then press this button */
export async function copyKeyAndAsk(publicKey: string, button: string): Promise<boolean> {
  await copyKeyAndOpenConsole(publicKey);
  const message = vscode.l10n.t(
    'Public key copied. Add it under Account → SSH keys, then try again.',
  );
  return (await vscode.window.showInformationMessage(message, button)) === button;
}

/** How a new key is waited for: a user who comes back to this window may have added it just now. */
export function waitForRegistration(report: (message: string) => void): RegistrationWait {
  report(vscode.l10n.t('Waiting until the key is added under Account → SSH keys.'));
  return {
    onHint: (listener) =>
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) {
          listener();
        }
      }),
  };
}
