import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { computeFingerprint, parsePublicKeyLine } from '../../../src/core/ssh/publicKey';
import type { AgentKey } from '../../../src/core/ssh/agent/sshAgent';
import {
  findKeyCandidates,
  readCandidate,
  suggestedName,
} from '../../../src/core/account/keyCandidates';
import { rejectsWith } from '../../support/expect';
import { generateTestKey, toPublicKeyLine } from '../../support/ssh-key';
import { useTempFolder } from '../../support/temp-folder';

function agentKey(publicKey: string): AgentKey {
  const { blob, comment } = parsePublicKeyLine(publicKey) ?? assert.fail('no key');
  return { publicKey, publicBlob: blob, comment, fingerprint: computeFingerprint(blob) };
}

describe('key candidates for registration', () => {
  const temp = useTempFolder();
  const NONE = new Set<string>();

  it('include the ed25519 public keys of the folder, with or without a private half', async () => {
    const folder = temp.path;
    const first = await generateTestKey({ folder, name: 'b', comment: 'work laptop' });
    const second = await generateTestKey({ folder, name: 'a', passphrase: 'x1234', rounds: 2 });
    await rm(second.path);
    await generateTestKey({ folder, type: 'rsa' });
    await writeFile(join(folder, 'broken.pub'), 'ssh-ed25519 AAAA');
    await mkdir(join(folder, 'folder.pub'));
    await writeFile(join(folder, 'known_hosts'), `host ${first.publicKeyLine}`);
    assert.deepEqual(
      (await findKeyCandidates(folder, [], NONE)).map(({ path, fingerprint, comment }) => [
        path,
        fingerprint,
        comment,
      ]),
      [
        [second.publicKeyPath, second.fingerprint, 'test@example.com'],
        [first.publicKeyPath, first.fingerprint, 'work laptop'],
      ],
    );
  });

  it('exclude a private key with the extension .pub', async () => {
    const { path } = await generateTestKey({ folder: temp.path });
    await symlink(path, join(temp.path, 'trap.pub'));
    const found = await findKeyCandidates(temp.path, [], NONE);
    assert.deepEqual(
      found.map((candidate) => candidate.path),
      [`${path}.pub`],
    );
    await rejectsWith('KEY_IS_PRIVATE', readCandidate(path));
  });

  it('are unique, prefer files to the agent and exclude registered keys', async () => {
    const folder = temp.path;
    const [file, registered] = await Promise.all(
      ['one', 'two'].map((name) => generateTestKey({ folder, name })),
    );
    await writeFile(join(folder, 'same.pub'), file?.publicKeyLine ?? '');
    const alone = toPublicKeyLine(generateKeyPairSync('ed25519').publicKey, 'in the agent');
    const agent = [file?.publicKeyLine ?? '', alone, registered?.publicKeyLine ?? ''].map(agentKey);
    const found = await findKeyCandidates(folder, agent, new Set([registered?.fingerprint ?? '']));
    assert.deepEqual(
      found.map(({ path, comment }) => [path, comment]),
      [
        [file?.publicKeyPath, 'test@example.com'],
        [undefined, 'in the agent'],
      ],
    );
  });

  it('come from the agent when the folder is missing', async () => {
    const alone = agentKey(toPublicKeyLine(generateKeyPairSync('ed25519').publicKey, ''));
    const found = await findKeyCandidates(join(temp.path, 'missing'), [alone], NONE);
    assert.deepEqual(
      found.map(({ fingerprint }) => fingerprint),
      [alone.fingerprint],
    );
  });

  it('are named after the comment, or else the file', () => {
    const path = join('home', 'id_work.pub');
    assert.equal(suggestedName({ comment: 'anna@laptop', path }), 'anna@laptop');
    assert.equal(suggestedName({ comment: ' ', path }), 'id_work');
    assert.equal(suggestedName({ comment: '' }), 'SSH key');
  });
});
