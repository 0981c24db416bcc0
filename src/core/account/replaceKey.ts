import type { SshKey } from '../api/sshKeys';
import { CancelledError, I99dashError, isI99dashError, throwIfCancelled } from '../errors';
import type { Identity } from '../identity';
import { t } from '../text/l10n';

/** Progress of a key rotation. Each step builds on the one before; the old key is removed last. */
export type RotationStage = 'nothing' | 'registered' | 'signedIn' | 'removed';

export interface RotationDeps {
  /** Lists all keys of the account. */
  list(signal?: AbortSignal): Promise<SshKey[]>;
  /** Registers the new key for login. */
  register(signal?: AbortSignal): Promise<SshKey>;
  /** Signs in with the new key. On failure the previous session is kept. */
  signIn(signal?: AbortSignal): Promise<Identity>;
  /** Removes the old key, authorized by the session of the new key. */
  remove(id: string, signal?: AbortSignal): Promise<void>;
}

export interface Rotation {
  /** Fingerprint of the key to replace. */
  oldFingerprint: string;
  newFingerprint: string;
  /** The account that owns the keys. */
  devId: string;
}

/**
 * A key rotation that failed half-way. `stage` is the last step that succeeded. The old key is
 * still registered.
 */
export class KeyRotationError extends Error {
  override readonly name = 'RotationStopped';

  constructor(
    readonly stage: Exclude<RotationStage, 'removed'>,
    override readonly cause: I99dashError | CancelledError,
  ) {
    super(cause.message);
  }
}

/**
 * Replaces a key with overlap: registers the new one, signs in with it, and only then removes the
 * old one. Repeated with the same new key, it continues where it stopped.
 * @param onStage Called when a stage is reached.
 * @returns The new key.
 * @throws KeyRotationError
 */
export async function rotateKey(
  deps: RotationDeps,
  rotation: Rotation,
  onStage: (stage: RotationStage) => void = () => undefined,
  signal?: AbortSignal,
): Promise<SshKey> {
  let stage: Exclude<RotationStage, 'removed'> = 'nothing';
  try {
    const { oldKey, newKey } = await findRotationKeys(deps, rotation, signal);
    onStage((stage = 'registered'));
    throwIfCancelled(signal);
    const { devId } = await deps.signIn(signal);
    onStage((stage = 'signedIn'));
    throwIfCancelled(signal);
    if (devId !== rotation.devId) {
      const message = t('The new key signs in to another account.');
      throw new I99dashError('KEY_EXISTS', message);
    }
    if (oldKey !== undefined) {
      await deps.remove(oldKey.id, signal);
    }
    onStage('removed');
    return newKey;
  } catch (error) {
    if (isI99dashError(error) || error instanceof CancelledError) {
      throw new KeyRotationError(stage, error);
    }
    throw error;
  }
}

/** Returns the error for replacing a key by itself. */
export function sameKey(): I99dashError {
  const message = t('This is the key that is to be replaced. Choose another one.');
  return new I99dashError('KEY_EXISTS', message);
}

/**
 * Registers the new key unless it is already registered. The old key may already be gone, after an
 * earlier run or by a removal elsewhere.
 */
async function findRotationKeys(
  deps: RotationDeps,
  { oldFingerprint, newFingerprint }: Rotation,
  signal?: AbortSignal,
): Promise<{ oldKey: SshKey | undefined; newKey: SshKey }> {
  if (oldFingerprint === newFingerprint) {
    throw sameKey();
  }
  const keys = await deps.list(signal);
  const known = keys.find(({ fingerprint }) => fingerprint === newFingerprint);
  if (known?.purpose === 'attest') {
    const message = t(
      'The new key is registered already, as “{0}”, and is for native apps only.',
      known.name,
    );
    throw new I99dashError('KEY_EXISTS', message);
  }
  throwIfCancelled(signal);
  const oldKey = keys.find(({ fingerprint }) => fingerprint === oldFingerprint);
  return { oldKey, newKey: known ?? (await deps.register(signal)) };
}
