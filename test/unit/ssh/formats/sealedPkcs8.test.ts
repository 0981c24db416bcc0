import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openKeyFile } from '../../../../src/core/ssh/privateKey';
import { CancelledError } from '../../../../src/core/errors';
import { endlessPkcs8, endlessScrypt } from '../../../support/endless-key';
import { rejectsWith } from '../../../support/expect';
import { useTempFolder } from '../../../support/temp-folder';
import { unlockWith } from '../../../support/unlock-with';

describe('encrypted PKCS#8 keys', () => {
  const temp = useTempFolder();
  const path = (): string => join(temp.path, 'key');

  for (const [what, text, advice] of [
    ['PBKDF2', endlessPkcs8(), /openssl pkcs8 -topk8 -iter 600000 -in .* -out .*\.new$/u],
    ['scrypt', endlessScrypt(), /Export it again/u],
  ] as const) {
    it(`are rejected before a passphrase prompt when ${what} would take too long`, async () => {
      await writeFile(path(), text);
      for (const passphrase of [undefined, 'the passphrase']) {
        const opened = openKeyFile(path(), unlockWith(passphrase));
        assert.match((await rejectsWith('KEY_UNREADABLE', opened)).message, advice);
      }
    });
  }

  it('stop the derivation when it is cancelled', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const options = { cipher: 'aes-256-cbc', passphrase: 'right' } as const;
    await writeFile(path(), privateKey.export({ type: 'pkcs8', format: 'pem', ...options }));
    const controller = new AbortController();
    const unlock = { ...unlockWith('right'), signal: controller.signal };
    assert.ok(await openKeyFile(path(), unlock));
    const opening = openKeyFile(path(), unlock);
    controller.abort();
    await assert.rejects(opening, CancelledError);
  });
});
