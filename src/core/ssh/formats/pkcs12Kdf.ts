import { createHash } from 'node:crypto';

/**
 * Derives a key as in RFC 7292, appendix B.2, with SHA-1. Synchronous: each round takes some
 * microseconds.
 * @param purpose 1 for a key, 2 for an initialization vector.
 */
export function pkcs12Key(
  purpose: number,
  { salt, rounds }: { salt: Buffer; rounds: number },
  phrase: Buffer,
  length: number,
): Buffer {
  const text = Buffer.from(`${phrase.toString()}\0`, 'utf16le').swap16();
  const block = Buffer.alloc(64, purpose);
  let input: Buffer = Buffer.concat([repeated(salt), repeated(text)]);
  text.fill(0);
  const parts: Buffer[] = [];
  for (let made = 0; made < length; made += 20) {
    let hash: Buffer = sha1(block, input);
    for (let round = 1; round < rounds; round++) {
      hash = sha1(hash);
    }
    parts.push(hash);
    input = addToEach(input, Buffer.concat([hash, hash, hash, hash]).subarray(0, 64));
  }
  return Buffer.concat(parts, length);
}

function sha1(...parts: Buffer[]): Buffer {
  const hash = createHash('sha1');
  parts.forEach((part) => hash.update(part));
  return hash.digest();
}

/** Repeats the bytes to fill whole blocks of 64 bytes. */
function repeated(bytes: Buffer): Buffer {
  return Buffer.alloc(Math.ceil(bytes.length / 64) * 64, bytes);
}

/** Adds a number plus one to each block of 64 bytes, as big-endian numbers. */
function addToEach(blocks: Buffer, number: Buffer): Buffer {
  const sums = Buffer.from(blocks);
  for (let start = 0; start < sums.length; start += 64) {
    let carry = 1;
    for (let index = 63; index >= 0; index--) {
      carry += (sums[start + index] ?? 0) + (number[index] ?? 0);
      sums[start + index] = carry & 0xff;
      carry >>= 8;
    }
  }
  return sums;
}
