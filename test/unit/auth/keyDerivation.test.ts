import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isTooSlow } from '../../../src/core/auth/keyDerivation';
import { openKeyFile } from '../../../src/core/auth/privateKey';
import { endlessPkcs8, endlessScrypt } from '../../support/endless-key';
import { rejectsWith } from '../../support/expect';
import { useTempFolder } from '../../support/temp-folder';

const PEM = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });

/** The key with a passphrase, as OpenSSL seals it. */
function sealed(...options: string[]): string {
  const args = ['pkcs8', '-topk8', '-passout', 'pass:the passphrase', ...options];
  return execFileSync('openssl', args, { input: PEM, encoding: 'utf8' });
}

describe('what a passphrase costs', () => {
  const temp = useTempFolder();

  for (const [what, options] of [
    ["OpenSSL's default", []],
    ['what OWASP asks for', ['-iter', '1300000']],
    ['PBKDF2 with another hash', ['-v2prf', 'hmacWithSHA512', '-iter', '600000']],
    ['scrypt', ['-scrypt']],
    ['more of scrypt', ['-scrypt', '-scrypt_N', '16384', '-scrypt_r', '8', '-scrypt_p', '8']],
    ['the ways of long ago', ['-v1', 'PBE-SHA1-3DES', '-iter', '2048']],
  ] as const) {
    it(`is fair: ${what}`, () => assert.equal(isTooSlow(sealed(...options)), false));
  }

  it('is none without a passphrase', () => assert.equal(isTooSlow(PEM.toString()), false));

  for (const [what, text] of [
    ['PBKDF2', endlessPkcs8()],
    ['scrypt', endlessScrypt()],
    ['scrypt behind another block', `${PEM.toString()}${endlessScrypt()}`],
  ] as const) {
    it(`may be out of all proportion: ${what}`, () => assert.ok(isTooSlow(text)));
  }

  it('keeps a key closed that asks for too much, and tells the way out', async () => {
    const path = join(temp.path, 'key');
    await writeFile(path, endlessPkcs8());
    const { message } = await rejectsWith('KEY_UNREADABLE', openKeyFile(path, 'the passphrase'));
    assert.match(message, /openssl pkcs8 -topk8 -iter 600000/u);
  });
});
