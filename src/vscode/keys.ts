import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import type { Session } from '../core/auth/session';
import { fingerprintOf, parsePublicKeyLine, publicKeyLine } from '../core/auth/publicKey';
import { listAgentKeys } from '../core/auth/sshAgent';
import { abbreviateHome, expandHome, sshFolder } from '../core/homePath';
import { generateKey, newKeyPath, type GeneratedKey } from '../core/keys/generateKey';
import { readPublicKeyFile } from '../core/keys/publicKeyFile';
import { sshKeysPage } from '../core/webConsole';
import { agentSocket } from './agent';
import { answered } from './ask';
import type { CommandId } from './commandIds';
import { withUnlock } from './keyUnlock';
import { plainText } from './plainText';
import { runQuietly } from './runQuietly';
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

/** Makes an ed25519 key pair and offers to register it; asks for what the arguments leave open. @throws as {@link makeKey} */
export async function generateKeyCommand(
  session: Session,
  args: GenerateKeyArguments = {},
): Promise<GeneratedKey> {
  const { key } = await makeKey(args);
  offerToRegister(key, session.state.kind === 'signedOut');
  return key;
}

/**
 * Makes an ed25519 key pair; asks for what the arguments leave open.
 * @returns the key and its passphrase, '' for none
 * @throws KEY_EXISTS, KEY_UNREADABLE, CancelledError
 */
export async function makeKey(
  args: GenerateKeyArguments = {},
): Promise<{ key: GeneratedKey; passphrase: string }> {
  const path = await newKeyPath(args.path ?? (await askForPath()));
  const passphrase = args.passphrase ?? (await askForNewPassphrase(path));
  const options = { path, ...(args.comment === undefined ? {} : { comment: args.comment }) };
  const key =
    passphrase === ''
      ? await generateKey(options)
      : await withUnlock(vscode.l10n.t('Generating the key…'), passphrase, (unlock) =>
          generateKey({ ...options, unlock }),
        );
  return { key, passphrase };
}

/**
 * Copies a public key and, unless told otherwise, opens the web console where it is registered.
 * @throws KEY_NOT_FOUND, KEY_UNREADABLE, KEY_UNSUPPORTED, KEY_IS_PRIVATE, AGENT_UNAVAILABLE
 */
export async function copyPublicKey(
  session: Session,
  args: CopyPublicKeyArguments = {},
): Promise<true> {
  const line = await findPublicKey(session, args.publicKeyPath);
  await vscode.env.clipboard.writeText(line);
  if (args.openConsole !== false) {
    await vscode.env.openExternal(vscode.Uri.parse(sshKeysPage(settings.webConsoleUrl())));
  }
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'The public key is on the clipboard. Add it in the web console under Account → SSH keys. It is {0}.',
      fingerprintOfLine(line),
    ),
  );
  return true;
}

/** The public key line of a file, else of the session's key, be it in the SSH agent alone, else of the configured key. */
async function findPublicKey(session: Session, path: string | undefined): Promise<string> {
  const profile = session.stored?.profile;
  const keyPath = profile?.keyPath ?? settings.keyPath();
  if (path === undefined && profile?.source === 'agent' && profile.keyPath === undefined) {
    const keys = await listAgentKeys(await agentSocket());
    const key = keys.find(({ fingerprint }) => fingerprint === profile.fingerprint);
    if (key !== undefined) {
      return key.publicKey;
    }
  }
  const { blob, comment } = await readPublicKeyFile(path ?? `${keyPath}.pub`);
  return publicKeyLine(blob, comment);
}

function fingerprintOfLine(line: string): string {
  const parts = parsePublicKeyLine(line);
  return parts === undefined ? '' : fingerprintOf(parts.blob);
}

async function askForPath(): Promise<string> {
  const usual = join(sshFolder(), 'id_ed25519');
  const path = await vscode.window.showInputBox({
    title: vscode.l10n.t('Generate an SSH key (1 of 2): where'),
    prompt: vscode.l10n.t('A file that is there already is never overwritten.'),
    value: abbreviateHome(existsSync(usual) ? join(sshFolder(), 'id_ed25519_i99dash') : usual),
    ignoreFocusOut: true,
    validateInput: (value) => objectionToPath(expandHome(value.trim())),
  });
  return answered(path).trim();
}

function objectionToPath(path: string): string | undefined {
  if (path === '') {
    return vscode.l10n.t('Type where the key is to be kept.');
  }
  if (!isAbsolute(path)) {
    return vscode.l10n.t('Type the full path, or one that begins with ~/.');
  }
  if (/[\\/]$/u.test(path)) {
    return vscode.l10n.t('This is a folder. Add a name for the key.');
  }
  if (/\.pub$/iu.test(path)) {
    return vscode.l10n.t('The name ends in .pub by itself for the public half. Leave it out.');
  }
  return existsSync(path) || existsSync(`${path}.pub`)
    ? vscode.l10n.t('This file exists already.')
    : undefined;
}

async function askForNewPassphrase(path: string): Promise<string> {
  const about = vscode.l10n.t(
    'Protects {0}. Leave it empty for a key that renews your session without ever asking.',
    plainText(abbreviateHome(path)),
  );
  for (let prompt = about; ;) {
    const first = await askForSecret(prompt);
    if (first === '' || (await askForSecret(vscode.l10n.t('Type it once more.'))) === first) {
      return first;
    }
    prompt = vscode.l10n.t('The two were not the same. Choose the passphrase again.');
  }
}

async function askForSecret(prompt: string): Promise<string> {
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Generate an SSH key (2 of 2): passphrase'),
    prompt,
    password: true,
    ignoreFocusOut: true,
  });
  return answered(answer);
}

/** Who is signed in can register it here; who is not, in the web console. */
function offerToRegister(
  { fingerprint, publicKeyPath }: GeneratedKey,
  inWebConsole: boolean,
): void {
  const button = inWebConsole
    ? vscode.l10n.t('Copy Public Key and Open Web Console')
    : vscode.l10n.t('Register It');
  const command: CommandId = inWebConsole ? 'i99dash.copyPublicKey' : 'i99dash.addKey';
  void vscode.window
    .showInformationMessage(
      inWebConsole
        ? vscode.l10n.t(
            'The key {0} is made. Register its public half once in the web console.',
            fingerprint,
          )
        : vscode.l10n.t('The key {0} is made. Register its public half once.', fingerprint),
      button,
    )
    .then((picked) => (picked === button ? runQuietly(command, { publicKeyPath }) : undefined));
}
