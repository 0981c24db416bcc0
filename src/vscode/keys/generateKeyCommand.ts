import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import type { Session } from '../../core/session/session';
import { computeFingerprint, parsePublicKeyLine, publicKeyLine } from '../../core/ssh/publicKey';
import { listAgentKeys } from '../../core/ssh/agent/sshAgent';
import { abbreviateHome, expandHome, sshFolder } from '../../core/platform/homePath';
import { generateKey, newKeyPath, type GeneratedKey } from '../../core/ssh/generateKey';
import { readPublicKeyFile } from '../../core/ssh/publicKeyFile';
import { sshKeysPage } from '../../core/api/webConsole';
import { agentSocket } from './agentKeys';
import { orCancel } from '../ui/ask';
import type { CommandId } from '../commands/commandIds';
import { withUnlock } from './keyUnlock';
import { showInput } from '../ui/pickers';
import { plainText } from '../ui/plainText';
import { runCommand } from '../ui/runCommand';
import { settings } from '../settings';

export interface GenerateKeyArguments {
  path?: string;
  passphrase?: string;
  comment?: string;
}

export interface CopyPublicKeyArguments {
  publicKeyPath?: string;
  openConsole?: boolean;
}

/**
 * Generates an ed25519 key pair and offers to register it. Asks the user for anything that the
 * arguments do not provide.
 * @throws The errors of {@link makeKey}.
 */
export async function generateKeyCommand(
  session: Session,
  args: GenerateKeyArguments = {},
): Promise<GeneratedKey> {
  const { key } = await makeKey(args);
  offerToRegister(key, session.state.kind === 'signedOut');
  return key;
}

/**
 * Generates an ed25519 key pair. Asks the user for anything that the arguments do not provide.
 * @returns The key and its passphrase, which is '' if there is none.
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
 * Copies a public key. Unless `openConsole` is false, opens the web console to register it.
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
      'Public key copied ({0}). Add it under Account → SSH keys.',
      fingerprintOfLine(line),
    ),
  );
  return true;
}

/**
 * Returns the public key line of the given file, or else of the session's key, which may exist only
 * in the SSH agent, or else of the configured key.
 */
async function findPublicKey(session: Session, path: string | undefined): Promise<string> {
  const profile = session.ownSession?.profile;
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
  return parts === undefined ? '' : computeFingerprint(parts.blob);
}

async function askForPath(): Promise<string> {
  const usual = join(sshFolder(), 'id_ed25519');
  const path = await showInput({
    title: vscode.l10n.t('Generate SSH Key (1/3): Location'),
    prompt: vscode.l10n.t('Where to save the key. Existing files are never overwritten.'),
    value: abbreviateHome(existsSync(usual) ? join(sshFolder(), 'id_ed25519_i99dash') : usual),
    ignoreFocusOut: true,
    validateInput: (value) => objectionToPath(expandHome(value.trim())),
  });
  return orCancel(path).trim();
}

function objectionToPath(path: string): string | undefined {
  if (path === '') {
    return vscode.l10n.t('Enter where to save the key.');
  }
  if (!isAbsolute(path)) {
    return vscode.l10n.t('Enter the full path, or one that begins with ~/.');
  }
  if (/[\\/]$/u.test(path)) {
    return vscode.l10n.t('This is a folder. Add a name for the key.');
  }
  if (/\.pub$/iu.test(path)) {
    return vscode.l10n.t('Leave out .pub: it is added for the public key.');
  }
  return existsSync(path) || existsSync(`${path}.pub`)
    ? vscode.l10n.t('This file already exists.')
    : undefined;
}

async function askForNewPassphrase(path: string): Promise<string> {
  const about = vscode.l10n.t(
    'Passphrase for {0}. Leave empty for none; the session then renews without asking.',
    plainText(abbreviateHome(path)),
  );
  for (let prompt = about; ;) {
    const first = await askForSecret(vscode.l10n.t('Generate SSH Key (2/3): Passphrase'), prompt);
    if (first === '' || (await repeatPassphrase()) === first) {
      return first;
    }
    prompt = vscode.l10n.t('The passphrases do not match. Enter it again.');
  }
}

function repeatPassphrase(): Promise<string> {
  return askForSecret(
    vscode.l10n.t('Generate SSH Key (3/3): Repeat Passphrase'),
    vscode.l10n.t('Repeat the passphrase.'),
  );
}

async function askForSecret(title: string, prompt: string): Promise<string> {
  const answer = await showInput({
    title,
    prompt,
    password: true,
    ignoreFocusOut: true,
  });
  return orCancel(answer);
}

/** Offers to register a key: in VS Code if the user is signed in, else in the web console. */
function offerToRegister({ path, publicKeyPath }: GeneratedKey, inWebConsole: boolean): void {
  const button = inWebConsole
    ? vscode.l10n.t('Copy Key and Open Console')
    : vscode.l10n.t('Add SSH Key…');
  const command: CommandId = inWebConsole ? 'i99dash.copyPublicKey' : 'i99dash.addKey';
  const name = abbreviateHome(path);
  const message = inWebConsole
    ? vscode.l10n.t(
        'Your key {0} is ready. Add it to your account in the web console, then sign in.',
        name,
      )
    : vscode.l10n.t('Your key {0} is ready. Add it to your account.', name);
  void vscode.window
    .showInformationMessage(plainText(message), button)
    .then((picked) => (picked === button ? runCommand(command, { publicKeyPath }) : undefined));
}
