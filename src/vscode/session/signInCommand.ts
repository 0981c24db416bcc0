import * as vscode from 'vscode';
import { describeKey } from '../../core/ssh/keyDiscovery';
import type { ApprovedBackends } from '../../core/signIn/approvedBackends';
import type { Session } from '../../core/session/session';
import type { ConfirmReplacement } from '../../core/session/signInRunner';
import { listAgentKeys } from '../../core/ssh/agent/sshAgent';
import type { Call } from '../../core/consent';
import { I99dashError, isI99dashError } from '../../core/errors';
import { absoluteFromHome } from '../../core/platform/homePath';
import { accountLabel, type Identity } from '../../core/identity';
import type { Realm } from '../../core/realm';
import { agentSocket, announcing } from '../keys/agentKeys';
import { orCancel } from '../ui/ask';
import type { DeviceCodeBackends } from './deviceCodeBackends';
import { signInWithDeviceCode } from './signInWithDeviceCode';
import { showInfo } from '../ui/showInfo';
import { offerNewKey, waitForRegistration } from '../keys/newKey';
import { openEncrypted, openKey, type OpenedKey } from '../keys/openedKey';
import { showInput } from '../ui/pickers';
import { withDelayedProgress } from '../ui/progress';
import { pickOtherKey } from '../keys/replacementPicker';
import { dropKeptSecret, KeptSecret, setRetry, type Retry } from '../ui/tryAgain';
import { settings } from '../settings';
import { pickAgentKey, pickMethod, type KeyChoice, type SignInChoice } from './signInPicker';
import { askToReplace, confirmSignIn, type BackendChange } from './signInQuestions';

export interface SignInArguments {
  method?: 'ssh' | 'agent' | 'token' | 'deviceCode';
  keyPath?: string;
  passphrase?: string;
  token?: string;
  /**
   * Ignores a rejected credential of the environment in this window, and signs in only if there is
   * no other session.
   */
  ignoreEnvironment?: true;
}

export interface SignInDeps {
  session: Session;
  knownBackends: ApprovedBackends;
  deviceCodes: DeviceCodeBackends;
}

/** A change of the realm's backend as part of a sign-in. */
export interface ComingChange extends BackendChange {
  /** Applies the change after the user has agreed. */
  apply: () => Promise<void>;
}

/** A sign-in in progress. */
interface Attempt extends SignInDeps {
  call: Call;
  /** Applied before the sign-in. */
  change?: ComingChange;
}

/**
 * Signs in. Asks the user for anything that the arguments do not provide.
 * @param change A change of the backend that is applied first.
 * @throws KEY_*, AGENT_UNAVAILABLE, CancelledError and the errors of the session's sign-in
 */
export async function signIn(
  deps: SignInDeps,
  call: Call,
  args: SignInArguments = {},
  change?: ComingChange,
): Promise<Identity> {
  const { session } = deps;
  dropKeptSecret();
  if (args.ignoreEnvironment === true) {
    session.ignoreRefusedEnvironment();
    if (session.state.kind !== 'signedOut') {
      return session.fetchIdentity();
    }
  }
  const attempt: Attempt = { ...deps, call, ...(change === undefined ? {} : { change }) };
  const choice = await chooseMethod(deps, args);
  switch (choice.method) {
    case 'deviceCode':
      return noteEnvironment(
        session,
        await deps.deviceCodes.follow(session.backendUrl, () =>
          signInWithDeviceCode(session, call),
        ),
      );
    case 'token':
      return signInWithToken(attempt, args.token ?? choice.token);
    default:
      return signInWithChoice(attempt, choice, args.passphrase);
  }
}

async function signInWithToken(attempt: Attempt, given: string | undefined): Promise<Identity> {
  const { session, call, knownBackends, change } = attempt;
  const token = given ?? (await askForToken(session.realm));
  await confirmSignIn(call, session.realm, knownBackends, change ? { change } : {});
  await change?.apply();
  try {
    return await signingIn(session, call, (signal, confirm) =>
      session.signInWithToken(token, signal, confirm),
    );
  } catch (error) {
    const kept = new KeptSecret(token);
    setRetry(error, {
      run: () => signInWithToken(withoutChange(attempt), kept.take()),
      abandon: () => kept.drop(),
    });
    throw error;
  }
}

/** Signs in with the selected key. *Try Again* asks for its passphrase again. */
async function signInWithChoice(
  attempt: Attempt,
  choice: KeyChoice,
  passphrase?: string,
): Promise<Identity> {
  let opened: OpenedKey;
  try {
    opened = await openKey(choice, passphrase);
  } catch (error) {
    const chosen =
      choice.method === 'agent' ? choice : { method: choice.method, keyPath: choice.keyPath };
    setRetry(error, { run: () => signInWithChoice(attempt, chosen), abandon: () => undefined });
    throw error;
  }
  return signInWithKey(attempt, opened);
}

/** Signs in with an opened key. *Try Again* does not ask again for what is already known. */
async function signInWithKey(attempt: Attempt, chosen: OpenedKey): Promise<Identity> {
  const opened = await approveKey(attempt, chosen);
  await attempt.change?.apply();
  try {
    return await useKey(attempt, opened);
  } catch (error) {
    setRetry(error, retryKey(withoutChange(attempt), { ...opened, isNew: false }));
    throw error;
  }
}

/**
 * Creates the retry of a sign-in with an opened key. A key from a file is kept open only for a
 * limited time. A key from an agent holds no secret.
 */
function retryKey(attempt: Attempt, opened: OpenedKey): Retry {
  const { source, keyPath } = opened.origin;
  if (source === 'agent' || keyPath === undefined) {
    return { run: () => signInWithKey(attempt, opened), abandon: () => undefined };
  }
  const kept = new KeptSecret(opened);
  return {
    run: () => {
      const key = kept.take();
      return key === undefined
        ? signInWithChoice(attempt, { method: 'ssh', keyPath })
        : signInWithKey(attempt, key);
    },
    abandon: () => kept.drop(),
  };
}

/** Returns the sign-in without its backend change, which has been applied. */
function withoutChange({ session, knownBackends, deviceCodes, call }: Attempt): Attempt {
  return { session, knownBackends, deviceCodes, call };
}

/**
 * Signs in with an approved key. If the agent does not sign, opens the key file, if there is one.
 */
async function useKey(attempt: Attempt, opened: OpenedKey): Promise<Identity> {
  const { session, call } = attempt;
  const { signer, origin, isNew = false } = opened;
  if (isNew) {
    await offerNewKey(opened);
  }
  try {
    return await signingIn(session, call, (signal, confirm, report) =>
      session.signInWithKey(
        announcing(signer, report),
        origin,
        signal,
        confirm,
        isNew ? waitForRegistration(report) : undefined,
      ),
    );
  } catch (error) {
    const { source, keyPath } = origin;
    const isInFile = source === 'agent' && keyPath !== undefined;
    if (!isInFile || !isI99dashError(error, 'AGENT_UNAVAILABLE')) {
      throw error;
    }
    return useKey(attempt, await openEncrypted(keyPath));
  }
}

/**
 * Asks the user to approve a key for the backend.
 * @returns The given key, or the other key that the user selected instead.
 */
async function approveKey(
  { session, knownBackends, call, change }: Attempt,
  chosen: OpenedKey,
): Promise<OpenedKey> {
  const backendUrl = change?.now ?? session.backendUrl;
  let opened = chosen;
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
  const identity = await withDelayedProgress(title, (signal, report) =>
    task(signal, confirm, report),
  );
  return noteEnvironment(session, identity);
}

function noteEnvironment({ state }: Session, identity: Identity): Identity {
  if (state.kind === 'environment') {
    showInfo(
      vscode.l10n.t(
        'You signed in as {0}. The environment variable {1} still overrides this session. Unset it where VS Code is started.',
        accountLabel(identity),
        state.variable,
      ),
    );
  }
  return identity;
}

async function chooseMethod(
  { session, deviceCodes }: SignInDeps,
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
  return pickMethod({
    ...{ realm: session.realm, configured, onlyKeys: method === 'ssh' },
    hasDeviceCode: !deviceCodes.isKnownWithout(settings.backendUrlOrReason(session.realm)),
    account: session.ownSession?.profile.account,
  });
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

async function askForToken({ label }: Realm): Promise<string> {
  const token = await showInput({
    title: vscode.l10n.t('Sign in to {0} with an access token', label),
    prompt: vscode.l10n.t('A pasted token cannot be renewed: it is used until it expires.'),
    password: true,
    ignoreFocusOut: true,
  });
  return orCancel(token);
}
