/** "expand 32-byte k" as four little-endian words. */
const SIGMA = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const;
const CHACHA_BLOCK_BYTES = 64;
/** The words that each quarter round mixes: columns, then diagonals. */
const QUARTERS = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

/**
 * Encrypts or decrypts with ChaCha20 (RFC 8439) and a zero nonce. Implemented here because
 * node:crypto of desktop VS Code lacks it.
 * @param key 32 bytes.
 * @param counter Number of the first block.
 */
export function chacha20(key: Buffer, counter: number, data: Uint8Array): Buffer {
  const output = Buffer.from(data);
  for (let start = 0; start < output.length; start += CHACHA_BLOCK_BYTES, counter++) {
    const stream = keyStream(key, counter);
    const end = Math.min(start + CHACHA_BLOCK_BYTES, output.length);
    for (let index = start; index < end; index++) {
      output[index] = (output[index] ?? 0) ^ (stream[index - start] ?? 0);
    }
  }
  return output;
}

function keyStream(key: Buffer, counter: number): Buffer {
  const words = [0, 4, 8, 12, 16, 20, 24, 28].map((offset) => key.readUInt32LE(offset));
  const start = Uint32Array.of(...SIGMA, ...words, counter, 0, 0, 0);
  const state = Uint32Array.from(start);
  for (let round = 0; round < 10; round++) {
    for (const [a, b, c, d] of QUARTERS) {
      mix(state, a, b, d, 16);
      mix(state, c, d, b, 12);
      mix(state, a, b, d, 8);
      mix(state, c, d, b, 7);
    }
  }
  const stream = Buffer.alloc(CHACHA_BLOCK_BYTES);
  state.forEach((word, index) => {
    stream.writeUInt32LE((word + (start[index] ?? 0)) >>> 0, index * 4);
  });
  return stream;
}

/** `x += y; z = (z ^ x) <<< bits` on words of the state. */
function mix(state: Uint32Array, x: number, y: number, z: number, bits: number): void {
  const sum = ((state[x] ?? 0) + (state[y] ?? 0)) >>> 0;
  const mixed = (state[z] ?? 0) ^ sum;
  state[x] = sum;
  state[z] = (mixed << bits) | (mixed >>> (32 - bits));
}
