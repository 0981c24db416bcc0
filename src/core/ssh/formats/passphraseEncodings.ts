/** Single-byte Windows code pages. */
const CODE_PAGES = [
  ...['windows-1252', 'windows-1256', 'windows-1251', 'windows-1250', 'windows-1253'],
  ...['windows-1254', 'windows-1255', 'windows-1257', 'windows-1258', 'windows-874'],
];

/**
 * Returns the possible encodings of a passphrase, most likely first: UTF-8, then each Windows code
 * page that contains all its characters.
 */
export function passphraseEncodings(passphrase: string): Buffer[] {
  const encodings: Buffer[] = [Buffer.from(passphrase)];
  if (/^[\0-\x7f]*$/u.test(passphrase)) {
    return encodings;
  }
  for (const page of CODE_PAGES) {
    const bytes = encode(passphrase, page);
    if (bytes !== undefined && !encodings.some((known) => known.equals(bytes))) {
      encodings.push(bytes);
    }
  }
  return encodings;
}

/** Returns undefined when the code page lacks a character. */
function encode(text: string, page: string): Buffer | undefined {
  const upper = upperHalf(page);
  const bytes: number[] = [];
  for (const character of text.normalize('NFC')) {
    const code = character.codePointAt(0) ?? 0;
    const index = upper.indexOf(character);
    if (code >= 128 && index < 0) {
      return undefined;
    }
    bytes.push(code < 128 ? code : index + 128);
  }
  return Buffer.from(bytes);
}

/** Returns the characters of the bytes from 128 on. Empty when Node.js was built without ICU. */
function upperHalf(page: string): readonly string[] {
  const bytes = Uint8Array.from({ length: 128 }, (_, index) => index + 128);
  try {
    return Array.from(new TextDecoder(page).decode(bytes));
  } catch {
    return [];
  }
}
