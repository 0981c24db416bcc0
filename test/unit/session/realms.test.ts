import assert from 'node:assert/strict';
import { operatorRealm } from '../../../src/core/realm';
import { OPERATOR_ACCOUNT, PROFILES } from '../../backend/profiles';
import { type Backend, DEFAULT_ACCOUNT, startBackend } from '../../backend/server';
import { rejectsWith } from '../../support/expect';
import { kindOf, statesOf } from '../../support/session-states';
import type { SessionWindow } from '../../support/session-window';
import { useSessionWorld } from '../../support/session-world';

const MINUTE = 60_000;
const VERIFY = '/api/v1/auth/ssh/verify';

describe('developer and operator sessions', () => {
  const world = useSessionWorld();
  let operators: Backend;
  let developer: SessionWindow;
  let operator: SessionWindow;

  beforeEach(async () => {
    operators = await startBackend({ ...PROFILES.operator, now: () => world().clock.now() });
    const { encryptedKey } = world();
    operators.state.addKey(OPERATOR_ACCOUNT.devId, encryptedKey.publicKeyLine);
    developer = await world().signedInWindow();
    operator = world().openWindow({ realm: operatorRealm, backendUrl: () => operators.url });
    await world().signIn(operator, encryptedKey);
  });

  afterEach(() => operators.close());

  const mints = ({ requests }: Pick<Backend, 'requests'>) =>
    requests.filter(({ path, status }) => path === VERIFY && status === 200).length;

  it('keep separate identities, keys and backends', async () => {
    const [mine, theirs] = await Promise.all([
      developer.session.fetchIdentity(),
      operator.session.fetchIdentity(),
    ]);
    assert.deepEqual(
      [mine.devId, mine.backendUrl, mine.fingerprint],
      [DEFAULT_ACCOUNT.devId, world().backend.url, world().key.fingerprint],
    );
    assert.deepEqual(
      [theirs.devId, theirs.backendUrl, theirs.fingerprint],
      [OPERATOR_ACCOUNT.devId, operators.url, world().encryptedKey.fingerprint],
    );
  });

  it('sign out independently', async () => {
    const states = statesOf(operator);
    await developer.session.signOut();
    await world().activity.idle();
    assert.deepEqual(states, []);
    await operator.session.fetchIdentity();
    await world().signIn(developer);
    await operator.session.signOut();
    await world().activity.idle();
    assert.equal(kindOf(developer), 'signedIn');
    assert.equal(kindOf(operator), 'signedOut');
  });

  it('refresh independently', async () => {
    world().clock.jump(16 * MINUTE);
    await developer.session.fetchIdentity();
    assert.deepEqual([mints(world().backend), mints(operators)], [2, 1]);
    world().backend.state.removeKey(world().key.fingerprint);
    world().clock.jump(16 * MINUTE);
    await rejectsWith('KEY_REJECTED', developer.session.fetchIdentity());
    assert.equal(kindOf(developer), 'rejected');
    assert.notEqual(kindOf(operator), 'rejected');
  });

  it('stay separate on the same backend', async () => {
    const both = world().openWindow({ realm: operatorRealm });
    await world().signIn(both);
    await both.session.signOut();
    await developer.session.fetchIdentity();
  });

  it('are both restored after a restart', async () => {
    developer.dispose();
    operator.dispose();
    const again = await world().restoredWindow();
    const operatorAgain = await world().restoredWindow({
      realm: operatorRealm,
      backendUrl: () => operators.url,
    });
    assert.equal(again.session.identity().devId, DEFAULT_ACCOUNT.devId);
    assert.equal(operatorAgain.session.identity().devId, OPERATOR_ACCOUNT.devId);
  });

  it('do not share credentials from the environment', async () => {
    process.env['I99DASH_TOKEN'] = 'a-token-that-nobody-minted';
    try {
      await rejectsWith('NOT_SIGNED_IN', developer.session.fetchIdentity());
      await operator.session.fetchIdentity();
    } finally {
      Reflect.deleteProperty(process.env, 'I99DASH_TOKEN');
    }
  });
});
