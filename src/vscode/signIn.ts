import { isAbsolute, resolve } from 'node:path';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { describeKey, discoverKeys, type DiscoveredKey } from '../core/auth/keyDiscovery';
import { openKeyFile } from '../core/auth/privateKey';
import type { Session } from '../core/auth/session';
import { CancelledError, I99dashError, isI99dashError } from '../core/errors';
import { abbreviateHome, expandHome, sshFolder } from '../core/homePath';
import type { Identity } from '../core/identity';
import type { Signer } from '../core/ports';
import { withQuietProgress } from './progress';
import { settings } from './settings';

export interface SignInArguments {
  method?: 'ssh' | 'token';
  keyPath?: string;
  passphrase?: string;
  token?: string;
}

const PASSPHRASE_TRIES = 3;

type Choice = { method: 'ssh'; keyPath: string } | { method: 'token' };

/** Signs in; asks for what the arguments leave open. */
export async function signIn(session: Session, args: SignInArguments = {}): Promise<Identity> {
  const choice = await choose(args);
  if (choice.method === 'token') {
    const token = args.token ?? (await askForToken());
    return signingIn((signal) => session.signInWithToken(token, signal));
  }
  const signer = await openWithPassphrase(choice.keyPath, args.passphrase);
  return signingIn((signal) => session.signInWithKey(signer, choice.keyPath, signal));
}

function signingIn(task: (signal: AbortSignal) => Promise<Identity>): Promise<Identity> {
  return withQuietProgress(vscode.l10n.t('Signing in to i99dash…'), task);
}

async function choose({ method, keyPath, token }: SignInArguments): Promise<Choice> {
  if (method === 'token' || (method === undefined && token !== undefined)) {
    return { method: 'token' };
  }
  if (keyPath !== undefined) {
    return { method: 'ssh', keyPath: absolute(keyPath) };
  }
  const configured = settings.keyPath();
  if (method === 'ssh' && (await describeKey(configured)) !== undefined) {
    return { method: 'ssh', keyPath: configured };
  }
  return pickChoice(method === undefined, configured);
}

function absolute(path: string): string {
  const expanded = expandHome(path);
  return isAbsolute(expanded) ? expanded : resolve(homedir(), expanded);
}

interface ChoiceItem extends vscode.QuickPickItem {
  choose?: () => Promise<Choice>;
}

async function pickChoice(offerToken: boolean, configured: string): Promise<Choice> {
  const keys = await findKeys(configured);
  const items: ChoiceItem[] = [
    ...keys.map(keyItem),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    {
      label: `$(folder-opened) ${vscode.l10n.t('Browse for a Key File…')}`,
      choose: async () => ({ method: 'ssh', keyPath: await browseForKey() }),
    },
  ];
  if (offerToken) {
    items.push({
      label: `$(clippy) ${vscode.l10n.t('Paste an Access Token…')}`,
      choose: () => Promise.resolve({ method: 'token' }),
    });
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Sign in to i99dash'),
    placeHolder:
      keys.length > 0
        ? vscode.l10n.t('Choose the SSH key to sign in with')
        : vscode.l10n.t('No ed25519 key was found in ~/.ssh'),
    matchOnDescription: true,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  if (picked?.choose === undefined) {
    throw new CancelledError();
  }
  return picked.choose();
}

/** The configured key first, then those of `~/.ssh`. */
async function findKeys(configured: string): Promise<DiscoveredKey[]> {
  const [first, others] = await Promise.all([describeKey(configured), discoverKeys(sshFolder())]);
  return [
    ...(first === undefined ? [] : [first]),
    ...others.filter(({ path }) => path !== configured),
  ];
}

function keyItem({ path, fingerprint, comment, encrypted }: DiscoveredKey): ChoiceItem {
  return {
    label: `$(${encrypted ? 'lock' : 'key'}) ${abbreviateHome(path)}`,
    description: encrypted
      ? [comment, vscode.l10n.t('asks for a passphrase')].filter(Boolean).join(' · ')
      : comment,
    detail: fingerprint,
    choose: () => Promise.resolve({ method: 'ssh', keyPath: path }),
  };
}

async function browseForKey(): Promise<string> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Choose an ed25519 private key'),
      openLabel: vscode.l10n.t('Sign In'),
      defaultUri: vscode.Uri.file(sshFolder()),
    })) ?? [];
  if (file === undefined) {
    throw new CancelledError();
  }
  return file.fsPath;
}

async function openWithPassphrase(path: string, given: string | undefined): Promise<Signer> {
  try {
    return await openKeyFile(path, given);
  } catch (error) {
    if (given !== undefined || !isI99dashError(error, 'KEY_ENCRYPTED')) {
      throw error;
    }
  }
  for (let triesLeft = PASSPHRASE_TRIES; triesLeft > 0; triesLeft--) {
    const passphrase = await askForPassphrase(path, triesLeft);
    try {
      return await openKeyFile(path, passphrase);
    } catch (error) {
      if (!isI99dashError(error, 'KEY_WRONG_PASSPHRASE') || triesLeft === 1) {
        throw error;
      }
    }
  }
  throw new I99dashError('KEY_WRONG_PASSPHRASE', `This is not the passphrase of ${path}.`);
}

async function askForPassphrase(path: string, triesLeft: number): Promise<string> {
  const prompt =
    triesLeft === PASSPHRASE_TRIES
      ? vscode.l10n.t('It is used once, here, and kept nowhere.')
      : vscode.l10n.t('That was not the passphrase. Tries left: {0}.', triesLeft);
  return orCancelled(
    await vscode.window.showInputBox({
      title: vscode.l10n.t('Passphrase of {0}', abbreviateHome(path)),
      prompt,
      password: true,
      ignoreFocusOut: true,
    }),
  );
}

async function askForToken(): Promise<string> {
  return orCancelled(
    await vscode.window.showInputBox({
      title: vscode.l10n.t('Sign in to i99dash with an access token'),
      prompt: vscode.l10n.t('A pasted token cannot be renewed: it is used until it expires.'),
      password: true,
      ignoreFocusOut: true,
    }),
  );
}

function orCancelled(answer: string | undefined): string {
  if (answer === undefined) {
    throw new CancelledError();
  }
  return answer;
}
