declare module 'bcrypt-pbkdf' {
  const bcrypt: {
    /** Fills `key`. Returns -1 and leaves it alone when an argument is out of range, 0 otherwise. Lengths are bytes. */
    pbkdf(
      passphrase: Uint8Array,
      passphraseLength: number,
      salt: Uint8Array,
      saltLength: number,
      key: Uint8Array,
      keyLength: number,
      rounds: number,
    ): number;
  };
  export default bcrypt;
}
