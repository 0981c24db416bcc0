import { bcryptKey } from '../../src/core/ssh/formats/bcrypt';
import type { KeyUnlock } from '../../src/core/ssh/formats/keyContainer';

/**
 * Unlocks a key in this thread: starting another thread takes longer than the few rounds of a test
 * key.
 */
export function unlockWith(passphrase: string): KeyUnlock;
export function unlockWith(passphrase: string | undefined): KeyUnlock | undefined;
export function unlockWith(passphrase: string | undefined): KeyUnlock | undefined {
  return passphrase === undefined
    ? undefined
    : { passphrase, deriveBcrypt: (input) => Promise.resolve(bcryptKey(input)) };
}
