import assert from 'node:assert/strict';
import { ApiClient } from '../../../src/core/api/client';
import type { SshKey } from '../../../src/core/api/sshKeys';
import { parsePublicKeyLine } from '../../../src/core/ssh/publicKey';
import { toKeyName, registerKey } from '../../../src/core/account/registerKey';
import { consequencesOfRemoval } from '../../../src/core/account/removalConsequences';
import type { HttpRequest } from '../../../src/core/platform/interfaces';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { rejectsWith } from '../../support/expect';
import { MemoryBackend } from '../../support/memory-transport';
import { signingKey } from '../backend/client';

describe('key registration', () => {
  let backend: MemoryBackend;
  let sent: HttpRequest[];
  let api: ApiClient;

  beforeEach(() => {
    backend = new MemoryBackend({ url: 'https://api.test', now: () => Date.now() });
    const token = backend.state.mintToken({ devId: DEFAULT_ACCOUNT.devId, lifeSeconds: 60 });
    sent = [];
    const transport = {
      send: (request: HttpRequest) => {
        sent.push(request);
        return backend.transport.send(request);
      },
    };
    api = new ApiClient(backend.url, transport, { getToken: () => Promise.resolve(token) });
  });

  it('sends type, key and name, but not the comment', async () => {
    const { line, fingerprint } = signingKey();
    const blob = parsePublicKeyLine(line)?.blob ?? assert.fail();
    const key = await registerKey(api, { blob, name: ' my\n laptop ', purpose: 'login' });
    assert.deepEqual([key.fingerprint, key.name], [fingerprint, 'my laptop']);
    const { body } = sent.find(({ method }) => method === 'POST') ?? assert.fail('nothing sent');
    assert.ok(typeof body === 'string');
    assert.deepEqual(JSON.parse(body), {
      public_key: line.split(' ').slice(0, 2).join(' '),
      name: 'my laptop',
      purpose: 'login',
    });
  });

  it('throws KEY_EXISTS with the existing name and sends no key', async () => {
    const { line } = signingKey();
    backend.state.addKey(DEFAULT_ACCOUNT.devId, line, { name: 'the old laptop' });
    const blob = parsePublicKeyLine(line)?.blob ?? assert.fail();
    const again = registerKey(api, { blob, name: 'x', purpose: 'login' });
    const { message } = await rejectsWith('KEY_EXISTS', again);
    assert.match(message, /“the old laptop” \(login\)/u);
    assert.ok(sent.every(({ method }) => method === 'GET'));
  });
});

describe('key name', () => {
  for (const [text, name] of [
    ['anna@laptop', 'anna@laptop'],
    ['  two \t words\r\n', 'two words'],
    ['مفتاح 鍵 ключ', 'مفتاح 鍵 ключ'],
    ['turned\u202Earound', 'turned around'],
    ['', 'SSH key'],
    ['\u0000\u0007', 'SSH key'],
    ['x'.repeat(81), 'x'.repeat(80)],
    [`${'x'.repeat(79)}🔑`, 'x'.repeat(79)],
    ['🔑'.repeat(50), '🔑'.repeat(40)],
  ] as const) {
    it(`is sanitized: ${JSON.stringify(text).slice(0, 40)}`, () =>
      assert.equal(toKeyName(text), name));
  }
});

describe('consequences of removing a key', () => {
  const key = (id: string, purpose = 'login'): SshKey => ({
    ...{ id, name: id, fingerprint: `SHA256:${id}`, keyType: 'ssh-ed25519', purpose },
    ...{ createdAt: null, lastUsedAt: null },
  });
  const [a, b, ci] = [key('a'), key('b'), key('ci', 'attest')];

  for (const { title, removed, keys, session, expected } of [
    { title: 'one of two keys', removed: a, keys: [a, b], session: 'b', expected: [false, false] },
    {
      title: 'the key of the session',
      removed: a,
      keys: [a, b],
      session: 'a',
      expected: [true, false],
    },
    { title: 'the only key', removed: a, keys: [a], session: 'a', expected: [true, true] },
    {
      title: 'the last login key',
      removed: a,
      keys: [a, ci],
      session: 'x',
      expected: [false, true],
    },
    {
      title: 'a publishing key',
      removed: ci,
      keys: [ci],
      session: 'x',
      expected: [false, false],
    },
    {
      title: 'without a session key',
      removed: a,
      keys: [a],
      session: undefined,
      expected: [false, true],
    },
  ]) {
    it(`reports for ${title}: session ends ${expected[0]}, no login key left ${expected[1]}`, () => {
      const fingerprint = session === undefined ? undefined : `SHA256:${session}`;
      assert.deepEqual(consequencesOfRemoval(removed, keys, fingerprint), {
        endsSession: expected[0],
        isLastLoginKey: expected[1],
      });
    });
  }
});
