import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { TestKey } from '../../support/ssh-key';
import { usePerson } from '../person';
import {
  failsWith,
  makeKey,
  makeRegisteredKey,
  run,
  setSetting,
  useBackend,
  useMessages,
} from '../support';

interface Row {
  command: string;
  given: () => Record<string, unknown>;
  code: string;
}

describe('commands with invalid arguments', () => {
  const backend = useBackend();
  const person = usePerson();
  const shown = useMessages();
  let own: TestKey;
  let other: TestKey;
  const home = (...names: string[]): string => join(homedir(), ...names);

  before(async () => {
    await setSetting('i99op.enabled', true);
    own = await makeRegisteredKey(backend.current, 'given-own');
    other = await makeKey('given-other', { passphrase: 'sealed', rounds: 1 });
    await makeKey('given-rsa', { type: 'rsa' });
    mkdirSync(home('empty'), { recursive: true });
    writeFileSync(home('a-file'), 'no key');
    await run('i99dash.signIn', { keyPath: own.path });
  });
  after(() => setSetting('i99op.enabled', undefined));

  const missing = (): string => home('missing');
  const rsa = (): string => home('.ssh', 'given-rsa');
  const rows: Row[] = [
    { command: 'generateKey', given: () => ({ path: own.path }), code: 'KEY_EXISTS' },
    { command: 'generateKey', given: () => ({ path: 'relative' }), code: 'KEY_UNREADABLE' },
    {
      command: 'generateKey',
      given: () => ({ path: home('a-file', 'k') }),
      code: 'KEY_UNREADABLE',
    },
    { command: 'signIn', given: () => ({ keyPath: missing() }), code: 'KEY_NOT_FOUND' },
    { command: 'signIn', given: () => ({ keyPath: rsa() }), code: 'KEY_UNSUPPORTED' },
    { command: 'addKey', given: () => ({ publicKeyPath: missing() }), code: 'KEY_NOT_FOUND' },
    { command: 'addKey', given: () => ({ publicKeyPath: own.path }), code: 'KEY_IS_PRIVATE' },
    { command: 'addKey', given: () => ({ publicKeyPath: own.publicKeyPath }), code: 'KEY_EXISTS' },
    { command: 'removeKey', given: () => ({ id: 'no such key' }), code: 'KEY_NOT_FOUND' },
    { command: 'replaceKey', given: () => ({ keyPath: missing() }), code: 'KEY_NOT_FOUND' },
    { command: 'replaceKey', given: () => ({ keyPath: rsa() }), code: 'KEY_UNSUPPORTED' },
    { command: 'replaceKey', given: () => ({ keyPath: own.path }), code: 'KEY_EXISTS' },
    {
      command: 'replaceKey',
      given: () => ({ keyPath: other.path, passphrase: 'wrong' }),
      code: 'KEY_WRONG_PASSPHRASE',
    },
    {
      command: 'copyPublicKey',
      given: () => ({ publicKeyPath: missing() }),
      code: 'KEY_NOT_FOUND',
    },
    { command: 'publish', given: () => ({ folder: home('empty') }), code: 'NOTHING_TO_PUBLISH' },
    { command: 'publish', given: () => ({ track: 'prod' }), code: 'VALIDATION_FAILED' },
    { command: 'dryRun', given: () => ({ folder: missing() }), code: 'NOTHING_TO_PUBLISH' },
    { command: 'setUpCi', given: () => ({ folder: home('empty') }), code: 'NOTHING_TO_PUBLISH' },
    {
      command: 'promoteToBeta',
      given: () => ({ appId: '..', version: '1.0.0' }),
      code: 'PROTOCOL',
    },
  ];
  for (const [index, { command, given, code }] of rows.entries()) {
    it(`fails with ${code} before it asks anything: ${command} (${index + 1})`, async () => {
      person.answers = [];
      const asked = person.asked.length;
      const sent = backend.current.requests.filter(({ method }) => method !== 'GET').length;
      await failsWith(code, `i99dash.${command}`, given());
      assert.deepEqual(person.asked.slice(asked), []);
      assert.equal(shown.length, 1, 'only the failure itself is shown');
      const sentAfter = backend.current.requests.filter(({ method }) => method !== 'GET').length;
      assert.equal(sentAfter, sent, 'nothing is changed');
    });
  }

  it('keeps backend and session of i99op.signIn when the key file is missing', async () => {
    const baseUrl = backend.current.url;
    await failsWith('KEY_NOT_FOUND', 'i99op.signIn', { baseUrl, keyPath: missing() });
    const config = await run('i99op.showConfig');
    assert.notEqual(config['baseUrl'], baseUrl);
    assert.deepEqual(
      person.asked.slice(-1).map(({ title }) => title),
      [],
    );
  });
});
