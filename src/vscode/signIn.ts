import * as vscode from 'vscode';
import { describeKey } from '../core/auth/keyDiscovery';
import type { KnownBackends } from '../core/auth/knownBackends';
import { openKeyFile } from '../core/auth/privateKey';
import type { ConfirmReplacement, Session } from '../core/auth/session';
import { listAgentKeys } from '../core/auth/sshAgent';
import type { Call } from '../core/consent';
import { I99dashError, isI99dashError } from '../core/errors';
import { absoluteFromHome } from '../core/homePath';
import { accountLabel, type Identity } from '../core/identity';
import type { Signer } from '../core/ports';
import type { Realm } from '../core/realm';
import { agentSocket, announcing, openAgentKey, patientSigner } from './agent';
import { answered } from './ask';
import { signInWithDeviceCode } from './deviceCode';
import { explain } from './explain';
import { unlockKeyFile } from './keyUnlock';
import { withQuietProgress } from './progress';
import { pickOtherKey } from './replacementPicker';
import { settings } from './settings';
import { pickAgentKey, pickMethod, type KeyChoice, type SignInChoice } from './signInPicker';
import { askToReplace, confirmSignIn, type BackendChange } from './signInQuestions';
import { openWithPrompt } from './unlock';

export interface SignInArguments {
  method?: 'ssh' | 'agent' | 'token' | 'deviceCode';
  keyPath?: string;
  passphrase?: string;
  token?: string;
  /** Goes on in this window as if a refused credential of the environment were not there, and signs in where nothing else does. */
  ignoreEnvironment?: true;
}

export interface SignInPorts {
  session: Session;
  knownBackends: KnownBackends;
}

/** A change of the realm's backend that comes with a sign-in. */
export interface ComingChange extends BackendChange {
  /** Makes the change, once it is agreed to. */
  apply: () => Promise<void>;
}

export interface OpenedKey {
  signer: Signer;
  origin: { source: 'ssh' | 'agent'; keyPath?: string; keep?: boolean };
}

/**
 * Signs in; asks for what the arguments leave open.
 * @param change of the backend, to be made first
 * @throws KEY_*, AGENT_UNAVAILABLE, CancelledError, and what the session's sign-in throws
 */
export async function signIn(
  ports: SignInPorts,
  call: Call,
  args: SignInArguments = {},
  change?: ComingChange,
): Promise<Identity> {
  const { session } = ports;
  if (args.ignoreEnvironment === true) {
    session.ignoreRefusedEnvironment();
    if (session.state.kind !== 'signedOut') {
      return session.fetchIdentity();
    }
  }
  const choice = await choose(session.realm, args);
  if (choice.method === 'deviceCode') {
    return noteEnvironment(session, await signInWithDeviceCode(session, call));
  }
  if (choice.method === 'token') {
    const token = args.token ?? choice.token ?? (await askForToken(session.realm));
    await confirmSignIn(call, session.realm, ports.knownBackends, change ? { change } : {});
    await change?.apply();
    return signingIn(session, call, (signal, confirm) =>
      session.signInWithToken(token, signal, confirm),
    );
  }
  const opened = await openApprovedKey(ports, call, choice, args.passphrase, change);
  await change?.apply();
  return signInWithKey(session, call, opened);
}

/** Signs in with an opened key. Where the agent does not sign with the key of a file, the file is opened instead. */
async function signInWithKey(
  session: Session,
  call: Call,
  { signer, origin }: OpenedKey,
): Promise<Identity> {
  try {
    return await signingIn(session, call, (signal, confirm, report) =>
      session.signInWithKey(announcing(signer, report), origin, signal, confirm),
    );
  } catch (error) {
    const { source, keyPath } = origin;
    const isInFile = source === 'agent' && keyPath !== undefined;
    if (!isInFile || !isI99dashError(error, 'AGENT_UNAVAILABLE')) {
      throw error;
    }
    return signInWithKey(session, call, await openEncrypted(keyPath));
  }
}

/** Opens the key that was chosen, or another one where the person does not want it to sign for the backend. */
async function openApprovedKey(
  { session, knownBackends }: SignInPorts,
  call: Call,
  chosen: KeyChoice,
  passphrase: string | undefined,
  change: ComingChange | undefined,
): Promise<OpenedKey> {
  const backendUrl = change?.now ?? session.backendUrl;
  let opened = await openKey(chosen, passphrase);
  for (;;) {
    const { fingerprint } = opened.signer;
    const key = { fingerprint, backendUrl };
    const about = change === undefined ? { key } : { key, change };
    if (await confirmSignIn(call, session.realm, knownBackends, about)) {
      return opened;
    }
    opened = await openKey(await pickOtherKey(fingerprint));
  }
}

async function signingIn(
  session: Session,
  call: Call,
  task: (
    signal: AbortSignal,
    confirm: ConfirmReplacement,
    report: (message: string) => void,
  ) => Promise<Identity>,
): Promise<Identity> {
  const title = vscode.l10n.t('Signing in to {0}…', session.realm.label);
  const confirm = askToReplace(call, session.backendUrl);
  const identity = await withQuietProgress(title, (signal, report) =>
    task(signal, confirm, report),
  );
  return noteEnvironment(session, identity);
}

function noteEnvironment({ state }: Session, identity: Identity): Identity {
  if (state.kind === 'environment') {
    explain(
      vscode.l10n.t(
        'You signed in as {0}. The environment variable {1} still wins over it: unset it where VS Code is started.',
        accountLabel(identity),
        state.variable,
      ),
    );
  }
  return identity;
}

async function choose(
  realm: Realm,
  { method, keyPath, token }: SignInArguments,
): Promise<SignInChoice> {
  if (method === 'deviceCode') {
    return { method };
  }
  if (method === 'token' || (method === undefined && token !== undefined)) {
    return { method: 'token' };
  }
  if (method === 'agent') {
    return chooseAgentKey();
  }
  if (keyPath !== undefined) {
    return { method: 'ssh', keyPath: absoluteFromHome(keyPath) };
  }
  const configured = settings.keyPath();
  if (method === 'ssh' && (await describeKey(configured)) !== undefined) {
    return { method: 'ssh', keyPath: configured };
  }
  return pickMethod({ realm, onlyKeys: method === 'ssh', configured });
}

async function chooseAgentKey(): Promise<SignInChoice> {
  const socket = await agentSocket();
  const keys = await listAgentKeys(socket);
  const [only] = keys;
  if (only === undefined || socket === undefined) {
    throw new I99dashError(
      'AGENT_UNAVAILABLE',
      vscode.l10n.t(
        'The SSH agent holds no ed25519 key. Add one with ssh-add, or sign in with a key file.',
      ),
    );
  }
  const key = keys.length === 1 ? only : await pickAgentKey(keys);
  return { method: 'agent', key, socket };
}

/** Opens the key that was chosen, for signing. @throws KEY_*, CancelledError */
export async function openKey(choice: KeyChoice, passphrase?: string): Promise<OpenedKey> {
  return choice.method === 'agent'
    ? { signer: patientSigner(choice.socket, choice.key), origin: { source: 'agent' } }
    : openFile(absoluteFromHome(choice.keyPath), passphrase ?? choice.passphrase);
}

async function openFile(keyPath: string, passphrase: string | undefined): Promise<OpenedKey> {
  const opened = await openWithoutAsking(keyPath, passphrase);
  if (opened !== undefined) {
    return opened;
  }
  return openEncrypted(keyPath);
}

async function openEncrypted(keyPath: string): Promise<OpenedKey> {
  const signer = await openWithPrompt(keyPath);
  return { signer, origin: { source: 'ssh', keyPath, keep: true } };
}

/**
 * Opens a key file with what is given. An encrypted key that the agent holds needs no passphrase.
 * @param keyPath absolute
 * @returns undefined when a passphrase has to be asked for
 * @throws KEY_*, CancelledError
 */
export async function openWithoutAsking(
  keyPath: string,
  passphrase?: string,
): Promise<OpenedKey | undefined> {
  if (passphrase !== undefined) {
    const signer = await unlockKeyFile(keyPath, passphrase);
    return { signer, origin: { source: 'ssh', keyPath, keep: true } };
  }
  try {
    const signer = await openKeyFile(keyPath);
    return { signer, origin: { source: 'ssh', keyPath, keep: false } };
  } catch (error) {
    const isEncrypted = isI99dashError(error, 'KEY_ENCRYPTED');
    if (!isEncrypted && !isI99dashError(error, 'KEY_UNREADABLE')) {
      throw error;
    }
    const fromAgent = await findInAgent(keyPath);
    if (fromAgent === undefined && !isEncrypted) {
      throw error;
    }
    return fromAgent && { signer: fromAgent, origin: { source: 'agent', keyPath } };
  }
}

async function findInAgent(keyPath: string): Promise<Signer | undefined> {
  const file = await describeKey(keyPath);
  return file === undefined
    ? undefined
    : openAgentKey(file.fingerprint, true).catch(() => undefined);
}

async function askForToken({ label }: Realm): Promise<string> {
  const token = await vscode.window.showInputBox({
    title: vscode.l10n.t('Sign in to {0} with an access token', label),
    prompt: vscode.l10n.t('A pasted token cannot be renewed: it is used until it expires.'),
    password: true,
    ignoreFocusOut: true,
  });
  return answered(token);
}
