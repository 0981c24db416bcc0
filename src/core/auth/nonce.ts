import { I99dashError } from '../errors';
import { t } from '../l10n';

const MIN_LENGTH = 16;
const MAX_LENGTH = 512;

/**
 * Refuses to sign anything but plain text of 16 to 512 printable ASCII characters. What an SSH login, an SSH signature or a
 * signed commit has people sign holds binary length fields, so no signature made here can pass for one of those.
 * @throws CHALLENGE_REFUSED
 */
export function assertSignableNonce(nonce: string): void {
  if (nonce.length < MIN_LENGTH || nonce.length > MAX_LENGTH || !/^[\x20-\x7e]*$/u.test(nonce)) {
    throw new I99dashError(
      'CHALLENGE_REFUSED',
      t(
        'The backend asked for a signature over something that is not a sign-in challenge. Nothing was signed.',
      ),
    );
  }
}
