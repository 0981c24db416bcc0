import assert from 'node:assert/strict';
import { WalletWatch } from '../../../src/core/operator/walletWatch';
import { operatorRealm } from '../../../src/core/realm';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { rejectsWith } from '../../support/expect';
import { holdBack } from '../../support/faults';
import { createUndiciTransport } from '../../../src/core/http/undiciTransport';
import type { SessionWindow } from '../../support/session-window';
import { useSessionWorld } from '../../support/session-world';

const MINUTE = 60_000;
const PATH = '/api/v1/operator/wallet/balance';
const WALLET = { balance: 12_550, currency: 'EUR' };

describe('wallet polling', () => {
  const world = useSessionWorld();
  let window: SessionWindow;
  let watch: WalletWatch;
  let told: (number | undefined)[];

  beforeEach(() => {
    const { backend, activity, clock, logger } = world();
    backend.settings.wallet = true;
    setBalance(WALLET.balance);
    window = world().openWindow({ realm: operatorRealm });
    const transport = createUndiciTransport();
    watch = new WalletWatch({
      ...{ session: window.session, clock, logger },
      transport: { send: (request) => activity.track(transport.send(request)) },
      backendUrl: () => world().backend.url,
    });
    told = [];
    watch.onDidChange((balance) => told.push(balance?.balance));
  });

  afterEach(() => watch.dispose());

  const setBalance = (balance: number) =>
    world().backend.state.updateAccount(DEFAULT_ACCOUNT.devId, {
      wallet: { ...WALLET, balance },
    });
  const asked = () => world().backend.requests.filter(({ path }) => path === PATH).length;

  async function signIn(): Promise<void> {
    await world().signIn(window);
    await world().activity.idle();
  }

  /** Simulates a focus and waits for its effects. */
  async function focus(): Promise<void> {
    await watch.refresh();
    await world().activity.idle();
  }

  it('loads the balance after sign-in and clears it after sign-out', async () => {
    await focus();
    assert.equal(asked(), 0);
    await signIn();
    assert.deepEqual(watch.known, WALLET);
    await window.session.signOut();
    assert.equal(watch.known, undefined);
    assert.deepEqual(told, [12_550, undefined]);
  });

  it('polls every five minutes at most, however often the window gets the focus', async () => {
    await signIn();
    setBalance(500);
    for (let minute = 0; minute < 5; minute++) {
      await focus();
      assert.equal(asked(), 1);
      world().clock.jump(MINUTE);
    }
    await focus();
    await focus();
    assert.equal(asked(), 2);
    assert.deepEqual(told, [12_550, 500]);
  });

  it('polls at once for a command and restarts the interval', async () => {
    await signIn();
    setBalance(7);
    assert.deepEqual(await watch.fetch(window.session), { ...WALLET, balance: 7 });
    await focus();
    assert.equal(asked(), 2);
    assert.deepEqual(told, [12_550, 7]);
  });

  it('keeps the balance silently through errors', async () => {
    await signIn();
    world().backend.faults.inject({
      match: { path: PATH },
      fault: { kind: 'status', status: 500 },
    });
    world().clock.jump(5 * MINUTE);
    await focus();
    assert.equal(asked(), 2);
    assert.deepEqual(watch.known, WALLET);
  });

  it('polls again once a failed session recovers', async () => {
    const away = { kind: 'reset', when: 'before' } as const;
    world().backend.faults.inject({ match: { path: PATH }, fault: away });
    await signIn();
    assert.equal(watch.known, undefined);
    world().clock.jump(16 * MINUTE);
    const fault = world().backend.faults.inject({ fault: away, times: 'always' });
    await rejectsWith('OFFLINE', window.session.getToken());
    fault.remove();
    world().clock.jump(MINUTE);
    await window.look();
    await world().activity.idle();
    assert.deepEqual(watch.known, WALLET);
  });

  it('never shows the balance of a previous account for another one', async () => {
    await signIn();
    const answer = holdBack(world().backend, PATH);
    const fetching = watch.fetch(window.session);
    await answer.reached;
    await window.session.signOut();
    answer.release();
    await rejectsWith('NOT_SIGNED_IN', fetching);
    assert.equal(watch.known, undefined);
  });

  it('keeps the newer answer when an older one arrives late', async () => {
    await signIn();
    const slow = holdBack(world().backend, PATH, { handled: true });
    const first = watch.fetch(window.session);
    await slow.reached;
    setBalance(7);
    await watch.fetch(window.session);
    slow.release();
    assert.equal((await first).balance, WALLET.balance);
    assert.equal(watch.known?.balance, 7);
    assert.deepEqual(told, [12_550, 7]);
  });

  it('does not poll while the key is locked', async () => {
    await world().signIn(window, world().encryptedKey);
    await world().activity.idle();
    world().clock.jump(16 * MINUTE);
    await window.look();
    assert.equal(window.session.state.kind, 'locked');
    const before = asked();
    await focus();
    assert.equal(asked(), before);
    assert.deepEqual(watch.known, WALLET, 'the last one told');
  });
});
