import { bcryptKey } from '../../src/core/auth/bcrypt';
import type { KeyUnlock } from '../../src/core/auth/keyContainer';

/** Unlocks a key in this thread: starting another for the few rounds of a test's key takes longer. */
export function unlockWith(passphrase: string): KeyUnlock;
export function unlockWith(passphrase: string | undefined): KeyUnlock | undefined;
export function unlockWith(passphrase: string | undefined): KeyUnlock | undefined {
  return passphrase === undefined
    ? undefined
    : { passphrase, deriveBcrypt: (input) => Promise.resolve(bcryptKey(input)) };
}
