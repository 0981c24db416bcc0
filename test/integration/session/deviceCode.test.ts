import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { PROFILES } from '../../backend/profiles';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { failsWith, makeKey, run, useBackend, useMessages } from '../support';

const AUTHORIZE = '/api/v1/oauth/device/authorize';

describe('device code', () => {
  const backend = useBackend({ ...PROFILES.older, deviceIntervalSeconds: 1 });
  let press: string | undefined;
  const shown = useMessages(({ buttons }) => buttons.find((button) => button === press));
  const opened: string[] = [];
  const { openExternal } = vscode.env;

  before(() => {
    Object.assign(vscode.env, {
      openExternal: (uri: vscode.Uri) => {
        opened.push(uri.toString(true));
        return Promise.resolve(true);
      },
    });
  });

  after(() => {
    Object.assign(vscode.env, { openExternal });
  });

  beforeEach(() => {
    press = undefined;
    opened.length = 0;
  });

  afterEach(async () => {
    await run('i99dash.signOut');
  });

  /** Starts a command and waits until it shows the code. */
  async function begin(id = 'i99dash.signIn', args: object = { method: 'deviceCode' }) {
    const before = backend.current.requests.length;
    const done = run<Record<string, unknown> | undefined>(id, args);
    done.catch(() => undefined);
    await backend.current.waitForRequest(
      (entry) =>
        entry.path === AUTHORIZE &&
        entry.status === 200 &&
        backend.current.requests.indexOf(entry) >= before,
    );
    const code = backend.current.state.devices.pending().at(-1)?.userCode ?? '';
    return { done, code };
  }

  async function decide(decision: 'approve' | 'deny' | 'expire', ...command: [string?, object?]) {
    const { done, code } = await begin(...command);
    backend.current.state.devices.decide(code, decision, DEFAULT_ACCOUNT.devId);
    return done;
  }

  it('shows and copies the code, opens the browser with it and signs in once it is approved', async () => {
    press = 'Open Browser';
    const { done, code } = await begin();
    backend.current.state.devices.decide(code, 'approve', DEFAULT_ACCOUNT.devId);
    assert.deepEqual(await done, {
      ...DEFAULT_ACCOUNT,
      source: 'deviceCode',
      backendUrl: backend.current.url,
    });
    assert.equal(shown[0]?.message.replaceAll('\u2002', ''), `Your code: ${code}`);
    assert.deepEqual(shown[0].buttons, ['Open Browser', 'Cancel']);
    assert.equal(shown.length, 1);
    assert.deepEqual(opened, [`${backend.current.url}/device?user_code=${code}`]);
    assert.equal(await vscode.env.clipboard.readText(), code);
    assert.equal((await run('i99dash.whoAmI'))['source'], 'deviceCode');
  });

  it('signs in without an answer to the notification', async () => {
    assert.equal((await decide('approve'))?.['devId'], DEFAULT_ACCOUNT.devId);
    assert.deepEqual(opened, []);
  });

  it('stops on Cancel without another message', async () => {
    press = 'Cancel';
    const { done } = await begin();
    assert.equal(await done, undefined);
    assert.equal(shown.length, 1);
    await failsWith('NOT_SIGNED_IN', 'i99dash.whoAmI');
  });

  it('stops from the menu of the status bar item', async () => {
    const window = vscode.window as unknown as Record<'showQuickPick', unknown>;
    const { showQuickPick } = window;
    let offered: string[] = [];
    window.showQuickPick = (items: readonly vscode.QuickPickItem[]) => {
      offered = items.map(({ label }) => label);
      return Promise.resolve(items.find(({ label }) => label.includes('Cancel Sign-In')));
    };
    const { done } = await begin();
    await run('i99dash.showAccountMenu');
    window.showQuickPick = showQuickPick;
    assert.equal(await done, undefined);
    assert.ok(offered.some((label) => label.includes('Show Log')));
  });

  for (const [title, decision, code, buttons] of [
    [
      'reports a denial and offers to request developer access',
      'deny',
      'DEVICE_CODE_DENIED',
      ['Request Developer Access', 'Try Again'],
    ],
    [
      'reports an expired code and offers a new one',
      'expire',
      'DEVICE_CODE_EXPIRED',
      ['Get a New Code'],
    ],
  ] as const) {
    it(title, async () => {
      await assert.rejects(decide(decision), { code });
      assert.deepEqual(shown.at(-1)?.buttons, buttons);
      assert.equal(shown.length, 2);
    });
  }

  it('links from a denial to the request for developer access', async () => {
    press = 'Request Developer Access';
    await assert.rejects(decide('deny'), { code: 'DEVICE_CODE_DENIED' });
    assert.deepEqual(opened, ['https://dev.i99dash.app/developers/request-access']);
  });

  it('reports that newer backends do not support it and tries nothing else', async () => {
    backend.current.settings.deviceCode = false;
    const from = backend.current.requests.length;
    await failsWith('DEVICE_CODE_UNSUPPORTED', 'i99dash.signIn', { method: 'deviceCode' });
    assert.deepEqual(shown[0]?.buttons, ['Sign In with an SSH Key']);
    assert.deepEqual(
      backend.current.requests.slice(from).map(({ path }) => path),
      [AUTHORIZE],
    );
    backend.current.settings.deviceCode = true;
  });

  it('offers the device code when a backend has no SSH keys and starts it only when chosen', async () => {
    const key = await makeKey('for-an-older-backend');
    const from = backend.current.requests.length;
    await failsWith('SSH_AUTH_DISABLED', 'i99dash.signIn', { keyPath: key.path });
    assert.deepEqual(shown[0]?.buttons, ['Use a Device Code', 'Sign In Another Way']);
    assert.ok(backend.current.requests.slice(from).every(({ path }) => !path.includes('/oauth/')));
  });

  describe('API key of a device-code session', () => {
    it('reports that the key was rotated elsewhere', async () => {
      await decide('approve');
      backend.current.state.addApiKey(DEFAULT_ACCOUNT.devId);
      const message = await failsWith('NOT_SIGNED_IN', 'i99dash.whoAmI');
      assert.match(message, /rotated elsewhere/u);
      assert.deepEqual(shown.at(-1)?.buttons, ['Sign In']);
    });

    it('rotates the key, revokes the old one and says so', async () => {
      await decide('approve');
      const rejected = backend.current.requests.filter(({ status }) => status === 401).length;
      const identity = await decide('approve', 'i99dash.rotateApiKey', {});
      assert.equal(identity?.['source'], 'deviceCode');
      assert.match(shown.at(-1)?.message ?? '', /The old one no longer works/u);
      await run('i99dash.whoAmI');
      const after = backend.current.requests.filter(({ status }) => status === 401).length;
      assert.equal(after, rejected);
      assert.equal(shown.filter(({ message }) => message.startsWith('Your code: ')).length, 2);
    });

    it('keeps the key when the rotation is cancelled', async () => {
      await decide('approve');
      press = 'Cancel';
      const { done } = await begin('i99dash.rotateApiKey', {});
      assert.equal(await done, undefined);
      assert.equal((await run('i99dash.whoAmI'))['source'], 'deviceCode');
    });

    it('rejects a rotation without a device-code session', () =>
      failsWith('NOT_SIGNED_IN', 'i99dash.rotateApiKey'));
  });

  describe('beside I99DASH_API_KEY', () => {
    after(() => {
      Reflect.deleteProperty(process.env, 'I99DASH_API_KEY');
    });

    it('uses the API key of the variable', async () => {
      process.env['I99DASH_API_KEY'] = backend.current.state.addApiKey(DEFAULT_ACCOUNT.devId);
      assert.equal((await run('i99dash.whoAmI'))['source'], 'environment');
    });

    it('takes over when the variable is rejected and the user chooses to ignore it', async () => {
      await decide('approve');
      process.env['I99DASH_API_KEY'] = 'refused-by-the-backend';
      const message = await failsWith('NOT_SIGNED_IN', 'i99dash.whoAmI');
      assert.match(message, /I99DASH_API_KEY\. Replace it, or unset it/u);
      assert.deepEqual(shown.at(-1)?.buttons, ['Ignore It in This Window']);
      const identity = await run('i99dash.signIn', { ignoreEnvironment: true });
      assert.equal(identity['source'], 'deviceCode');
      assert.equal((await run('i99dash.whoAmI'))['source'], 'deviceCode');
    });
  });
});
