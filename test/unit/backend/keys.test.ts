import assert from 'node:assert/strict';
import { createPrivateKey, sign } from 'node:crypto';
import { parsePublicKey, verifySignature } from '../../backend/keys';

/** RFC 8032, 7.1, test 2. */
const SEED = '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb';
const POINT = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
const SIGNATURE =
  '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
  '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';

describe('backend: public keys', () => {
  const point = Buffer.from(POINT, 'hex');
  const header = Buffer.from('\0\0\0\x0bssh-ed25519\0\0\0\x20', 'latin1');
  const encoded = Buffer.concat([header, point]).toString('base64');

  it('parses an OpenSSH line', () => {
    const key = parsePublicKey(`ssh-ed25519 ${encoded} me at work\n`);
    assert.deepEqual(key.raw, point);
    assert.equal(key.comment, 'me at work');
    assert.match(key.fingerprint, /^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  it('verifies the signature of RFC 8032 and rejects any that differs in one bit', () => {
    const signature = Buffer.from(SIGNATURE, 'hex');
    const message = Buffer.from([0x72]);
    assert.equal(verifySignature(point, message, signature), true);
    assert.equal(verifySignature(point, Buffer.from([0x73]), signature), false);
    signature[0]! ^= 1;
    assert.equal(verifySignature(point, message, signature), false);
  });

  it('accepts a signature that node:crypto makes with the seed', () => {
    const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
    const key = Buffer.concat([prefix, Buffer.from(SEED, 'hex')]);
    const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    assert.equal(sign(null, Buffer.from([0x72]), privateKey).toString('hex'), SIGNATURE);
  });

  it('rejects trailing bytes and a point that is too short', () => {
    const long = Buffer.concat([header, point, Buffer.from('\0\0\0\x01x', 'latin1')]);
    const short = Buffer.concat([Buffer.from('\0\0\0\x0bssh-ed25519\0\0\0\x01x', 'latin1')]);
    for (const blob of [long, short, Buffer.from('\xff\xff\xff\xff', 'latin1')]) {
      const line = `ssh-ed25519 ${blob.toString('base64')}`;
      assert.throws(() => parsePublicKey(line), { name: 'PublicKeyError', reason: 'malformed' });
    }
  });
});
