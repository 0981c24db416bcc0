import { sign, type KeyObject } from 'node:crypto';
import { I99dashError } from '../errors';
import { t } from '../text/l10n';
import type { Signer } from '../platform/interfaces';
import type { KeyContainer, KeyUnlock } from './formats/keyContainer';
import { damagedKey, wrongPassphrase } from './formats/keyErrors';
import { parseKeyFile, readKeyFile, readPubFileComment } from './keyFile';
import { assertEd25519, privateKeyFromSeed, publicBlobOfKey } from './formats/pkcs8';
import { ED25519, computeFingerprint, publicKeyLine } from './publicKey';

/**
 * Opens a private key file for signing (OpenSSH, PKCS#8, PuTTY). Does not keep the passphrase.
 * @param unlock For an encrypted key. Its derivation never blocks the event loop.
 * @throws KEY_NOT_FOUND, KEY_UNREADABLE
 * @throws KEY_UNSUPPORTED when it is not an ed25519 key
 * @throws KEY_ENCRYPTED when a passphrase is required
 * @throws KEY_WRONG_PASSPHRASE, CancelledError
 */
export async function openKeyFile(path: string, unlock?: KeyUnlock): Promise<Signer> {
  const container = await readContainer(path);
  const reason = container.refusal?.(path);
  if (reason !== undefined) {
    throw reason;
  }
  if (container.encrypted && unlock === undefined) {
    const message = t('The key at {0} needs its passphrase.', path);
    throw new I99dashError('KEY_ENCRYPTED', message, { file: path });
  }
  const seed = await container.readSeed(path, unlock);
  const key = privateKeyFromSeed(seed);
  seed.fill(0);
  const blob = publicBlobOfKey(key);
  if (container.publicBlob?.equals(blob) === false) {
    throw container.encrypted ? wrongPassphrase(path) : damagedKey(path);
  }
  return keySigner(key, blob, await readPubFileComment(path, blob));
}

/**
 * Checks that a file contains an ed25519 private key, as far as possible without its passphrase.
 * @throws KEY_NOT_FOUND, KEY_UNREADABLE, KEY_UNSUPPORTED
 */
export async function checkKeyFile(path: string): Promise<void> {
  await readContainer(path);
}

async function readContainer(path: string): Promise<KeyContainer> {
  const container = parseKeyFile(await readKeyFile(path));
  if (container === undefined) {
    throw new I99dashError('KEY_UNREADABLE', t('{0} holds no private key.', path), { file: path });
  }
  assertEd25519(container.keyType ?? ED25519, path);
  return container;
}

function keySigner(key: KeyObject, blob: Buffer, comment: string): Signer {
  return {
    fingerprint: computeFingerprint(blob),
    publicKey: publicKeyLine(blob, comment),
    sign: (data) => Promise.resolve(sign(null, data, key)),
  };
}
