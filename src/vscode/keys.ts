import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Session } from '../core/auth/session';
import { fingerprintOf, publicKeyLine } from '../core/auth/publicKey';
import { CancelledError, isI99dashError } from '../core/errors';
import { abbreviateHome, expandHome, sshFolder } from '../core/homePath';
import { generateKey, type GeneratedKey } from '../core/keys/generateKey';
import { readPublicKeyFile } from '../core/keys/publicKeyFile';
import { sshKeysPage } from '../core/webConsole';
import { settings } from './settings';

export interface GenerateKeyArguments {
  path?: string;
  passphrase?: string;
  comment?: string;
}

export interface CopyPublicKeyArguments {
  publicKeyPath?: string;
  openConsole?: boolean;
}

/** Makes an ed25519 key pair; asks for what the arguments leave open. */
export async function generateKeyCommand(args: GenerateKeyArguments = {}): Promise<GeneratedKey> {
  const path = expandHome(args.path ?? (await askForPath()));
  const passphrase = args.passphrase ?? (await askForNewPassphrase(path));
  const key = await generateKey({
    path,
    ...(passphrase === '' ? {} : { passphrase }),
    ...(args.comment === undefined ? {} : { comment: args.comment }),
  });
  offerToRegister(key);
  return key;
}

/** Copies a public key and, unless told otherwise, opens the web console where it is registered. */
export async function copyPublicKey(
  session: Session,
  args: CopyPublicKeyArguments = {},
): Promise<true> {
  const path = args.publicKeyPath ?? defaultPublicKeyPath(session);
  const { blob, comment } = await readPublicKeyFile(expandHome(path));
  await vscode.env.clipboard.writeText(publicKeyLine(blob, comment));
  if (args.openConsole !== false) {
    await vscode.env.openExternal(vscode.Uri.parse(sshKeysPage(settings.webConsoleUrl())));
  }
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'The public key {0} is on the clipboard. Add it in the web console under Account → SSH keys.',
      fingerprintOf(blob),
    ),
  );
  return true;
}

function defaultPublicKeyPath(session: Session): string {
  return `${session.stored?.profile.keyPath ?? settings.keyPath()}.pub`;
}

async function askForPath(): Promise<string> {
  const usual = join(sshFolder(), 'id_ed25519');
  const path = await vscode.window.showInputBox({
    title: vscode.l10n.t('Generate an SSH key (1 of 2): where'),
    prompt: vscode.l10n.t('A file that is there already is never overwritten.'),
    value: abbreviateHome(existsSync(usual) ? join(sshFolder(), 'id_ed25519_i99dash') : usual),
    ignoreFocusOut: true,
    validateInput: (value) =>
      existsSync(expandHome(value)) ? vscode.l10n.t('This file exists already.') : undefined,
  });
  return answered(path);
}

async function askForNewPassphrase(path: string): Promise<string> {
  const title = vscode.l10n.t('Generate an SSH key (2 of 2): passphrase');
  const answer = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t(
      'Protects {0}. Leave it empty for a key that renews your session without ever asking.',
      abbreviateHome(path),
    ),
    password: true,
    ignoreFocusOut: true,
  });
  const first = answered(answer);
  if (first === '') {
    return '';
  }
  const again = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Type it once more.'),
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) =>
      value === '' || first.startsWith(value)
        ? undefined
        : vscode.l10n.t('This is not what you typed before.'),
  });
  return answered(again) === first ? first : askForNewPassphrase(path);
}

function answered(value: string | undefined): string {
  if (value === undefined) {
    throw new CancelledError();
  }
  return value;
}

function offerToRegister({ fingerprint, publicKeyPath }: GeneratedKey): void {
  const copy = vscode.l10n.t('Copy Public Key and Open Web Console');
  void vscode.window
    .showInformationMessage(
      vscode.l10n.t(
        'The key {0} is made. Register its public half once in the web console.',
        fingerprint,
      ),
      copy,
    )
    .then((picked) =>
      picked === copy
        ? vscode.commands.executeCommand('i99dash.copyPublicKey', { publicKeyPath })
        : undefined,
    )
    .then(undefined, (error: unknown) => {
      if (!isI99dashError(error)) {
        throw error;
      }
    });
}
