import assert from 'node:assert/strict';
import { createCipheriv, randomBytes } from 'node:crypto';
import { chacha20 } from '../../../../src/core/ssh/formats/chacha20';

/** The same stream from OpenSSL, whose IV is the counter (little-endian) and the nonce. */
function byOpenSsl(key: Buffer, counter: number, data: Buffer): Buffer {
  const iv = Buffer.alloc(16);
  iv.writeUInt32LE(counter);
  return createCipheriv('chacha20', key, iv).update(data);
}

describe('ChaCha20', () => {
  it('produces the stream of the first test vector in RFC 8439', () => {
    const stream = chacha20(Buffer.alloc(32), 0, Buffer.alloc(64)).toString('hex');
    assert.equal(
      stream,
      '76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586',
    );
  });

  it('matches OpenSSL for any key, counter and length', () => {
    for (const length of [0, 1, 63, 64, 65, 300]) {
      const key = randomBytes(32);
      const data = randomBytes(length);
      assert.deepEqual(chacha20(key, length, data), byOpenSsl(key, length, data), String(length));
    }
  });
});
