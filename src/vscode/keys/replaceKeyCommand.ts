import * as vscode from 'vscode';
import { listSshKeys, type SshKey } from '../../core/api/sshKeys';
import { describeKey } from '../../core/ssh/keyDiscovery';
import { parsePublicKeyLine } from '../../core/ssh/publicKey';
import type { ApprovedBackends } from '../../core/signIn/approvedBackends';
import { lacksKey, type SessionProfile } from '../../core/session/sessionRecord';
import { missingKey } from '../../core/session/keyRing';
import type { Call } from '../../core/consent';
import { CancelledError, I99dashError } from '../../core/errors';
import { abbreviateHome, absoluteFromHome } from '../../core/platform/homePath';
import { toKeyName, registerKey } from '../../core/account/registerKey';
import { removeKey } from '../../core/account/removeKey';
import {
  rotateKey,
  sameKey,
  KeyRotationError,
  type RotationDeps,
  type RotationStage,
} from '../../core/account/replaceKey';
import { announcing } from './agentKeys';
import { confirmGuarded } from '../ui/consent';
import { showInfo } from '../ui/showInfo';
import { assertSameAccount } from '../session/getIdentity';
import { openKey, openWithoutAsking, type OpenedKey } from './openedKey';
import { plainText } from '../ui/plainText';
import { withDelayedProgress } from '../ui/progress';
import { registrationLines } from './registerQuestion';
import { pickReplacement } from './replacementPicker';
import { settings } from '../settings';
import { newBackendLines } from '../session/signInQuestions';
import { loadKeys, type SshKeyCommandDeps } from './sshKeyCommands';
import { keysApi } from './sshKeysView';

export interface ReplaceKeyArguments {
  /** Path of the new private key. */
  keyPath?: string;
  passphrase?: string;
}

export interface ReplaceKeyDeps extends SshKeyCommandDeps {
  knownBackends: ApprovedBackends;
}

/** Profile of a session that signs with a key. */
type KeyProfile = SessionProfile & { fingerprint: string };

/**
 * Replaces the key of the session: registers a new key, signs in with it, and removes the old key.
 * @throws NOT_SIGNED_IN
 * @throws KEY_* if the new key is unsuitable or there is no key to replace
 * @throws CancelledError and the errors of the API client
 */
export async function replaceKey(
  deps: ReplaceKeyDeps,
  call: Call,
  { keyPath, passphrase }: ReplaceKeyArguments,
): Promise<SshKey> {
  const profile = requireSessionKey(deps);
  const given = keyPath === undefined ? undefined : absoluteFromHome(keyPath);
  const openedGiven = given === undefined ? undefined : await openWithoutAsking(given, passphrase);
  assertOther(openedGiven?.signer.fingerprint ?? (await fingerprintOfFile(given)), profile);
  const keys = await loadKeys(deps);
  const old = keys.find(({ fingerprint }) => fingerprint === profile.fingerprint);
  const name = old?.name ?? vscode.l10n.t('SSH key');
  const choice =
    given === undefined
      ? await pickReplacement(profile.fingerprint)
      : ({ method: 'ssh', keyPath: given } as const);
  const opened = openedGiven ?? (await openKey(choice, passphrase));
  await confirmReplacement(deps, call, { profile, name, opened });
  await assertSameAccount(deps, profile.account);
  const key = await run(deps, profile, opened, name);
  deps.view.refresh();
  tellReplaced(name, profile.keyPath, opened.origin.keyPath);
  return key;
}

/**
 * Returns the profile of a session that signs with a key.
 * @throws NOT_SIGNED_IN
 * @throws KEY_NOT_FOUND if the session has no key
 */
function requireSessionKey({ session }: SshKeyCommandDeps): KeyProfile {
  const { state, ownSession } = session;
  if (state.kind !== 'environment' && ownSession === undefined) {
    throw new I99dashError('NOT_SIGNED_IN', vscode.l10n.t('You are not signed in.'));
  }
  if (ownSession !== undefined && lacksKey(ownSession.profile)) {
    throw missingKey();
  }
  const { fingerprint } = ownSession?.profile ?? {};
  if (state.kind === 'environment' || ownSession === undefined || fingerprint === undefined) {
    const message = vscode.l10n.t(
      'You are not signed in with an SSH key, so there is none to replace.',
    );
    throw new I99dashError('KEY_NOT_FOUND', message);
  }
  return { ...ownSession.profile, fingerprint };
}

async function fingerprintOfFile(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : (await describeKey(path))?.fingerprint;
}

/**
 * Checks that the new key differs from the old one.
 * @throws KEY_EXISTS if they are the same
 */
function assertOther(fingerprint: string | undefined, profile: KeyProfile): void {
  if (fingerprint === profile.fingerprint) {
    throw sameKey();
  }
}

/**
 * Asks for one confirmation of the whole replacement: the new key is registered and signs in, and
 * the old key is removed.
 * @throws CancelledError
 */
async function confirmReplacement(
  { backendUrl, knownBackends }: ReplaceKeyDeps,
  call: Call,
  { profile, name, opened }: { profile: KeyProfile; name: string; opened: OpenedKey },
): Promise<void> {
  const { fingerprint } = opened.signer;
  const use = { fingerprint, backendUrl: backendUrl() };
  const isKnown = await knownBackends.isKnown(use);
  const { account } = profile;
  await confirmGuarded(call, {
    message: vscode.l10n.t('Replace the SSH key “{0}”?', name),
    detail: [
      ...registrationLines({ ...use, name: toKeyName(name), purpose: 'login', account }),
      vscode.l10n.t('Replaces: {0}', profile.fingerprint),
      '',
      vscode.l10n.t(
        'The new key is registered and signs you in, then the old key is removed. Other computers and CI that use the old key need a new one.',
      ),
      ...(isKnown ? [] : ['', ...newBackendLines()]),
    ],
    buttons: [vscode.l10n.t('Replace Key')],
  });
  if (!isKnown) {
    await knownBackends.approve(use);
  }
}

async function run(
  deps: SshKeyCommandDeps,
  profile: KeyProfile,
  opened: OpenedKey,
  name: string,
): Promise<SshKey> {
  const rotation = {
    oldFingerprint: profile.fingerprint,
    newFingerprint: opened.signer.fingerprint,
    devId: profile.account.devId,
  };
  try {
    return await withDelayedProgress(vscode.l10n.t('Replacing “{0}”', name), (signal, report) =>
      rotateKey(
        rotationDeps(deps, { ...opened, signer: announcing(opened.signer, report) }, name),
        rotation,
        (stage) => report(describeStage(stage)),
        signal,
      ),
    );
  } catch (error) {
    deps.view.refresh();
    throw error instanceof KeyRotationError ? asStopped(error) : error;
  }
}

function rotationDeps(
  deps: SshKeyCommandDeps,
  { signer, origin }: OpenedKey,
  name: string,
): RotationDeps {
  const api = keysApi(deps, deps.tokens);
  const blob = parsePublicKeyLine(signer.publicKey)?.blob ?? Buffer.alloc(0);
  return {
    list: (signal) => listSshKeys(api, signal),
    register: (signal) => registerKey(api, { blob, name, purpose: 'login' }, signal),
    // No confirmation: a key of another account is not a replacement.
    signIn: (signal) => deps.session.signInWithKey(signer, origin, signal, refuseOtherAccount),
    remove: (id, signal) => removeKey(api, id, signal),
  };
}

function refuseOtherAccount(): Promise<void> {
  const message = vscode.l10n.t('The new key signs in to another account.');
  return Promise.reject(new I99dashError('KEY_EXISTS', message));
}

function describeStage(stage: RotationStage): string {
  switch (stage) {
    case 'registered':
      return vscode.l10n.t('Signing in with the new key…');
    case 'signedIn':
      return vscode.l10n.t('Removing the old key…');
    default:
      return '';
  }
}

/** Adds to the error which steps of an interrupted replacement are complete. */
function asStopped({ stage, cause }: KeyRotationError): Error {
  const stand = describeStand(stage);
  if (cause instanceof I99dashError) {
    const { code, status, serverCode, file } = cause;
    const details = { status, serverCode, file };
    return new I99dashError(code, vscode.l10n.t('{0} {1}', cause.message, stand), {
      ...Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined)),
      cause,
    });
  }
  if (stage !== 'nothing') {
    showInfo(vscode.l10n.t('Stopped. {0}', stand));
  }
  return new CancelledError();
}

function describeStand(stage: KeyRotationError['stage']): string {
  switch (stage) {
    case 'nothing':
      return vscode.l10n.t('The old key stays, and nothing has changed.');
    case 'registered':
      return vscode.l10n.t(
        'The new key is registered, the old key stays, and you are signed in as before.',
      );
    case 'signedIn':
      return vscode.l10n.t(
        'You are signed in with the new key. The old key is still registered: remove it when you can.',
      );
  }
}

/**
 * Tells the user that the key is replaced, and offers to make the new key the default.
 * @param oldPath Path of the old private key, if it is a file.
 * @param newPath Path of the new private key, if it is a file.
 */
function tellReplaced(name: string, oldPath?: string, newPath?: string): void {
  const useIt = vscode.l10n.t('Make It the Default');
  const isConfigured = oldPath !== undefined && oldPath === settings.keyPath();
  const message =
    newPath === undefined
      ? vscode.l10n.t('“{0}” is replaced, and you are signed in with the new key.', name)
      : vscode.l10n.t(
          '“{0}” is replaced, and you are signed in with {1}.',
          name,
          abbreviateHome(newPath),
        );
  void vscode.window
    .showInformationMessage(
      plainText(message),
      ...(isConfigured && newPath !== undefined ? [useIt] : [vscode.l10n.t('Got It')]),
    )
    .then((picked) =>
      picked === useIt && newPath !== undefined ? settings.setKeyPath(newPath) : undefined,
    );
}
