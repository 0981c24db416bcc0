import assert from 'node:assert/strict';
import { createUndiciTransport } from '../../../src/core/http/undiciTransport';
import { InteractiveTokens } from '../../../src/vscode/session/interactiveTokens';
import { type ConnectProxy, startConnectProxy } from '../../support/connect-proxy';
import { rejectsWith } from '../../support/expect';
import { failureOf, kindOf } from '../../support/session-states';
import type { SessionWindow } from '../../support/session-window';
import { useSessionWorld } from '../../support/session-world';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOST = 'api.example.test';

describe('proxy that rejects its password', () => {
  const world = useSessionWorld();
  let proxy: ConnectProxy;
  let password: string;

  beforeEach(async () => {
    const routes = { [HOST]: world().backend.port };
    proxy = await startConnectProxy({ credentials: 'ada:new', routes });
    password = 'new';
  });
  afterEach(() => proxy.close());

  const tries = () => proxy.asked.length;

  /** A window behind a proxy that rejects the configured password from now on. */
  async function keptWindow(): Promise<SessionWindow> {
    const url = () => proxy.url.replace('//', `//ada:${password}@`);
    const transport = createUndiciTransport({ network: () => ({ proxy: { url: url() } }) });
    const window = await world().signedInWindow(undefined, {
      transport,
      backendUrl: () => `http://${HOST}`,
    });
    await window.scheduler.trigger();
    password = 'old';
    return window;
  }

  it('points to the proxy settings although the token is still valid', async () => {
    const window = await keptWindow();
    world().clock.jump(10 * MINUTE);
    await window.scheduler.trigger();
    const { state } = window.session;
    assert.ok(state.kind === 'offline');
    const { code, status, setting, message } = state.failure;
    assert.deepEqual([code, status, setting], ['OFFLINE', 407, 'http.proxy']);
    assert.match(message, /does not accept its name and password/u);
    assert.ok(!message.includes('old'));
  });

  it('retries ever more rarely on any trigger, because wrong passwords lock accounts', async () => {
    const window = await keptWindow();
    world().clock.jump(16 * MINUTE);
    const before = tries();
    for (let minute = 0; minute < 60; minute++) {
      await window.look(); // focus
      await rejectsWith('OFFLINE', window.session.getToken()); // a view
      await world().passSlowly(MINUTE, 15 * SECOND);
    }
    const count = tries() - before;
    assert.ok(count >= 5 && count <= 10, `${count} tries in an hour`);
    assert.equal(kindOf(window), 'offline');
    world().clock.jump(12 * 60 * MINUTE);
    await world().passSlowly(MINUTE, 15 * SECOND);
    assert.ok(tries() - before - count <= 2, 'nor does a sleep');
  });

  it('retries at once for a command', async () => {
    const window = await keptWindow();
    const tokens = new InteractiveTokens(window.session, () => Promise.resolve());
    world().clock.jump(16 * MINUTE);
    await window.scheduler.trigger();
    for (let round = 0; round < 2; round++) {
      const before = tries();
      const error = await rejectsWith('OFFLINE', tokens.getToken());
      assert.equal(error.status, 407);
      assert.equal(tries() - before, 1);
    }
    password = 'new';
    await tokens.getToken();
    assert.equal(kindOf(window), 'signedIn');
  });

  it('retries at once when the proxy settings change', async () => {
    const window = await keptWindow();
    world().clock.jump(16 * MINUTE);
    await window.scheduler.trigger();
    await world().passSlowly(10 * MINUTE, 15 * SECOND);
    password = 'new';
    window.session.resetBackoff({ userInitiated: true });
    await window.look();
    assert.equal(kindOf(window), 'signedIn');
  });

  it('keeps the same backoff after an earlier network failure', async () => {
    const window = await keptWindow();
    password = 'new';
    const outage = world().backend.faults.inject({ fault: { kind: 'reset' }, times: 'always' });
    world().clock.jump(16 * MINUTE);
    await window.scheduler.trigger();
    await world().passSlowly(10 * MINUTE, 5 * SECOND);
    outage.remove();
    password = 'old';
    await world().passSlowly(2 * MINUTE, 5 * SECOND);
    assert.equal(failureOf(window), 'OFFLINE');
    const before = tries();
    await world().passSlowly(10 * MINUTE, 5 * SECOND);
    const count = tries() - before;
    assert.ok(count >= 2 && count <= 4, `${count} tries in ten minutes`);
  });
});
