import assert from 'node:assert/strict';
import { chmod, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeKey, discoverKeys } from '../../../src/core/ssh/keyDiscovery';
import { openKeyFile } from '../../../src/core/ssh/privateKey';
import { findKeyCandidates } from '../../../src/core/account/keyCandidates';
import { hasPublicKey } from '../../../src/core/ssh/keyFolder';
import { readPublicKeyFile } from '../../../src/core/ssh/publicKeyFile';
import { measureCpu } from '../../support/cpu-time';
import { rejectsWith } from '../../support/expect';
import { bytesRead, closeSockets, ODD_FILES, permissionsCount } from '../../support/odd-files';
import { generateTestKey } from '../../support/ssh-key';
import { useTempFolder } from '../../support/temp-folder';

describe('invalid key file', () => {
  const temp = useTempFolder();
  afterEach(closeSockets);

  for (const [name, make] of Object.entries(ODD_FILES)) {
    it(`rejects ${name} at once, both as a private and as a public key`, async () => {
      const path = join(temp.path, 'id_ed25519');
      await make(path);
      const isMissing = name === 'a link to nowhere';
      const code = isMissing ? 'KEY_NOT_FOUND' : 'KEY_UNREADABLE';
      for (const refusal of [openKeyFile(path), readPublicKeyFile(path)]) {
        const error = await rejectsWith(code, refusal);
        assert.equal(error.file, path);
      }
      assert.equal(await describeKey(path), undefined);
    });
  }

  it('reports a key file without read permission', async () => {
    const { path } = await generateTestKey({ folder: temp.path, name: 'id_ed25519' });
    await chmod(path, 0o000);
    if (permissionsCount) {
      await rejectsWith('KEY_UNREADABLE', openKeyFile(path));
      assert.deepEqual(await discoverKeys(temp.path), []);
    } else {
      // Root reads it regardless.
      assert.equal((await discoverKeys(temp.path)).length, 1);
    }
  });
});

describe('SSH key folder', () => {
  const temp = useTempFolder();
  afterEach(closeSockets);

  it('tolerates a missing folder, a file in its place, and entries that are not files', async () => {
    const file = join(temp.path, 'file');
    await writeFile(file, '');
    const odd = join(temp.path, 'odd');
    await mkdir(odd);
    for (const [index, make] of Object.values(ODD_FILES).entries()) {
      await make(join(odd, `id_${index}`));
      await make(join(odd, `id_${index}_x.pub`));
    }
    for (const folder of [join(temp.path, 'gone'), join(file, 'below'), file, odd]) {
      assert.deepEqual(await discoverKeys(folder), [], folder);
      assert.deepEqual(await findKeyCandidates(folder, [], new Set()), [], folder);
      assert.equal(await hasPublicKey(folder), false, folder);
    }
  });

  it('reads the start of few files among 5,000, the usual names first', async () => {
    const { path, fingerprint } = await generateTestKey({ folder: temp.path, name: 'key' });
    const [key, work] = [join(temp.path, 'id_ed25519'), join(temp.path, 'work_ed25519')];
    await rename(path, key);
    await rename(`${path}.pub`, `${key}.pub`);
    await symlink(key, work);
    const large = 'x'.repeat(32 * 1024);
    for (let index = 0; index < 5_000; index++) {
      await writeFile(join(temp.path, `backup-${index}`), index < 1_000 ? large : '');
    }
    for (let index = 0; index < 1_000; index++) {
      await writeFile(join(temp.path, `a-${index}.pub`), '');
    }
    const before = await bytesRead();
    const { result: found, cpuMs } = await measureCpu(() => discoverKeys(temp.path));
    const after = await bytesRead();
    assert.deepEqual(
      found.map((each) => each.path),
      [key, work],
    );
    const candidates = await findKeyCandidates(temp.path, [], new Set());
    assert.deepEqual(
      candidates.map((each) => each.fingerprint),
      [fingerprint],
    );
    if (before !== undefined && after !== undefined) {
      assert.ok(after - before < 2 * 1024 * 1024, `${after - before} bytes were read`);
    }
    assert.ok(cpuMs < 2_000, `${cpuMs} ms`);
  });
});
