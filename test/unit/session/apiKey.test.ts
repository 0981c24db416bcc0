import assert from 'node:assert/strict';
import type { DeviceCodePrompt } from '../../../src/core/signIn/deviceCode';
import { openKeyFile } from '../../../src/core/ssh/privateKey';
import { CancelledError } from '../../../src/core/errors';
import type { Identity } from '../../../src/core/identity';
import { operatorRealm } from '../../../src/core/realm';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { rejectsWith } from '../../support/expect';
import { failureOf, kindOf, statesOf } from '../../support/session-states';
import type { SessionWindow } from '../../support/session-window';
import { useSessionWorld } from '../../support/session-world';

const HOUR = 3_600_000;
const ME = 'GET /api/v1/dev/me';

const noPrompt = (): void => assert.fail('no code is shown');

describe('session with an API key', () => {
  const world = useSessionWorld();

  beforeEach(() => {
    world().backend.settings.deviceCode = true;
  });

  /** Starts a sign-in and waits for its device code. */
  async function begin({ session }: SessionWindow, signal?: AbortSignal) {
    let done: Promise<Identity> | undefined;
    const prompt = await new Promise<DeviceCodePrompt>((resolve, reject) => {
      done = session.signInWithDeviceCode(resolve, signal);
      done.catch(reject);
    });
    await world().activity.idle();
    return { prompt, done: done ?? assert.fail() };
  }

  async function approve(window: SessionWindow): Promise<Identity> {
    const { prompt, done } = await begin(window);
    world().backend.state.devices.decide(prompt.userCode, 'approve', DEFAULT_ACCOUNT.devId);
    await world().pass(5_000);
    return done;
  }

  async function signedIn(): Promise<SessionWindow> {
    const window = world().openWindow();
    await approve(window);
    return window;
  }

  it('starts once the code is approved and never expires', async () => {
    const window = world().openWindow();
    const states = statesOf(window);
    assert.deepEqual(await approve(window), {
      ...DEFAULT_ACCOUNT,
      source: 'deviceCode',
      backendUrl: world().backend.url,
    });
    assert.deepEqual(states, ['signingIn', 'signedIn']);
  });

  it('is restored in the next window and never refreshed', async () => {
    (await signedIn()).dispose();
    const window = await world().restoredWindow();
    for (let days = 0; days < 400; days++) {
      world().clock.jump(24 * HOUR);
      await window.look();
    }
    assert.equal((await window.session.fetchIdentity()).source, 'deviceCode');
    assert.equal(kindOf(window), 'signedIn');
    assert.equal(world().mints, 0);
  });

  it('reports a rejected key as rotated elsewhere and attempts no refresh', async () => {
    const window = await signedIn();
    world().backend.state.addApiKey(DEFAULT_ACCOUNT.devId);
    const error = await rejectsWith('NOT_SIGNED_IN', window.session.fetchIdentity());
    assert.match(error.message, /API key: it was rotated elsewhere/u);
    assert.equal(kindOf(window), 'rejected');
    const before = world().requests.length;
    await rejectsWith('NOT_SIGNED_IN', window.session.fetchIdentity());
    await window.look();
    await world().passSlowly(HOUR / 4, 15_000);
    assert.deepEqual(world().requests.slice(before), []);
  });

  it('picks up a key that another window rotated', async () => {
    const first = await signedIn();
    const second = await world().restoredWindow();
    const old = await second.session.getToken();
    await approve(first);
    await world().activity.idle();
    await second.session.fetchIdentity();
    assert.notEqual(await second.session.getToken(), old);
    assert.equal(kindOf(second), 'signedIn');
  });

  it('continues when the device code is not approved', async () => {
    const window = await signedIn();
    const key = await window.session.getToken();
    const { prompt, done } = await begin(window);
    world().backend.state.devices.decide(prompt.userCode, 'deny', DEFAULT_ACCOUNT.devId);
    const refused = rejectsWith('DEVICE_CODE_DENIED', done);
    await world().pass(5_000);
    await refused;
    assert.equal(await window.session.getToken(), key);
    assert.equal(kindOf(window), 'signedIn');
  });

  it('keeps working while another code waits for approval', async () => {
    const window = await signedIn();
    const { done } = await begin(window);
    assert.equal(kindOf(window), 'signingIn');
    await window.session.fetchIdentity();
    window.session.cancelSignIn();
    await assert.rejects(done, CancelledError);
    assert.equal(kindOf(window), 'signedIn');
  });

  it('ends when the keyring loses the key, because it cannot be issued again', async () => {
    (await signedIn()).dispose();
    await world().secrets.delete(world().storageKey);
    assert.equal(kindOf(await world().restoredWindow()), 'signedOut');
  });

  it('is offline, not signed out, without a network', async () => {
    const window = await signedIn();
    await world().backend.close();
    await rejectsWith('OFFLINE', window.session.fetchIdentity());
    assert.equal(kindOf(window), 'signedIn');
    assert.equal(failureOf(window), undefined);
  });

  it('yields to an SSH sign-in that completes while the code waits for approval', async () => {
    const window = world().openWindow();
    const { prompt, done } = await begin(window);
    const cancelled = assert.rejects(done, CancelledError);
    await world().signIn(window);
    await cancelled;
    world().backend.state.devices.decide(prompt.userCode, 'approve', DEFAULT_ACCOUNT.devId);
    await world().passSlowly(60_000);
    assert.equal(window.session.identity().source, 'ssh');
    assert.equal(kindOf(window), 'signedIn');
  });

  it('writes neither the key nor the device code to the log', async () => {
    const window = await signedIn();
    const key = await window.session.getToken();
    await window.session.signOut();
    assert.ok(world().logger.lines.some((line) => line.includes('deviceCode')));
    assert.ok(!world().logger.lines.join('\n').includes(key));
    assert.ok(!(await world().storedText()).includes(key));
  });

  it('cannot start if the backend lacks the flow or the realm never had it', async () => {
    world().backend.settings.deviceCode = false;
    const { session } = world().openWindow();
    await rejectsWith('DEVICE_CODE_UNSUPPORTED', session.signInWithDeviceCode(noPrompt));
    const operator = world().openWindow({ realm: operatorRealm });
    const before = world().requests.length;
    const begun = operator.session.signInWithDeviceCode(noPrompt);
    await rejectsWith('DEVICE_CODE_UNSUPPORTED', begun);
    assert.equal(world().requests.length, before);
  });

  it('is suggested by the SSH sign-in when the backend does not support SSH keys', async () => {
    const window = world().openWindow();
    const signer = await openKeyFile(world().key.path);
    const signIn = () => window.session.signInWithKey(signer, { source: 'ssh' });
    world().backend.settings.sshKeys = false;
    const { message } = await rejectsWith('SSH_AUTH_DISABLED', signIn());
    assert.match(message, /has no sign-in with an SSH key/u);
    world().backend.settings.sshKeys = true;
    world().backend.settings.sshEnabled = false;
    assert.match((await rejectsWith('SSH_AUTH_DISABLED', signIn())).message, /switched off/u);
  });

  it('uses a pasted API key until the backend rejects it', async () => {
    const window = world().openWindow();
    const key = world().backend.state.addApiKey(DEFAULT_ACCOUNT.devId);
    const identity = await window.session.signInWithToken(key);
    assert.deepEqual([identity.source, identity.expiresAt], ['token', undefined]);
    world().clock.jump(48 * HOUR);
    await window.session.fetchIdentity();
  });
});

describe('session with an SSH key', () => {
  const world = useSessionWorld();

  it('survives a route that is temporarily missing', async () => {
    const window = await world().signedInWindow();
    world().backend.settings.sshKeys = false;
    world().clock.jump(16 * 60_000);
    const error = await rejectsWith('SERVER', window.session.fetchIdentity());
    assert.equal(error.status, 404);
    assert.equal(kindOf(window), 'offline');
    world().backend.settings.sshKeys = true;
    world().clock.jump(60_000);
    await window.session.fetchIdentity();
    assert.equal(kindOf(window), 'signedIn');
  });

  it('sends no request for a realm without a session', async () => {
    await world().signedInWindow();
    const operator = await world().restoredWindow({ realm: operatorRealm });
    assert.equal(kindOf(operator), 'signedOut');
    const before = world().requests.length;
    await operator.look();
    await rejectsWith('NOT_SIGNED_IN', operator.session.fetchIdentity());
    assert.equal(world().requests.length, before);
    assert.equal(ME, world().requests.at(-1));
  });
});
