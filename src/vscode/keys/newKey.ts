import * as vscode from 'vscode';
import type { RegistrationWait } from '../../core/signIn/waitForRegistration';
import { abbreviateHome } from '../../core/platform/homePath';
import { sshKeysPage } from '../../core/api/webConsole';
import { orCancel } from '../ui/ask';
import type { OpenedKey } from './openedKey';
import { plainText } from '../ui/plainText';
import { settings } from '../settings';

/**
 * Tells the user to register a key that was just generated.
 * @throws CancelledError if the user does not continue
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

/** Copies a public key and opens the page of the web console where keys are added. */
async function copyKeyAndOpenConsole(publicKey: string): Promise<void> {
  await vscode.env.clipboard.writeText(publicKey);
  await vscode.env.openExternal(vscode.Uri.parse(sshKeysPage(settings.webConsoleUrl())));
}

/**
 * Lets the user add a key in the web console.
 * @returns Whether the user then pressed the button.
 */
export async function copyKeyAndAsk(publicKey: string, button: string): Promise<boolean> {
  await copyKeyAndOpenConsole(publicKey);
  const message = vscode.l10n.t(
    'Public key copied. Add it under Account → SSH keys, then try again.',
  );
  return (await vscode.window.showInformationMessage(message, button)) === button;
}

/**
 * Reports the wait for the registration of a new key. A user who returns to this window may have
 * just added the key, so that triggers another check.
 */
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
