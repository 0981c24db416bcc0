import assert from 'node:assert/strict';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { DEFAULT_ACCOUNT, startBackend } from '../../backend/server';
import { startSshAgent, type SshAgent } from '../../support/ssh-agent';
import type { TestKey } from '../../support/ssh-key';
import type { Session } from '../../../src/core/session/session';
import { signOut } from '../../../src/vscode/session/signOut';
import { usePerson } from '../person';
import {
  failsWith,
  makeKey,
  makeRegisteredKey,
  run,
  setSetting,
  useBackend,
  useMessages,
  workspacePath,
} from '../support';

const VERIFY = '/api/v1/auth/ssh/verify';
const ADA = { devId: 'dev_ada', email: null, displayName: 'Ada', isDeveloper: true };

/** Returns the sessions in VS Code's Accounts menu, which does not ask the user. */
async function accounts(): Promise<string[]> {
  const known = await vscode.authentication.getAccounts('i99dash');
  return known.map(({ label }) => label);
}

describe('the session', () => {
  const backend = useBackend({ accounts: [DEFAULT_ACCOUNT, ADA] });
  const shown = useMessages();
  let key: TestKey;

  before(async () => {
    key = await makeRegisteredKey(backend.current, 'session');
  });

  afterEach(async () => {
    await run('i99dash.signOut');
  });

  function countMints(): number {
    return backend.current.requests.filter(({ path, status }) => path === VERIFY && status === 200)
      .length;
  }

  it('refreshes a rejected token once for eight commands', async () => {
    await run('i99dash.signIn', { keyPath: key.path });
    backend.current.state.revokeTokens();
    const before = countMints();
    const identities = await Promise.all(
      Array.from({ length: 8 }, () => run<{ devId: string }>('i99dash.whoAmI')),
    );
    assert.deepEqual(new Set(identities.map(({ devId }) => devId)), new Set(['dev_local']));
    assert.equal(countMints() - before, 1);
  });

  it('ends even when the keyring cannot delete it, and a message says what may remain', async () => {
    const stubborn = { state: { kind: 'signedOut' }, signOut: () => Promise.resolve(false) };
    assert.equal(await signOut(stubborn as unknown as Session), true);
    assert.match(shown.at(-1)?.message ?? '', /^You are signed out, but .* until it expires\.$/u);
  });

  it('is replaced by a sign-in with another account', async () => {
    await run('i99dash.signIn', { keyPath: key.path });
    const hers = await makeKey('ada');
    backend.current.state.addKey(ADA.devId, hers.publicKeyLine);
    await run('i99dash.signIn', { keyPath: hers.path });
    assert.deepEqual(await accounts(), ['Ada']);
    const { fingerprint } = await run<{ fingerprint: string }>('i99dash.whoAmI');
    assert.equal(fingerprint, hers.fingerprint);
    assert.match(shown.at(-1)?.message ?? '', /^You are Ada \(dev_ada\)/u);
  });

  describe('in VS Code’s accounts', () => {
    let changes = 0;
    let subscription: vscode.Disposable;

    before(() => {
      subscription = vscode.authentication.onDidChangeSessions(({ provider }) => {
        changes += provider.id === 'i99dash' ? 1 : 0;
      });
    });

    after(() => {
      subscription.dispose();
    });

    /** Waits for an event and returns the number of events so far. */
    async function changed(): Promise<number> {
      while (changes === 0) {
        await new Promise<void>((resolve) => {
          const waiting = vscode.authentication.onDidChangeSessions(() => {
            waiting.dispose();
            resolve();
          });
        });
      }
      await accounts(); // a round trip, after which a second event would have arrived
      const count = changes;
      changes = 0;
      return count;
    }

    it('is added once, changed once by a refresh and removed once', async () => {
      await accounts();
      changes = 0;
      await run('i99dash.signIn', { keyPath: key.path });
      assert.equal(await changed(), 1);
      assert.deepEqual(await accounts(), [DEFAULT_ACCOUNT.email]);

      backend.current.state.revokeTokens();
      await run('i99dash.whoAmI');
      assert.equal(await changed(), 1);
      assert.deepEqual(await accounts(), [DEFAULT_ACCOUNT.email]);

      await run('i99dash.whoAmI');
      assert.equal(changes, 0, 'a call that renews nothing changes nothing');

      await run('i99dash.signOut');
      assert.equal(await changed(), 1);
      assert.deepEqual(await accounts(), []);
    });

    it('is not shared without the user’s consent', async () => {
      await run('i99dash.signIn', { keyPath: key.path });
      const session = await vscode.authentication.getSession('i99dash', [], { silent: true });
      assert.equal(session, undefined);
    });
  });

  describe('with a key of the SSH agent', () => {
    let agent: SshAgent;
    let held: TestKey;

    before(async () => {
      agent = await startSshAgent();
      held = await makeRegisteredKey(backend.current, 'in-agent', {
        passphrase: 'known to the agent',
        rounds: 2,
      });
      await setSetting('i99dash.ssh.agentSocket', agent.socket);
    });

    /** Adds the key to the agent and signs in with it. */
    async function signedInByAgent(): Promise<Record<string, unknown>> {
      await agent.add(held);
      return run('i99dash.signIn', { method: 'agent' });
    }

    after(async () => {
      await setSetting('i99dash.ssh.agentSocket', undefined);
      await agent.stop();
    });

    it('does not start while the agent has no key', async () => {
      assert.match(
        await failsWith('AGENT_UNAVAILABLE', 'i99dash.signIn', { method: 'agent' }),
        /ssh-add/u,
      );
      assert.deepEqual(shown[0]?.buttons, ['Choose a Key', 'Try Again']);
    });

    it('starts and refreshes without a passphrase', async () => {
      const identity = await signedInByAgent();
      assert.equal(identity['source'], 'agent');
      assert.equal(identity['fingerprint'], held.fingerprint);
      backend.current.state.revokeTokens();
      const before = countMints();
      assert.equal((await run('i99dash.whoAmI'))['source'], 'agent');
      assert.equal(countMints() - before, 1);
    });

    it('copies the public key out of the agent', async () => {
      await signedInByAgent();
      await run('i99dash.copyPublicKey', { openConsole: false });
      const [, blob] = held.publicKeyLine.split(' ');
      assert.equal((await vscode.env.clipboard.readText()).split(' ')[1], blob);
    });

    it('unlocks an encrypted key file through the agent', async () => {
      await agent.add(held);
      const identity = await run('i99dash.signIn', { method: 'ssh', keyPath: held.path });
      assert.equal(identity['source'], 'agent');
    });

    describe('when the agent refuses to sign', () => {
      const person = usePerson();

      it('unlocks an encrypted key file with its passphrase', async () => {
        const passphrase = 'typed after a no';
        const options = { passphrase, rounds: 2 };
        const refused = await makeRegisteredKey(backend.current, 'refused', options);
        await agent.add(refused, { confirm: true });
        await agent.answer('no');
        const asked = await agent.questions();
        person.answers = [passphrase];
        const identity = await run('i99dash.signIn', { method: 'ssh', keyPath: refused.path });
        assert.equal(identity['source'], 'ssh');
        assert.equal(await agent.questions(), asked + 1);
        assert.deepEqual(person.answers, []);
      });
    });

    describe('after the agent stops answering', () => {
      const window = vscode.window as unknown as Record<'showInputBox', unknown>;
      const { showInputBox } = window;
      let prompts = 0;

      /** Sets the answer to passphrase prompts; undefined cancels them. */
      function answer(passphrase: string | undefined): void {
        prompts = 0;
        window.showInputBox = () => {
          prompts += 1;
          return Promise.resolve(passphrase);
        };
      }

      const askEight = (): Promise<({ devId: string } | undefined)[]> =>
        Promise.all(Array.from({ length: 8 }, () => run<{ devId: string }>('i99dash.whoAmI')));

      before(async () => {
        await agent.add(held);
        await run('i99dash.signIn', { keyPath: held.path });
        await setSetting('i99dash.ssh.useAgent', false);
        backend.current.state.revokeTokens();
      });

      after(async () => {
        window.showInputBox = showInputBox;
        await setSetting('i99dash.ssh.useAgent', undefined);
      });

      it('asks for the passphrase once for eight commands', async () => {
        answer(undefined);
        assert.deepEqual(await askEight(), Array(8).fill(undefined));
        assert.equal(prompts, 1);
        assert.equal(shown.length, 0, 'who cancels is told nothing');

        answer('known to the agent');
        const before = countMints();
        const identities = await askEight();
        assert.deepEqual(
          new Set(identities.map((identity) => identity?.devId)),
          new Set(['dev_local']),
        );
        assert.equal(prompts, 1);
        assert.equal(countMints() - before, 1);
      });
    });

    describe('when locked', () => {
      const person = usePerson();
      let from = 0;
      const asked = () => person.asked.slice(from);
      const unlock = () => run<true | undefined>('i99dash.unlock');

      before(() => agent.add(held));
      beforeEach(async () => {
        await run('i99dash.signOut'); // a window caches an unlocked key until sign-out
        await run('i99dash.signIn', { keyPath: held.path });
        await setSetting('i99dash.ssh.useAgent', false);
        backend.current.state.revokeTokens();
        assert.equal(await run('i99dash.whoAmI'), undefined, 'it would need the passphrase');
        from = person.asked.length;
      });
      afterEach(() => setSetting('i99dash.ssh.useAgent', undefined));

      it('asks for the passphrase on demand, and not again', async () => {
        assert.equal(await unlock(), undefined);
        person.answers = ['wrong', 'known to the agent'];
        assert.equal(await unlock(), true);
        assert.equal(asked().length, 3);
        assert.equal(await unlock(), true);
        assert.equal((await run('i99dash.whoAmI'))['fingerprint'], held.fingerprint);
        assert.equal(asked().length, 3);
      });

      it('does not ask once the agent has the key again', async () => {
        await setSetting('i99dash.ssh.useAgent', true);
        assert.equal(await unlock(), true);
        assert.deepEqual(asked(), []);
      });

      it('reports a missing key instead of asking for a passphrase', async () => {
        renameSync(held.path, `${held.path}.away`);
        try {
          await failsWith('KEY_NOT_FOUND', 'i99dash.unlock');
          assert.deepEqual(asked(), []);
        } finally {
          renameSync(`${held.path}.away`, held.path);
        }
      });

      it('cannot be unlocked once it has ended', async () => {
        await run('i99dash.signOut');
        await failsWith('NOT_SIGNED_IN', 'i99dash.unlock');
        assert.deepEqual(asked(), []);
      });
    });

    it('does not start without an agent', async () => {
      await setSetting('i99dash.ssh.agentSocket', `${agent.socket}-gone`);
      await failsWith('AGENT_UNAVAILABLE', 'i99dash.signIn', { method: 'agent' });
      await setSetting('i99dash.ssh.agentSocket', agent.socket);
    });
  });

  describe('beside a token of the environment', () => {
    before(() => {
      const token = backend.current.state.mintToken({ devId: ADA.devId, lifeSeconds: 900 });
      process.env['I99DASH_TOKEN'] = token;
    });

    after(() => {
      Reflect.deleteProperty(process.env, 'I99DASH_TOKEN');
    });

    it('gives way to the token and says so at sign-in and at sign-out', async () => {
      const hers = await run('i99dash.whoAmI');
      assert.deepEqual([hers['devId'], hers['source']], [ADA.devId, 'environment']);
      shown.length = 0;
      const mine = await run('i99dash.signIn', { keyPath: key.path });
      assert.equal(mine['devId'], DEFAULT_ACCOUNT.devId);
      assert.equal((await run('i99dash.whoAmI'))['devId'], ADA.devId);
      await run('i99dash.signOut');
      assert.match(shown[0]?.message ?? '', /variable I99DASH_TOKEN still overrides/u);
      assert.match(shown[2]?.message ?? '', /variable I99DASH_TOKEN still signs you in/u);
      assert.equal(shown.length, 3);
    });
  });

  it('has diagnostics even when the backend is refused or a setting has the wrong type', async () => {
    const report = async (backendUrl: unknown): Promise<string> => {
      await setSetting('i99dash.backendUrl', backendUrl);
      await run('i99dash.copyDiagnostics');
      return vscode.env.clipboard.readText();
    };
    assert.match(await report('http://api.example.com'), /^Backend: .* is not safe to talk to/mu);
    assert.match(await report(5), /^Backend: https:\/\/api\.i99dash\.app$/mu);
    await setSetting('i99dash.backendUrl', backend.current.url);
  });

  it('uses no other backend, whatever the settings of a workspace say', async () => {
    const thief = await startBackend();
    const stolen = {
      'i99dash.backendUrl': thief.url,
      'i99dash.webConsoleUrl': thief.url,
      'i99dash.ssh.keyPath': '/nowhere/id',
      'i99dash.ssh.agentSocket': '/nowhere/agent',
    };
    // A workspace may change the last setting: once it applies, the file has been read.
    await writeWorkspaceSettings({ ...stolen, 'editor.rulers': [99] }, 'editor.rulers');
    for (const [name, value] of Object.entries(stolen)) {
      assert.notEqual(vscode.workspace.getConfiguration().get(name), value, name);
    }
    const identity = await run('i99dash.signIn', { keyPath: key.path });
    assert.equal(identity['backendUrl'], backend.current.url);
    assert.equal(thief.requests.length, 0);
    await thief.close();
    await writeWorkspaceSettings({}, 'editor.rulers');
  });
});

/** Writes the settings of the workspace and waits until one of them applies. */
async function writeWorkspaceSettings(settings: object, awaited: string): Promise<void> {
  const folder = workspacePath('.vscode');
  const counts = new Promise<void>((resolve) => {
    const waiting = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(awaited)) {
        waiting.dispose();
        resolve();
      }
    });
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
  await counts;
}
