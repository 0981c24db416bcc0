import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { startSshAgent, type SshAgent } from '../../support/ssh-agent';
import type { TestKey } from '../../support/ssh-key';
import { useOwnHome, usePerson } from '../person';
import { failsWith, makeRegisteredKey, run, setSetting, useBackend, useMessages } from '../support';

const PASSPHRASE = 'open sesame';
const WITHOUT_KEY = [
  'Without a key',
  '$(clippy) Paste an Access Token…',
  '$(device-mobile) Use a Device Code…',
];

describe('the sign-in picker', () => {
  const backend = useBackend();
  const shown = useMessages();
  useOwnHome();
  const person = usePerson();
  const signIn = (args: object = {}) =>
    run<Record<string, unknown> | undefined>('i99dash.signIn', args);

  before(async () => {
    await run('i99dash.signOut');
    await setSetting('i99dash.ssh.useAgent', false);
  });
  after(() => setSetting('i99dash.ssh.useAgent', undefined));
  afterEach(() => run('i99dash.signOut'));

  describe('without a key', () => {
    const made = (): string => join(homedir(), '.ssh/made-here');
    after(() => {
      rmSync(made());
      rmSync(`${made()}.pub`);
    });

    it('offers to generate a key and continues with it', async () => {
      person.answers = ['Generate a New Key', '~/.ssh/made-here', ''];
      // No backend knows the new key. The message about it is closed.
      assert.equal(await run('i99dash.signIn'), undefined);
      const [message, ...more] = shown;
      assert.match(message?.message ?? '', /^Your key ~\/\.ssh\/made-here is ready\./u);
      assert.deepEqual(message?.buttons, ['Copy Key and Open Console', 'Continue']);
      assert.deepEqual(more, []);
      assert.ok(existsSync(made()));
      const [question] = person.asked;
      assert.equal(question?.words, 'No ed25519 key was found in ~/.ssh');
      assert.deepEqual(question.rows, [
        '',
        '$(add) Generate a New Key…',
        '$(list-ordered) Open Walkthrough',
        '$(folder-opened) Browse for a Key File…',
        ...WITHOUT_KEY,
      ]);
    });
  });

  describe('with keys', () => {
    let plain: TestKey;
    let locked: TestKey;

    before(async () => {
      plain = await makeRegisteredKey(backend.current, 'id_ed25519');
      locked = await makeRegisteredKey(backend.current, 'locked', {
        passphrase: PASSPHRASE,
        rounds: 2,
      });
    });

    it('lists the keys of ~/.ssh, the configured one first, and signs in with the chosen one', async () => {
      person.answers = ['id_ed25519'];
      assert.equal((await signIn())?.['fingerprint'], plain.fingerprint);
      assert.equal(person.asked.length, 1);
      assert.deepEqual(person.asked[0]?.rows, [
        '$(key) ~/.ssh/id_ed25519',
        '$(lock) ~/.ssh/locked',
        '',
        '$(folder-opened) Browse for a Key File…',
        ...WITHOUT_KEY,
      ]);
    });

    it('sends nothing when the user cancels', async () => {
      const from = backend.current.requests.length;
      assert.equal(await signIn(), undefined);
      person.answers = ['Browse'];
      assert.equal(await signIn(), undefined);
      person.answers = ['Paste'];
      assert.equal(await signIn(), undefined);
      person.answers = ['locked'];
      assert.equal(await signIn(), undefined);
      assert.equal(backend.current.requests.length, from);
    });

    it('accepts a key file from elsewhere', async () => {
      const elsewhere = await makeRegisteredKey(backend.current, '../elsewhere');
      person.answers = ['Browse', elsewhere.path];
      assert.equal((await signIn())?.['fingerprint'], elsewhere.fingerprint);
    });

    it('shows no other way to sign in when a key was given', async () => {
      await setSetting('i99dash.ssh.keyPath', '~/.ssh/moved-away');
      person.answers = ['id_ed25519'];
      const identity = await signIn({ method: 'ssh' });
      await setSetting('i99dash.ssh.keyPath', undefined);
      assert.equal(identity?.['fingerprint'], plain.fingerprint);
      assert.ok(!person.asked[0]?.rows.includes('Without a key'));
    });

    it('asks for the passphrase of an encrypted key and says how many tries are left', async () => {
      person.answers = ['locked', 'wrong', PASSPHRASE];
      assert.equal((await signIn())?.['fingerprint'], locked.fingerprint);
      assert.deepEqual(
        person.asked.slice(1).map(({ title, words }) => [title, words]),
        [
          ['Passphrase of ~/.ssh/locked', 'Unlocks the key in this window. Never stored.'],
          ['Passphrase of ~/.ssh/locked', 'Wrong passphrase. 2 attempts left.'],
        ],
      );
    });

    it('fails with KEY_WRONG_PASSPHRASE after three tries, without the passphrases in the message', async () => {
      person.answers = ['locked', 'first guess', 'second guess', 'third guess', PASSPHRASE];
      const message = await failsWith('KEY_WRONG_PASSPHRASE', 'i99dash.signIn');
      assert.doesNotMatch(message, /guess/u);
      assert.equal(person.asked.length, 4);
    });

    it('accepts an access token', async () => {
      const { devId } = DEFAULT_ACCOUNT;
      const token = backend.current.state.mintToken({ devId, lifeSeconds: 60 });
      person.answers = ['Paste', token];
      assert.equal((await signIn())?.['source'], 'token');
    });

    it('offers the token of the command line and uses it only when it is chosen', async () => {
      const { devId } = DEFAULT_ACCOUNT;
      const token = backend.current.state.mintToken({ devId, lifeSeconds: 60 });
      const folder = join(homedir(), '.config/i99dash');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'sdk.json'), JSON.stringify({ access_token: token }));
      const from = backend.current.requests.length;
      assert.equal(await signIn(), undefined);
      assert.equal(backend.current.requests.length, from);
      person.answers = ['Token of the Command Line'];
      assert.equal((await signIn())?.['source'], 'token');
      assert.equal(person.asked.length, 2);
    });
  });

  describe('with an SSH agent', () => {
    let agent: SshAgent;
    let held: TestKey[];

    before(async () => {
      agent = await startSshAgent();
      held = [
        await makeRegisteredKey(backend.current, '../held-1', { comment: 'at the office' }),
        await makeRegisteredKey(backend.current, '../held-2', { comment: 'at home' }),
      ];
      for (const key of held) await agent.add(key);
      await setSetting('i99dash.ssh.agentSocket', agent.socket);
      await setSetting('i99dash.ssh.useAgent', true);
    });
    after(async () => {
      await setSetting('i99dash.ssh.agentSocket', undefined);
      await agent.stop();
    });

    it('lists the agent’s keys below those of ~/.ssh', async () => {
      person.answers = ['at home'];
      const identity = await signIn();
      assert.deepEqual(
        [identity?.['source'], identity?.['fingerprint']],
        ['agent', held[1]?.fingerprint],
      );
      const rows = person.asked[0]?.rows ?? [];
      const from = rows.indexOf('SSH agent');
      assert.deepEqual(rows.slice(from, from + 3), [
        'SSH agent',
        '$(server-process) at the office',
        '$(server-process) at home',
      ]);
    });

    it('asks which of several keys when the agent itself was chosen', async () => {
      person.answers = ['at the office'];
      const identity = await signIn({ method: 'agent' });
      assert.equal(identity?.['fingerprint'], held[0]?.fingerprint);
      assert.equal(person.asked[0]?.title, 'Sign in with which key of the SSH agent?');
      assert.equal(await signIn({ method: 'agent' }), undefined);
    });
  });
});
