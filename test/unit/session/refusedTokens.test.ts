import assert from 'node:assert/strict';
import { ApiClient } from '../../../src/core/api/client';
import { listSshKeys } from '../../../src/core/api/sshKeys';
import { createUndiciTransport } from '../../../src/core/http/undiciTransport';
import type { SettledState } from '../../../src/core/session/sessionState';
import { rejectsWith } from '../../support/expect';
import { failureOf, kindOf, statesOf } from '../../support/session-states';
import type { SessionWindow } from '../../support/session-window';
import { useSessionWorld } from '../../support/session-world';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const ME = '/api/v1/dev/me';
const KEYS = '/api/v1/account/ssh-keys';

describe('new tokens that the backend rejects', () => {
  const world = useSessionWorld();
  const transport = createUndiciTransport();

  /** Makes the backend reject every token on these paths. */
  function refuse(path: string | RegExp): { remove: () => void } {
    const fault = { kind: 'status', status: 401 } as const;
    return world().backend.faults.inject({ match: { path }, fault, times: 'always' });
  }

  async function keptWindow(): Promise<SessionWindow> {
    const window = await world().signedInWindow();
    await window.scheduler.trigger();
    return window;
  }

  const listKeys = ({ session }: SessionWindow) =>
    listSshKeys(new ApiClient(world().backend.url, transport, session));

  function assertNotAccepted(window: SessionWindow): void {
    assert.equal(kindOf(window), 'offline');
    assert.equal(failureOf(window), 'NOT_SIGNED_IN');
  }

  it('are shown at once when the identity request is rejected, without ending the session', async () => {
    const window = await keptWindow();
    const states = statesOf(window);
    refuse(ME);
    const error = await rejectsWith('NOT_SIGNED_IN', window.session.fetchIdentity());
    assertNotAccepted(window);
    const { failure, retryAt } = window.session.state as SettledState & { kind: 'offline' };
    assert.equal(failure, error);
    assert.ok(retryAt > world().clock.now());
    assert.deepEqual(states, ['signedIn', 'offline'], 'renewed, and refused');
    assert.equal((await window.store.read(world().backend.url)).kind, 'session');
    assert.ok(world().logger.lines.some((line) => line.includes('not accepted: [NOT_SIGNED_IN]')));
  });

  it('are retried with backoff, and a refresh does not hide the failure', async () => {
    (await keptWindow()).dispose();
    const window = await world().restoredWindow();
    const states = statesOf(window);
    refuse(ME);
    await window.scheduler.trigger();
    await world().passSlowly(MINUTE, SECOND);
    const early = world().mints;
    assert.ok(early >= 4 && early <= 9, `${early} mints in the first minute`);
    states.length = 0;
    await world().passSlowly(30 * MINUTE, 5 * SECOND);
    const late = world().mints - early;
    assert.ok(late >= 25 && late <= 65, `${late} mints in half an hour`);
    assert.deepEqual([...new Set(states)], ['offline']);
  });

  it('recover by themselves', async () => {
    const window = await keptWindow();
    const refusal = refuse(ME);
    await rejectsWith('NOT_SIGNED_IN', window.session.fetchIdentity());
    await world().passSlowly(10 * MINUTE);
    assertNotAccepted(window);
    refusal.remove();
    await world().passSlowly(61 * SECOND);
    assert.equal(kindOf(window), 'signedIn');
    const before = world().requests.length;
    await world().passSlowly(2 * MINUTE);
    assert.deepEqual(world().requests.slice(before), []);
  });

  it('recover at once when a command succeeds', async () => {
    const window = await keptWindow();
    const refusal = refuse(ME);
    await rejectsWith('NOT_SIGNED_IN', window.session.fetchIdentity());
    refusal.remove();
    await window.session.fetchIdentity();
    assert.equal(kindOf(window), 'signedIn');
  });

  it('recover at once when a command refreshes the token', async () => {
    const window = await world().signedInWindow();
    window.scheduler.dispose();
    const refusal = refuse(ME);
    await rejectsWith('NOT_SIGNED_IN', window.session.fetchIdentity());
    refusal.remove();
    await world().pass(20 * MINUTE);
    assertNotAccepted(window);
    const before = world().mints;
    await window.session.fetchIdentity();
    assert.equal(world().mints, before + 1);
    assert.equal(kindOf(window), 'signedIn');
  });

  it('are distinguished from the rejection of a single call', async () => {
    const window = await keptWindow();
    const states = statesOf(window);
    refuse(KEYS);
    const before = world().requests.length;
    for (let round = 0; round < 3; round++) {
      await rejectsWith('NOT_SIGNED_IN', listKeys(window));
      await window.scheduler.trigger();
    }
    assert.deepEqual([...new Set(states)], ['signedIn']);
    const asked = world().requests.slice(before);
    assert.equal(asked.filter((request) => request === `GET ${ME}`).length, 3);
    await world().passSlowly(MINUTE);
    assert.equal(world().requests.length - before, asked.length);
  });

  it('are shown soon after any other call was rejected', async () => {
    const window = await keptWindow();
    refuse(/^\/api\/v1\/(?:dev|account)\//u);
    await rejectsWith('NOT_SIGNED_IN', listKeys(window));
    await world().passSlowly(16 * SECOND, SECOND);
    assertNotAccepted(window);
  });

  it('are shown again after a network failure', async () => {
    const window = await keptWindow();
    const refusal = refuse(ME);
    await rejectsWith('NOT_SIGNED_IN', window.session.fetchIdentity());
    const lost = { fault: { kind: 'reset' }, times: 'always' } as const;
    refusal.remove();
    const outage = world().backend.faults.inject(lost);
    await world().passSlowly(20 * MINUTE);
    assert.equal(failureOf(window), 'OFFLINE');
    outage.remove();
    const again = refuse(ME);
    await world().passSlowly(2 * MINUTE);
    assertNotAccepted(window);
    again.remove();
    await world().passSlowly(61 * SECOND);
    assert.equal(kindOf(window), 'signedIn');
  });

  it('do not affect a session that starts in the meantime', async () => {
    const window = await keptWindow();
    const refusal = refuse(ME);
    await rejectsWith('NOT_SIGNED_IN', window.session.fetchIdentity());
    refusal.remove();
    await world().signIn(window);
    assert.equal(kindOf(window), 'signedIn');
    world().clock.jump(16 * MINUTE);
    await window.scheduler.trigger();
    assert.equal(kindOf(window), 'signedIn');
  });
});
