import { I99dashError } from '../errors';
import { t } from '../text/l10n';

const MIN_NONCE = 16;
const MAX_NONCE = 512;

/**
 * Checks that a challenge is plain text of 16 to 512 printable ASCII characters. The signed data of
 * an SSH login, an SSH signature and a signed commit contains binary length fields, so a signature
 * made here is not valid for any of them. The signed data of a JWT (RFC 7515: a JSON header in
 * base64url, a dot, and more) and of a native app (its manifest as JSON) is plain text, and is
 * rejected by its beginning.
 * @throws CHALLENGE_REFUSED
 */
export function assertSignableNonce(nonce: string): void {
  const isPlain = /^[\x20-\x7e]*$/u.test(nonce);
  const isOfLength = nonce.length >= MIN_NONCE && nonce.length <= MAX_NONCE;
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
