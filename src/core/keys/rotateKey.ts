import type { SshKey } from '../api/sshKeys';
import { CancelledError, I99dashError, isI99dashError, throwIfCancelled } from '../errors';
import type { Identity } from '../identity';
import { t } from '../l10n';

/** What has been done when a rotation ends: each step rests on the one before, and the old key goes last. */
export type RotationStage = 'nothing' | 'registered' | 'signedIn' | 'removed';

export interface RotationPorts {
  /** All keys of the account. */
  list(signal?: AbortSignal): Promise<SshKey[]>;
  /** Registers the new key, to sign in with. */
  register(signal?: AbortSignal): Promise<SshKey>;
  /** Signs in with the new key. The session that was there before stays when it fails. */
  signIn(signal?: AbortSignal): Promise<Identity>;
  /** Removes the old key, by what the new key has brought. */
  remove(id: string, signal?: AbortSignal): Promise<void>;
}

export interface Rotation {
  /** Of the key that is replaced. */
  oldFingerprint: string;
  newFingerprint: string;
  /** Whose keys they are. */
  devId: string;
}

/** A rotation that stopped half-way. `stage` says how far it came; the old key is still registered. */
export class RotationStopped extends Error {
  override readonly name = 'RotationStopped';

  constructor(
    readonly stage: Exclude<RotationStage, 'removed'>,
    override readonly cause: I99dashError | CancelledError,
  ) {
    super(cause.message);
  }
}

/**
 * Replaces a key by another with overlap: registers the new one, signs in with it, and only then removes the old one. Done again with the
 * same new key it goes on where it stopped.
 * @param onStage called when a stage is reached
 * @returns the new key
 * @throws RotationStopped
 */
export async function rotateKey(
  ports: RotationPorts,
  rotation: Rotation,
  onStage: (stage: RotationStage) => void = () => undefined,
  signal?: AbortSignal,
): Promise<SshKey> {
  let stage: Exclude<RotationStage, 'removed'> = 'nothing';
  try {
    const { oldKey, newKey } = await prepare(ports, rotation, signal);
    onStage((stage = 'registered'));
    throwIfCancelled(signal);
    const { devId } = await ports.signIn(signal);
    onStage((stage = 'signedIn'));
    throwIfCancelled(signal);
    if (devId !== rotation.devId) {
      const message = t('The new key signs in to another account.');
      throw new I99dashError('KEY_EXISTS', message);
    }
    if (oldKey !== undefined) {
      await ports.remove(oldKey.id, signal);
    }
    onStage('removed');
    return newKey;
  } catch (error) {
    if (isI99dashError(error) || error instanceof CancelledError) {
      throw new RotationStopped(stage, error);
    }
    throw error;
  }
}

/** For a key that is to replace itself. */
export function sameKey(): I99dashError {
  const message = t('This is the key that is to be replaced. Choose another one.');
  return new I99dashError('KEY_EXISTS', message);
}

/** Registers the new key unless that is done. The old key may be gone by now: removed here by an earlier run, or elsewhere. */
async function prepare(
  ports: RotationPorts,
  { oldFingerprint, newFingerprint }: Rotation,
  signal?: AbortSignal,
): Promise<{ oldKey: SshKey | undefined; newKey: SshKey }> {
  if (oldFingerprint === newFingerprint) {
    throw sameKey();
  }
  const keys = await ports.list(signal);
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
  return { oldKey, newKey: known ?? (await ports.register(signal)) };
}
