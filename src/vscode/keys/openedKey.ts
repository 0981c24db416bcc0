import { describeKey } from '../../core/ssh/keyDiscovery';
import { openKeyFile } from '../../core/ssh/privateKey';
import { isI99dashError } from '../../core/errors';
import { absoluteFromHome } from '../../core/platform/homePath';
import type { Signer } from '../../core/platform/interfaces';
import { openAgentKey, patientSigner } from './agentKeys';
import { unlockKeyFile } from './keyUnlock';
import type { KeyChoice } from '../session/signInPicker';
import { openWithPrompt } from './unlock';

export interface OpenedKey {
  signer: Signer;
  origin: { source: 'ssh' | 'agent'; keyPath?: string; keep?: boolean };
  /** Whether the key was just generated, so that no account has it yet. */
  isNew?: boolean;
}

/**
 * Opens the selected key for signing.
 * @throws KEY_*, CancelledError
 */
export async function openKey(choice: KeyChoice, passphrase?: string): Promise<OpenedKey> {
  if (choice.method === 'agent') {
    return { signer: patientSigner(choice.socket, choice.key), origin: { source: 'agent' } };
  }
  const keyPath = absoluteFromHome(choice.keyPath);
  const given = passphrase ?? choice.passphrase;
  const opened = (await openWithoutAsking(keyPath, given)) ?? (await openEncrypted(keyPath));
  return choice.isNew === true ? { ...opened, isNew: true } : opened;
}

/**
 * Opens an encrypted key file with a passphrase from the user.
 * @throws The errors of {@link openWithPrompt}.
 */
export async function openEncrypted(keyPath: string): Promise<OpenedKey> {
  const signer = await openWithPrompt(keyPath);
  return { signer, origin: { source: 'ssh', keyPath, keep: true } };
}

/**
 * Opens a key file without prompting. An encrypted key needs no passphrase if the agent holds it.
 * @param keyPath Absolute path.
 * @returns Undefined if a passphrase is needed.
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
