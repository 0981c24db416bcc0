import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { OPERATOR_ACCOUNT, PROFILES } from '../../backend/profiles';
import { type Backend, DEFAULT_ACCOUNT, startBackend } from '../../backend/server';
import type { TestKey } from '../../support/ssh-key';
import {
  failsWith,
  makeKey,
  makeRegisteredKey,
  run,
  setSetting,
  useBackend,
  useImpatience,
  useMessages,
} from '../support';

const BALANCE = '/api/v1/operator/wallet/balance';

interface Config {
  baseUrl: string;
  signedIn: boolean;
  fingerprint?: string;
  keyPath?: string;
  expiresAt?: string;
}

/** Returns the accounts of a provider in VS Code's Accounts menu. */
async function accounts(provider: string): Promise<string[]> {
  const known = await vscode.authentication.getAccounts(provider);
  return known.map(({ label }) => label);
}

describe('operator features', () => {
  const developers = useBackend();
  let operators: Backend;
  let others: Backend;
  let key: TestKey;
  let mine: TestKey;
  let press: string | undefined;
  const shown = useMessages(({ buttons }) => buttons.find((button) => button === press));
  const window = vscode.window as unknown as Record<'showInputBox', unknown>;
  const { showInputBox } = window;

  before(async () => {
    [operators, others] = await Promise.all([
      startBackend(PROFILES.operator),
      startBackend(PROFILES.operator),
    ]);
    key = await makeKey('operator');
    for (const backend of [operators, others]) {
      backend.state.addKey(OPERATOR_ACCOUNT.devId, key.publicKeyLine);
    }
    mine = await makeRegisteredKey(developers.current, 'developer');
  });

  after(async () => {
    window.showInputBox = showInputBox;
    await setSetting('i99op.enabled', undefined);
    await setSetting('i99op.backendUrl', undefined);
    await Promise.all([operators.close(), others.close()]);
  });

  const signIn = (baseUrl = operators.url): Promise<Config> =>
    run<Config>('i99op.signIn', { baseUrl, keyPath: key.path });

  describe('when switched off', () => {
    it('rejects every command and offers the setting', async () => {
      for (const command of ['signIn', 'signOut', 'showConfig', 'balance']) {
        await failsWith('NOT_SIGNED_IN', `i99op.${command}`);
        assert.deepEqual(shown.at(-1)?.buttons, ['Open Settings']);
      }
      assert.equal(operators.requests.length, 0);
    });
  });

  describe('when switched on', () => {
    before(() => setSetting('i99op.enabled', true));

    afterEach(async () => {
      window.showInputBox = showInputBox;
      await run('i99op.signOut');
    });

    it('signs in to a backend, remembers it and shows its configuration', async () => {
      const config = await signIn();
      const { expiresAt, ...rest } = config;
      assert.deepEqual(rest, {
        baseUrl: operators.url,
        signedIn: true,
        fingerprint: key.fingerprint,
        keyPath: key.path,
      });
      assert.ok(Date.parse(expiresAt ?? '') > Date.now());
      assert.equal(
        vscode.workspace.getConfiguration().get('i99op.backendUrl'),
        operators.url,
        'remembered',
      );
      assert.deepEqual(await run('i99op.showConfig'), config);
      const message = shown.at(-1)?.message ?? '';
      for (const part of [operators.url, key.fingerprint, OPERATOR_ACCOUNT.email ?? '']) {
        assert.ok(message.includes(part), message);
      }
      assert.deepEqual(await accounts('i99op'), [OPERATOR_ACCOUNT.email]);
    });

    it('asks for the backend when nothing names it', async () => {
      const prompts: vscode.InputBoxOptions[] = [];
      window.showInputBox = (options: vscode.InputBoxOptions) => {
        prompts.push(options);
        return Promise.resolve(undefined);
      };
      assert.equal(await run('i99op.signIn'), undefined);
      assert.equal(prompts.length, 1);
      assert.equal(prompts[0]?.value, operators.url);
      const refused = prompts[0].validateInput?.('http://example.com');
      assert.ok(typeof refused === 'string');
      assert.match(refused, /must be https/u);
    });

    it('signs in with a token', async () => {
      const { devId } = OPERATOR_ACCOUNT;
      const token = operators.state.mintToken({ devId, lifeSeconds: 900 });
      const config = await run<Config>('i99op.signIn', { baseUrl: operators.url, token });
      assert.deepEqual([config.signedIn, config.fingerprint], [true, undefined]);
      assert.ok(!JSON.stringify(config).includes(token));
    });

    it('shows the balance and warns when it is low', async () => {
      await signIn();
      assert.deepEqual(await run('i99op.balance'), OPERATOR_ACCOUNT.wallet);
      assert.equal(shown.at(-1)?.message, 'Your operator wallet holds €125.50.');
      operators.state.updateAccount(OPERATOR_ACCOUNT.devId, {
        wallet: { balance: 250, currency: 'EUR' },
      });
      assert.deepEqual(await run('i99op.balance'), { balance: 250, currency: 'EUR' });
      assert.equal(shown.at(-1)?.message, 'Your operator wallet is low: €2.50.');
      assert.deepEqual(shown.at(-1)?.buttons, ['Top Up']);
      const { wallet = { balance: 0, currency: 'EUR' } } = OPERATOR_ACCOUNT;
      operators.state.updateAccount(OPERATOR_ACCOUNT.devId, { wallet });
    });

    describe('while the backend does not answer about the balance', () => {
      const titles = useImpatience();

      it('shows progress that can be cancelled', async () => {
        await signIn();
        operators.faults.inject({
          match: { path: BALANCE },
          fault: { kind: 'hang' },
          times: 'always',
        });
        assert.equal(await run('i99op.balance'), undefined);
        assert.deepEqual(titles, ['Asking for the balance…']);
        operators.faults.clear();
      });
    });

    it('opens the web console to top up', async () => {
      const { openExternal } = vscode.env;
      await signIn();
      press = 'Top Up';
      try {
        const opened = new Promise<string>((resolve) => {
          Object.assign(vscode.env, {
            openExternal: (uri: vscode.Uri) => resolve(uri.toString(true)),
          });
        });
        await run('i99op.balance');
        assert.match(await opened, /^https:\/\/dev\.i99dash\.app\/?$/u);
      } finally {
        press = undefined;
        Object.assign(vscode.env, { openExternal });
      }
    });

    it('lists the operator’s keys and adds another', async () => {
      await signIn();
      const names = async (): Promise<string[]> =>
        (await run<{ name: string }[]>('i99op.listKeys', {})).map(({ name }) => name);
      const before = await names();
      const { publicKeyPath, fingerprint } = await makeKey('second-laptop');
      const added = await run('i99op.addKey', { publicKeyPath, name: 'second laptop' });
      assert.deepEqual([added['name'], added['fingerprint']], ['second laptop', fingerprint]);
      assert.deepEqual(await names(), [...before, 'second laptop']);
      await failsWith('KEY_EXISTS', 'i99op.addKey', { publicKeyPath, name: 'again' });
      assert.deepEqual(shown.at(-1)?.buttons, ['List SSH Keys']);
      assert.ok(developers.current.requests.every(({ path }) => !path.includes('ssh-keys')));
    });

    it('refreshes from the key when the token is rejected', async () => {
      await signIn();
      operators.state.revokeTokens();
      assert.deepEqual(await run('i99op.balance'), OPERATOR_ACCOUNT.wallet);
    });

    it('asks the operator to sign in when there is no session', async () => {
      await failsWith('NOT_SIGNED_IN', 'i99op.balance');
      assert.deepEqual(shown[0]?.buttons, ['Sign In']);
      const config = await run<Config>('i99op.showConfig');
      assert.deepEqual(config, { baseUrl: operators.url, signedIn: false });
    });

    it('signs out of one backend before it signs in to another, and says so', async () => {
      await signIn();
      shown.length = 0;
      const config = await signIn(others.url);
      assert.equal(config.baseUrl, others.url);
      assert.deepEqual(
        shown.map(({ message }) => message),
        [
          `You were signed out of ${new URL(operators.url).host} first, for i99op now uses ${new URL(others.url).host}.`,
        ],
      );
      await setSetting('i99op.backendUrl', operators.url);
      await failsWith('NOT_SIGNED_IN', 'i99op.balance');
    });

    it('rejects an insecure backend and keeps the current one', async () => {
      await signIn();
      await failsWith('BACKEND_REFUSED', 'i99op.signIn', { baseUrl: 'http://example.com' });
      assert.deepEqual(await run('i99op.balance'), OPERATOR_ACCOUNT.wallet);
    });

    it('reports a key that is not registered and does not offer the device code', async () => {
      const stranger = await makeKey('strange-operator');
      const args = { baseUrl: operators.url, keyPath: stranger.path };
      await failsWith('KEY_NOT_REGISTERED', 'i99op.signIn', args);
      operators.settings.sshEnabled = false;
      await failsWith('SSH_AUTH_DISABLED', 'i99op.signIn', args);
      operators.settings.sshEnabled = true;
      assert.deepEqual(shown.at(-1)?.buttons, ['Sign In Another Way']);
    });

    it('keeps a developer session with another key on another backend', async () => {
      await run('i99dash.signIn', { keyPath: mine.path });
      await signIn();
      const identity = await run('i99dash.whoAmI');
      assert.deepEqual(
        [identity['devId'], identity['fingerprint'], identity['backendUrl']],
        [DEFAULT_ACCOUNT.devId, mine.fingerprint, developers.current.url],
      );
      await run('i99dash.signOut');
      assert.deepEqual(await run('i99op.balance'), OPERATOR_ACCOUNT.wallet);
      await run('i99dash.signIn', { keyPath: mine.path });
      await run('i99op.signOut');
      await run('i99dash.whoAmI');
      assert.ok(developers.current.requests.every(({ path }) => path !== BALANCE));
      assert.deepEqual(await accounts('i99dash'), [DEFAULT_ACCOUNT.email]);
    });

    it('disappears when it is switched off and returns when it is switched on', async () => {
      await signIn();
      await setSetting('i99op.enabled', false);
      await failsWith('NOT_SIGNED_IN', 'i99op.balance');
      await setSetting('i99op.enabled', true);
      assert.deepEqual(await accounts('i99op'), [OPERATOR_ACCOUNT.email]);
      assert.deepEqual(await run('i99op.balance'), OPERATOR_ACCOUNT.wallet);
    });
  });
});
