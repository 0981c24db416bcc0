import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ed25519Blob, publicKeyLine } from '../../../src/core/ssh/publicKey';
import { hasPublicKey } from '../../../src/core/ssh/keyFolder';
import { useTempFolder } from '../../support/temp-folder';

const LINE = publicKeyLine(ed25519Blob(Buffer.alloc(32, 7)));

describe('public key detection', () => {
  const folder = useTempFolder();

  it('finds none in a missing or empty folder, other key types, folders and private keys', async () => {
    assert.equal(await hasPublicKey(join(folder.path, 'none')), false);
    assert.equal(await hasPublicKey(folder.path), false);
    await writeFile(join(folder.path, 'id_rsa.pub'), 'ssh-rsa AAAA me\n');
    await writeFile(join(folder.path, 'id_ed25519'), 'ssh-ed25519 AAAA me\n');
    await mkdir(join(folder.path, 'folder.pub'));
    assert.equal(await hasPublicKey(folder.path), false);
  });

  it('finds an ed25519 key under any name', async () => {
    await writeFile(join(folder.path, 'work.pub'), `# mine\n${LINE}\n`);
    assert.equal(await hasPublicKey(folder.path), true);
  });

  it('finds the usual file among more files than it reads', async () => {
    const others = Array.from({ length: 1_000 }, (_, index) => `host-${index}.pub`);
    const write = (name: string, text = 'ssh-rsa AAAA me\n') =>
      writeFile(join(folder.path, name), text);
    await Promise.all(others.slice(500).map((name) => write(name)));
    await write('id_ed25519.pub', LINE);
    await Promise.all(others.slice(0, 500).map((name) => write(name)));
    assert.equal(await hasPublicKey(folder.path), true);
  });
});
