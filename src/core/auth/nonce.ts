import { I99dashError } from '../errors';
import { t } from '../l10n';

const MIN_LENGTH = 16;
const MAX_LENGTH = 512;

/**
 * Refuses to sign anything but plain text of 16 to 512 printable ASCII characters. What an SSH login, an SSH signature or a
 * signed commit has people sign holds binary length fields, so no signature made here can pass for one of those. What is signed for a JWT
 * (RFC 7515: a header of JSON in base64url, a dot, and more) and for a native app (its manifest as JSON) is plain text, and refused by its
 * beginning.
 * @throws CHALLENGE_REFUSED
 */
export function assertSignableNonce(nonce: string): void {
  const isPlain = /^[\x20-\x7e]*$/u.test(nonce);
  const isOfLength = nonce.length >= MIN_LENGTH && nonce.length <= MAX_LENGTH;
  if (!isOfLength || !isPlain || beginsObject(nonce) || isJwsInput(nonce)) {
    throw new I99dashError(
      'CHALLENGE_REFUSED',
      t(
        'The backend asked for a signature over something that is not a sign-in challenge. Nothing was signed.',
      ),
    );
  }
}

function isJwsInput(nonce: string): boolean {
  const [, header] = /^([\w+/=-]+)\./u.exec(nonce) ?? [];
  return header !== undefined && beginsObject(Buffer.from(header, 'base64url').toString('latin1'));
}

function beginsObject(text: string): boolean {
  return /^\s*\{\s*["}]/u.test(text);
}
