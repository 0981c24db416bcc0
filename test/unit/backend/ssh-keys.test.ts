import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Backend, startBackend } from '../../backend/server';
import { generateTestKey } from '../../support/ssh-key';
import { call, signIn, signingKey, textAt } from './client';

const LIST = 'GET /api/v1/account/ssh-keys';
const ADD = 'POST /api/v1/account/ssh-keys';

describe('backend: SSH keys', () => {
  const key = signingKey();
  let folder: string;
  let backend: Backend;
  let token: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'i99dash-keys-'));
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    backend = await startBackend();
    backend.state.addKey('dev_local', key.line, { name: 'first' });
    token = await signIn(backend, key);
  });
  afterEach(() => backend.close());

  async function add(json: Record<string, unknown>) {
    return await call(backend, ADD, { json, token });
  }

  it('lists keys in snake case with the time of their last use', async () => {
    const { data } = await call(backend, LIST, { token });
    const { keys } = data as { keys: Record<string, unknown>[] };
    assert.equal(keys.length, 1);
    const fields = [
      'created_at',
      'fingerprint',
      'id',
      'key_type',
      'last_used_at',
      'name',
      'purpose',
    ];
    assert.deepEqual(Object.keys(keys[0]!).sort(), fields);
    assert.equal(keys[0]?.['fingerprint'], key.fingerprint);
    assert.match(textAt(keys, 0, 'last_used_at'), /^\d{4}-.*Z$/);
  });

  it('adds a key of ssh-keygen with the fingerprint that ssh-keygen prints', async () => {
    const made = await generateTestKey({ folder, name: 'added', comment: 'a comment of words' });
    const { status, data } = await add({ public_key: `${made.publicKeyLine}\n`, name: ' laptop ' });
    assert.equal(status, 201);
    const printed = execFileSync('ssh-keygen', ['-lf', made.publicKeyPath], { encoding: 'utf8' });
    assert.equal(textAt(data, 'fingerprint'), printed.split(' ')[1]);
    assert.equal(textAt(data, 'name'), 'laptop');
    assert.equal(textAt(data, 'purpose'), 'login');
  });

  it('rejects a key that is already registered with any account', async () => {
    backend.state.addAccount({ devId: 'dev_other', email: null, isDeveloper: true });
    const other = signingKey();
    backend.state.addKey('dev_other', other.line);
    for (const { line } of [key, other]) {
      const { status, code } = await add({ public_key: line, name: 'again' });
      assert.deepEqual([status, code], [409, 'SSH_KEY_EXISTS']);
    }
  });

  it('rejects RSA and ECDSA keys', async () => {
    for (const type of ['rsa', 'ecdsa'] as const) {
      const { publicKeyLine } = await generateTestKey({ folder, type });
      const { status, code } = await add({ public_key: publicKeyLine, name: type });
      assert.deepEqual([status, code], [400, 'SSH_KEY_UNSUPPORTED'], type);
    }
  });

  it('rejects malformed keys, names and purposes', async () => {
    const { line } = signingKey();
    const [type, blob = ''] = line.split(' ');
    const bad = [
      { name: 'no key' },
      { public_key: line },
      { public_key: line, name: 'x'.repeat(81) },
      { public_key: line, name: '  ' },
      { public_key: line, name: 'x', purpose: 'everything' },
      { public_key: `${type} ${blob.slice(0, -4)}`, name: 'cut short' },
      { public_key: `ssh-rsa ${blob}`, name: 'another type outside than inside' },
      { public_key: `${line}\n${line}`, name: 'two lines' },
      { public_key: '-----BEGIN OPENSSH PRIVATE KEY-----', name: 'private' },
    ];
    for (const json of bad) {
      const { status, code } = await add(json);
      assert.deepEqual([status, code], [400, 'VALIDATION_ERROR'], JSON.stringify(json));
    }
  });

  it('removes a key and revokes its token', async () => {
    const id = backend.state.accounts.findKey(key.fingerprint)?.id ?? '';
    const removed = await call(backend, `DELETE /api/v1/account/ssh-keys/${id}`, { token });
    assert.deepEqual([removed.status, removed.data], [200, null]);
    assert.equal((await call(backend, LIST, { token })).status, 401);
  });

  it('hides the keys of other accounts', async () => {
    backend.state.addAccount({ devId: 'dev_other', email: null, isDeveloper: true });
    const { id } = backend.state.addKey('dev_other', signingKey().line);
    const { status, code } = await call(backend, `DELETE /api/v1/account/ssh-keys/${id}`, {
      token,
    });
    assert.deepEqual([status, code], [404, 'SSH_KEY_NOT_FOUND']);
    assert.equal(backend.state.accounts.keysOf('dev_other').length, 1);
  });
});
