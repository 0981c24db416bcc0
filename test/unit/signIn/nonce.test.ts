import assert from 'node:assert/strict';
import { isI99dashError } from '../../../src/core/errors';
import { assertSignableNonce } from '../../../src/core/signIn/nonce';

function sshString(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** RFC 4252, section 7: the data that an SSH login signs. */
export const USERAUTH_BLOB = Buffer.concat([
  sshString(Buffer.alloc(32, 7)),
  Buffer.from([50]),
  sshString('git'),
  sshString('ssh-connection'),
  sshString('publickey'),
  Buffer.from([1]),
  sshString('ssh-ed25519'),
]).toString('latin1');

/** PROTOCOL.sshsig: the data that `ssh-keygen -Y sign` and a signed commit sign. */
export const SSHSIG_BLOB = Buffer.concat([
  Buffer.from('SSHSIG'),
  sshString('git'),
  sshString(''),
  sshString('sha512'),
  sshString(Buffer.alloc(64, 65)),
]).toString('latin1');

const base64url = (text: string): string => Buffer.from(text).toString('base64url');

describe('nonces', () => {
  for (const [title, nonce] of [
    ['16 characters', 'a'.repeat(16)],
    ['512 characters', 'z'.repeat(512)],
    ['base64url', 'Zm9vYmFyLWJhei1xdXV4XzEyMzQ1Njc4OTA'],
    ['parts with dots between', 'Zm9vYmFyLWJhei1x.1790000000.dXV4XzEyMzQ1Njc4OTA'],
    ['base64url that begins like a JWT and has no dot', 'eyJhbGciOiJFZERTQSJ9eyJzdWIiOiJhIn0'],
    ['every printable character', ' !"#$%&\'()*+,-./0123456789:;<=>?@[\\]^_`{|}~'],
  ] as const) {
    it(`signs a nonce of ${title}`, () => assert.doesNotThrow(() => assertSignableNonce(nonce)));
  }

  for (const [title, nonce] of [
    ['no characters', ''],
    ['15 characters', 'a'.repeat(15)],
    ['513 characters', 'a'.repeat(513)],
    ['a line break', `${'a'.repeat(20)}\n`],
    ['a NUL', `${'a'.repeat(20)}\0`],
    ['DEL', `${'a'.repeat(20)}\x7f`],
    ['a letter beyond ASCII', `${'a'.repeat(20)}é`],
    ['an emoji', `${'a'.repeat(20)}🔑`],
    ['the signing input of a JWT', `${base64url('{"alg":"EdDSA"}')}.${base64url('{"sub":"me"}')}`],
    [
      'a JWT whose header begins with blanks',
      `${base64url(' \n{ "alg":"EdDSA"}')}.${base64url('{}')}`,
    ],
    ['a JWT whose header is padded', `${Buffer.from('{"alg":"EdDSA" }').toString('base64')}.e30`],
    [
      'a JWS with a payload that is not encoded',
      `${base64url('{"alg":"EdDSA","b64":false}')}.pay 100`,
    ],
    ['the manifest of a native app', '{"apkSha256":"00","packageName":"com.acme.app"}'],
    ['an SSH userauth request', USERAUTH_BLOB],
    ['an SSHSIG blob', SSHSIG_BLOB],
  ] as const) {
    it(`refuses to sign a nonce with ${title}`, () =>
      assert.throws(
        () => assertSignableNonce(nonce),
        (error: unknown) => isI99dashError(error, 'CHALLENGE_REFUSED'),
      ));
  }
});
