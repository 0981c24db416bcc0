import * as vscode from 'vscode';
import { findCommandLineToken, type CommandLineToken } from '../../core/signIn/commandLineToken';
import { describeKey, discoverKeys, type DiscoveredKey } from '../../core/ssh/keyDiscovery';
import type { AgentKey } from '../../core/ssh/agent/sshAgent';
import { CancelledError } from '../../core/errors';
import { abbreviateHome, sshFolder } from '../../core/platform/homePath';
import { accountLabel, type Account } from '../../core/identity';
import type { Realm } from '../../core/realm';
import { agentKeysToOffer, agentSocket } from '../keys/agentKeys';
import { orCancel } from '../ui/ask';
import { browseForKeyFile, pickChoice, separator, type Choice } from '../ui/quickPick';
import { openFirstSteps } from '../firstSteps';
import { makeKey } from '../keys/generateKeyCommand';
import { showPicker } from '../ui/pickers';
import { plainFacts, plainLabel } from '../ui/plainText';

/** The key to sign in with. */
export type KeyChoice =
  /** `isNew`: the key was just generated, with this passphrase. */
  | { method: 'ssh'; keyPath: string; passphrase?: string; isNew?: true }
  | { method: 'agent'; key: AgentKey; socket: string };

/** A complete choice of how to sign in. Only the passphrase of a key may still be missing. */
export type SignInChoice =
  | KeyChoice
  /** `token`: the token that was found. Without it, the user is asked for one. */
  | { method: 'token'; token?: string }
  | { method: 'deviceCode' };

/** A picker item for a key, or for a way to get one. */
export interface KeyItem extends vscode.QuickPickItem {
  choose: () => Promise<KeyChoice>;
}

type ChoiceItem = Choice<SignInChoice>;

/**
 * Asks the user how to sign in: with which key, or in which other way.
 * @throws CancelledError and the errors of {@link chooseNewKey}
 */
export async function pickMethod(options: {
  realm: Realm;
  /** Whether to offer only key files. */
  onlyKeys: boolean;
  /** The configured key, offered first. */
  configured: string;
  /** Whether the backend may support device codes. */
  hasDeviceCode: boolean;
  /** The account that is signed in. */
  account: Account | undefined;
}): Promise<SignInChoice> {
  const { realm, onlyKeys, configured, hasDeviceCode, account } = options;
  const [files, agentKeys, others] = await Promise.all([
    findKeys(configured),
    onlyKeys ? [] : agentKeysToOffer(),
    onlyKeys ? [] : otherWays(realm, hasDeviceCode),
  ]);
  const items = [
    ...files.map(fileItem),
    ...section(vscode.l10n.t('SSH agent'), agentKeys.map(agentItem)),
    ...section('', [...generateItems(files), browseItem()]),
    ...section(vscode.l10n.t('Without a key'), others),
  ];
  const found = files.length + agentKeys.length > 0;
  return pickChoice(items, {
    title: vscode.l10n.t('Sign in to {0}', realm.label),
    placeHolder: pickerPlaceholder(found, account),
  });
}

function pickerPlaceholder(found: boolean, account: Account | undefined): string {
  if (!found) {
    return vscode.l10n.t('No ed25519 key was found in ~/.ssh');
  }
  return account === undefined
    ? vscode.l10n.t('Choose the SSH key to sign in with')
    : vscode.l10n.t(
        'Signed in as {0}. Choose the SSH key to sign in with instead',
        plainLabel(accountLabel(account)),
      );
}

/**
 * Asks the user which agent key to sign in with.
 * @throws CancelledError
 */
export async function pickAgentKey(keys: readonly AgentKey[]): Promise<AgentKey> {
  const items = keys.map((key) => ({ ...agentLook(key), key }));
  const picked = await showPicker(items, {
    title: vscode.l10n.t('Sign in with which key of the SSH agent?'),
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  return orCancel(picked).key;
}

function section(label: string, items: ChoiceItem[]): ChoiceItem[] {
  return items.length === 0 ? [] : [separator(label), ...items];
}

/** Finds the configured key, which comes first, and the keys in `~/.ssh`. */
async function findKeys(configured: string): Promise<DiscoveredKey[]> {
  const [first, others] = await Promise.all([describeKey(configured), discoverKeys(sshFolder())]);
  return [
    ...(first === undefined ? [] : [first]),
    ...others.filter(({ path }) => path !== configured),
  ];
}

/** Creates a picker item for a key file. */
export function fileItem({ path, fingerprint, comment, encrypted }: DiscoveredKey): KeyItem {
  const locked = vscode.l10n.t('asks for a passphrase');
  return {
    label: `$(${encrypted ? 'lock' : 'key'}) ${plainLabel(abbreviateHome(path))}`,
    description: plainFacts(encrypted ? [comment, locked] : [comment]),
    detail: fingerprint,
    choose: () => Promise.resolve({ method: 'ssh', keyPath: path }),
  };
}

function agentLook({ comment, fingerprint }: AgentKey): vscode.QuickPickItem {
  return { label: `$(server-process) ${plainLabel(comment || fingerprint)}`, detail: fingerprint };
}

/** Creates a picker item for a key of the SSH agent. */
export function agentItem(key: AgentKey): KeyItem {
  return {
    ...agentLook(key),
    choose: async () => ({ method: 'agent', key, socket: (await agentSocket()) ?? '' }),
  };
}

/** Creates a picker item that browses for a key file. */
export function browseItem(): KeyItem {
  return {
    label: `$(folder-opened) ${vscode.l10n.t('Browse for a Key File…')}`,
    choose: async () => ({ method: 'ssh', keyPath: await browseForKey() }),
  };
}

/**
 * Generates a key and selects it.
 * @throws KEY_EXISTS, KEY_UNREADABLE, CancelledError
 */
export async function chooseNewKey(): Promise<KeyChoice> {
  const { key, passphrase } = await makeKey();
  const secret = passphrase === '' ? {} : { passphrase };
  return { method: 'ssh', keyPath: key.path, isNew: true, ...secret };
}

/** Creates the items for users without a key. A user who has a key should use it. */
function generateItems(keys: readonly DiscoveredKey[]): ChoiceItem[] {
  if (keys.length > 0) {
    return [];
  }
  return [
    {
      label: `$(add) ${vscode.l10n.t('Generate a New Key…')}`,
      detail: vscode.l10n.t('Makes an ed25519 key in ~/.ssh, to be registered in the web console.'),
      choose: chooseNewKey,
    },
    {
      label: `$(list-ordered) ${vscode.l10n.t('Open Walkthrough')}`,
      detail: vscode.l10n.t('From your first key to your first published app.'),
      choose: async () => {
        await openFirstSteps();
        throw new CancelledError();
      },
    },
  ];
}

/** Creates the items for signing in without a key. None of them is ever the default. */
async function otherWays({ deviceClientId }: Realm, hasDeviceCode: boolean): Promise<ChoiceItem[]> {
  if (deviceClientId === undefined) {
    return [tokenItem()];
  }
  const found = await findCommandLineToken();
  return [
    ...(found === undefined ? [] : [foundTokenItem(found)]),
    tokenItem(),
    ...(hasDeviceCode ? [deviceCodeItem()] : []),
  ];
}

function deviceCodeItem(): ChoiceItem {
  return {
    label: `$(device-mobile) ${vscode.l10n.t('Use a Device Code…')}`,
    detail: vscode.l10n.t('For older backends: approve in the browser, and get an API key.'),
    choose: () => Promise.resolve({ method: 'deviceCode' }),
  };
}

function foundTokenItem({ path, token }: CommandLineToken): ChoiceItem {
  return {
    label: `$(terminal) ${vscode.l10n.t('Use the Token of the Command Line Once')}`,
    detail: vscode.l10n.t('Kept as plain text in {0}, which stays as it is.', abbreviateHome(path)),
    choose: () => Promise.resolve({ method: 'token', token }),
  };
}

function tokenItem(): ChoiceItem {
  return {
    label: `$(clippy) ${vscode.l10n.t('Paste an Access Token…')}`,
    choose: () => Promise.resolve({ method: 'token' }),
  };
}

function browseForKey(): Promise<string> {
  return browseForKeyFile({
    title: vscode.l10n.t('Choose an ed25519 private key'),
    openLabel: vscode.l10n.t('Sign In'),
  });
}
