import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import type { TestKey } from '../../support/ssh-key';
import { useOwnHome, usePerson } from '../person';
import {
  makeKey,
  makeRegisteredKey,
  run,
  setSetting,
  useBackend,
  useMessages,
  useStandIn,
} from '../support';

interface SshKey {
  name: string;
  purpose: string;
  fingerprint: string;
}

describe('questions about SSH keys', () => {
  const backend = useBackend();
  let press: string | undefined;
  const shown = useMessages(({ buttons }) => buttons.find((button) => button === press));
  useOwnHome();
  const person = usePerson();
  let own: TestKey;
  const registered = (): SshKey[] => backend.current.state.accounts.keysOf(DEFAULT_ACCOUNT.devId);
  const changes = (): number =>
    backend.current.requests.filter(({ method }) => method !== 'GET').length;
  const titles = (): string[] => person.asked.map(({ title }) => title);

  before(async () => {
    await setSetting('i99dash.ssh.useAgent', false);
    own = await makeRegisteredKey(backend.current, 'own');
    await run('i99dash.signIn', { keyPath: own.path });
  });
  after(() => setSetting('i99dash.ssh.useAgent', undefined));
  beforeEach(() => {
    press = undefined;
  });

  describe('when a key is added', () => {
    let other: TestKey;
    beforeEach(() => {
      press = 'Register Key';
    });
    const add = () => run<SshKey | undefined>('i99dash.addKey');

    before(async () => {
      other = await makeKey('other', { comment: 'tower' });
    });

    it('asks for key, name and purpose and leaves out registered keys', async () => {
      person.answers = ['other', '', 'x'.repeat(81), ' pipeline ', 'Native apps only'];
      const added = await add();
      assert.deepEqual(
        [added?.name, added?.purpose, added?.fingerprint],
        ['pipeline', 'attest', other.fingerprint],
      );
      assert.deepEqual(titles(), [
        'Add SSH Key (1/3): Key',
        'Add SSH Key (2/3): Name',
        'Add SSH Key (3/3): Purpose',
      ]);
      assert.deepEqual(person.asked[0]?.rows, [
        '$(key) ~/.ssh/other.pub',
        '',
        '$(add) Generate a New Key…',
        '$(folder-opened) Browse for a Public Key…',
      ]);
      assert.deepEqual(person.asked[1]?.objections, [
        'Type a name.',
        'A name has at most 80 characters; this has 81.',
      ]);
      assert.match(shown.at(-1)?.message ?? '', /It can publish native apps, and nothing else\.$/u);
    });

    it('changes nothing when the user cancels any question', async () => {
      const { publicKeyPath } = await makeKey('../elsewhere');
      const from = changes();
      const ways = [[], ['Browse'], ['Browse', publicKeyPath], ['Browse', publicKeyPath, 'name']];
      for (const answers of ways) {
        person.answers = answers;
        assert.equal(await add(), undefined);
      }
      assert.equal(changes(), from);
      assert.deepEqual(shown, []);
    });

    it('offers a file elsewhere and a new key', async () => {
      const file = join(homedir(), 'elsewhere.pub');
      person.answers = ['Browse', file, 'from elsewhere', 'Login'];
      assert.equal((await add())?.purpose, 'login');
      person.answers = ['Generate', '~/.ssh/generated', '', 'a new one', 'Login'];
      const { fingerprint } = (await add()) ?? assert.fail('nothing was added');
      assert.ok(existsSync(join(homedir(), '.ssh/generated')));
      assert.ok(registered().some((key) => key.fingerprint === fingerprint));
    });
  });

  describe('when a key is replaced', () => {
    const replace = () => run<SshKey | undefined>('i99dash.replaceKey');

    it('asks for the new key and leaves out the replaced one', async () => {
      const next = await makeKey('next');
      const from = changes();
      person.answers = ['next'];
      assert.equal(await replace(), undefined);
      assert.equal(changes(), from, 'nothing is sent before the answer');
      assert.equal(shown.length, 1, 'one question for all of it');
      press = 'Replace Key';
      person.answers = ['next'];
      assert.equal((await replace())?.fingerprint, next.fingerprint);
      const { rows = [] } = person.asked[0] ?? {};
      assert.equal(rows[0], '$(add) Generate a New Key…');
      assert.ok(rows.includes('$(key) ~/.ssh/next'));
      assert.ok(!rows.includes('$(key) ~/.ssh/own'));
      assert.ok(!registered().some(({ fingerprint }) => fingerprint === own.fingerprint));
    });

    it('generates a new key with a passphrase and does not ask for it again', async () => {
      press = 'Replace Key';
      person.answers = ['Generate', '~/.ssh/with-passphrase', 'secret', 'secret'];
      const { fingerprint } = (await replace()) ?? assert.fail('nothing was replaced');
      assert.equal(person.asked.length, 4);
      assert.equal((await run('i99dash.whoAmI'))['fingerprint'], fingerprint);
      assert.match(
        readFileSync(join(homedir(), '.ssh/with-passphrase'), 'utf8'),
        /OPENSSH PRIVATE KEY/u,
      );
    });
  });

  describe('when a key is generated', () => {
    let open: (page: string) => void;
    const opened = new Promise<string>((resolve) => {
      open = resolve;
    });
    useStandIn(vscode.env, 'openExternal', (uri: vscode.Uri) => open(uri.toString()));
    const generate = () =>
      run<{ path: string; fingerprint: string; publicKeyPath: string } | undefined>(
        'i99dash.generateKey',
      );

    it('suggests an unused path and asks for the passphrase twice', async () => {
      const wrong = ['', 'relative/path', '~/.ssh/', '~/.ssh/name.pub', '~/.ssh/own'];
      person.answers = [...wrong, '~/.ssh/careful', 'one', 'another', 'same', 'same'];
      const key = await generate();
      assert.equal(key?.path, join(homedir(), '.ssh/careful'));
      assert.deepEqual(person.asked[0]?.objections, [
        'Enter where to save the key.',
        'Enter the full path, or one that begins with ~/.',
        'This is a folder. Add a name for the key.',
        'Leave out .pub: it is added for the public key.',
        'This file already exists.',
      ]);
      assert.deepEqual(
        person.asked.slice(1).map(({ words }) => words),
        [
          'Passphrase for ~/.ssh/careful. Leave empty for none; the session then renews without asking.',
          'Repeat the passphrase.',
          'The passphrases do not match. Enter it again.',
          'Repeat the passphrase.',
        ],
      );
      await run('i99dash.signOut');
      await assert.rejects(
        Promise.resolve(run('i99dash.signIn', { keyPath: key.path, passphrase: 'one' })),
        { code: 'KEY_WRONG_PASSPHRASE' },
      );
    });

    it('generates nothing when the user cancels', async () => {
      for (const answers of [[], ['~/.ssh/none'], ['~/.ssh/none', 'once']]) {
        person.answers = answers;
        assert.equal(await generate(), undefined);
      }
      assert.ok(!existsSync(join(homedir(), '.ssh/none')));
    });

    it('opens the web console with the public key on the clipboard when the user is signed out', async () => {
      await run('i99dash.signOut');
      press = 'Copy Key and Open Console';
      person.answers = ['~/.ssh/for-the-console', ''];
      const { publicKeyPath } = (await generate()) ?? assert.fail('nothing was made');
      assert.match(await opened, /^https:\/\/dev\.i99dash\.app\//u);
      const [type, blob] = readFileSync(publicKeyPath, 'utf8').split(' ');
      assert.ok((await vscode.env.clipboard.readText()).startsWith(`${type} ${blob}`));
    });
  });
});
