import assert from 'node:assert/strict';
import type { AppStatus } from '../../../src/core/api/developerStatus';
import { FollowedReviews } from '../../../src/core/apps/followedReviews';
import {
  followInterval,
  ReviewPoller,
  type ReviewDecision,
  type FollowedSubmission,
} from '../../../src/core/apps/reviewPoller';
import { I99dashError } from '../../../src/core/errors';
import { FakeClock, FakeStateStore, MemoryLogger } from '../../support/fakes';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const ME = { backendUrl: 'https://api.example.com', devId: 'dev_me' };
const SUBMITTED: FollowedSubmission = {
  appId: 'trip-log',
  version: '1.1.0',
  reviewStatus: 'pending',
};

/** A backend and the windows that use it. */
class World {
  readonly clock = new FakeClock();
  readonly store = new FakeStateStore();
  readonly claimed = new Set<string>();
  readonly asked: number[] = [];
  app: Partial<AppStatus> = { reviewStatus: 'pending', latestVersion: '1.1.0' };
  failure: Error | undefined;

  open(): Window {
    return new Window(this);
  }

  status(appId: string) {
    this.asked.push(this.clock.now());
    if (this.failure !== undefined) {
      return Promise.reject(this.failure);
    }
    const plain = { appId, latestVersion: null, reviewStatus: null, betaActive: false };
    const apps = [{ ...plain, ...this.app }];
    return Promise.resolve({ isDeveloper: true, hasPendingRequest: false, apps, appsTotal: 1 });
  }

  /**
   * Advances the time in small steps, so that work started by a timer ends before the next timer
   * fires.
   */
  async pass(ms: number, step = 5_000): Promise<void> {
    for (let passed = 0; passed < ms; passed += step) {
      this.clock.advance(Math.min(step, ms - passed));
      await settle();
    }
  }
}

class Window {
  focused = true;
  account: typeof ME | undefined = ME;
  readonly told: ReviewDecision[] = [];
  readonly logger = new MemoryLogger();
  readonly follower: ReviewPoller;

  constructor(world: World) {
    this.follower = new ReviewPoller({
      reviews: new FollowedReviews(world.store),
      clock: world.clock,
      logger: this.logger,
      isFocused: () => this.focused,
      account: () => this.account,
      fetchStatus: (appId) => world.status(appId),
      claim: async ({ appId, submittedAt }) => {
        await settle();
        const name = `${appId} ${submittedAt}`;
        const isFirst = !world.claimed.has(name);
        world.claimed.add(name);
        return isFirst;
      },
      notify: (decision) => this.told.push(decision),
    });
  }

  focus(focused: boolean): Promise<void> {
    this.focused = focused;
    return this.follower.wake();
  }
}

function settle(): Promise<void> {
  return new Promise(setImmediate);
}

describe('polling interval of a review', () => {
  for (const [age, ms] of [
    [-DAY, 15_000],
    [0, 15_000],
    [MINUTE, 15_000],
    [4 * MINUTE, MINUTE],
    [20 * MINUTE, 5 * MINUTE],
    [40 * MINUTE, 10 * MINUTE],
    [6 * DAY, 10 * MINUTE],
  ] as const) {
    it(`is ${ms / 1000} s at an age of ${age / MINUTE} minutes`, () => {
      assert.equal(followInterval(age), ms);
    });
  }
});

describe('review polling', () => {
  let world: World;
  let window: Window;

  beforeEach(() => {
    world = new World();
    window = world.open();
  });

  it('slows down with time', async () => {
    const start = world.clock.now();
    await window.follower.follow(SUBMITTED);
    await world.pass(3 * 60 * MINUTE);
    const gaps = world.asked.map((at, index) => at - (world.asked[index - 1] ?? start));
    assert.equal(gaps[0], 15_000);
    assert.ok(
      gaps.every((gap, index) => gap >= (gaps[index - 1] ?? 0)),
      gaps.join(),
    );
    assert.equal(gaps.at(-1), 10 * MINUTE);
    assert.ok(world.asked.length < 40, `${world.asked.length} questions in three hours`);
  });

  it('notifies once about an approval and stops', async () => {
    await window.follower.follow(SUBMITTED);
    await world.pass(MINUTE);
    world.app.reviewStatus = 'approved';
    await world.pass(MINUTE);
    assert.deepEqual(window.told, [{ appId: 'trip-log', version: '1.1.0', state: 'approved' }]);
    const asked = world.asked.length;
    await world.pass(DAY, MINUTE);
    assert.equal(world.asked.length, asked);
    assert.equal(world.clock.pending, 0);
    assert.equal(window.told.length, 1);
  });

  it('notifies about a rejection with its reason', async () => {
    await window.follower.follow(SUBMITTED);
    Object.assign(world.app, { reviewStatus: 'rejected', rejectionReason: 'The icon is blurred.' });
    await world.pass(MINUTE);
    const [told] = window.told;
    assert.deepEqual([told?.state, told?.reason], ['rejected', 'The icon is blurred.']);
  });

  for (const reviewStatus of ['auto-approved', 'approved', 'rejected']) {
    it(`does not start when the review is ${reviewStatus} at once`, async () => {
      await window.follower.follow({ ...SUBMITTED, reviewStatus });
      await world.pass(10 * MINUTE);
      assert.deepEqual(world.asked, []);
    });
  }

  it('does not confuse a review with the decision on the previous version', async () => {
    Object.assign(world.app, { reviewStatus: 'approved', latestVersion: '1.0.0' });
    await window.follower.follow(SUBMITTED);
    await world.pass(MINUTE);
    assert.deepEqual(window.told, []);
    Object.assign(world.app, { reviewStatus: 'pending' });
    await world.pass(5 * MINUTE);
    Object.assign(world.app, { reviewStatus: 'rejected', rejectionReason: 'no' });
    await world.pass(10 * MINUTE);
    // The backend names another version, so the notification names none.
    assert.deepEqual(window.told, [{ appId: 'trip-log', state: 'rejected', reason: 'no' }]);
  });

  it('switches to a later submission of the same app', async () => {
    await window.follower.follow(SUBMITTED);
    await world.pass(MINUTE);
    await window.follower.follow({ ...SUBMITTED, version: '1.2.0' });
    Object.assign(world.app, { reviewStatus: 'approved', latestVersion: '1.2.0' });
    await world.pass(10 * MINUTE);
    assert.deepEqual(
      window.told.map(({ version }) => version),
      ['1.2.0'],
    );
  });

  it('pauses while the window is not focused and polls when it regains the focus', async () => {
    await window.follower.follow(SUBMITTED);
    await window.focus(false);
    world.app.reviewStatus = 'approved';
    await world.pass(60 * MINUTE, MINUTE);
    assert.deepEqual([world.asked, world.clock.pending], [[], 0]);
    await window.focus(true);
    assert.equal(window.told.length, 1);
  });

  it('does not poll at every focus', async () => {
    await window.follower.follow(SUBMITTED);
    await world.pass(30 * MINUTE);
    const asked = world.asked.length;
    for (let times = 0; times < 10; times++) {
      await window.focus(false);
      await window.focus(true);
    }
    assert.equal(world.asked.length, asked);
  });

  it('stops after seven days', async () => {
    await window.follower.follow(SUBMITTED);
    await world.pass(7 * DAY + 20 * MINUTE, MINUTE);
    const asked = world.asked.length;
    world.app.reviewStatus = 'approved';
    await world.pass(DAY, MINUTE);
    assert.deepEqual([world.asked.length, window.told, world.clock.pending], [asked, [], 0]);
  });

  it('continues after a reload', async () => {
    await window.follower.follow(SUBMITTED);
    await world.pass(MINUTE);
    window.follower.dispose();
    world.app.reviewStatus = 'approved';
    await world.pass(10 * MINUTE);
    assert.deepEqual(window.told, []);
    const reloaded = world.open();
    await reloaded.follower.wake();
    assert.equal(reloaded.told.length, 1);
  });

  it('notifies in one of two windows that poll at the same time', async () => {
    const other = world.open();
    await window.follower.follow(SUBMITTED);
    await other.follower.wake();
    world.app.reviewStatus = 'approved';
    await world.pass(10 * MINUTE);
    await Promise.all([window.follower.wake(), other.follower.wake()]);
    assert.equal(window.told.length + other.told.length, 1);
  });

  it('notifies in one window even though neither sees the writes of the other', async () => {
    const other = world.open();
    await window.follower.follow(SUBMITTED);
    const [copy] = [...world.store.values.entries()];
    assert.ok(copy);
    world.app.reviewStatus = 'approved';
    await world.pass(MINUTE);
    world.store.values.set(...copy);
    await other.follower.wake();
    assert.deepEqual([window.told.length, other.told.length], [1, 0]);
  });

  it('pauses without a session and with another account or backend', async () => {
    await window.follower.follow(SUBMITTED);
    world.app.reviewStatus = 'approved';
    const others = [undefined, { ...ME, devId: 'dev_x' }, { ...ME, backendUrl: 'https://b' }];
    for (const account of others) {
      window.account = account;
      await window.follower.wake();
      await world.pass(10 * MINUTE);
    }
    assert.deepEqual([world.asked, window.told], [[], []]);
    window.account = ME;
    await window.follower.wake();
    assert.equal(window.told.length, 1);
  });

  it('notifies once and reports no errors when nothing can be stored', async () => {
    await window.follower.follow(SUBMITTED);
    world.store.update = () => Promise.reject(new Error('no space left'));
    await window.follower.follow({ ...SUBMITTED, appId: 'charge-timer' });
    world.app.reviewStatus = 'approved';
    await world.pass(60 * MINUTE);
    assert.deepEqual(
      window.told.map(({ appId }) => appId),
      ['trip-log'],
    );
    world.clock.advance(8 * DAY);
    await window.follower.wake();
    const lines = window.logger.lines.length;
    await world.pass(30 * MINUTE);
    assert.ok(window.logger.lines.length - lines <= 6, 'it does not try every second');
  });

  it('ignores backend errors silently', async () => {
    await window.follower.follow(SUBMITTED);
    world.failure = new I99dashError('OFFLINE', 'nowhere');
    await world.pass(10 * MINUTE);
    assert.ok(world.asked.length > 3);
    assert.ok(window.logger.lines.some((line) => line.includes('nowhere')));
    world.failure = undefined;
    world.app.reviewStatus = 'approved';
    await world.pass(20 * MINUTE);
    assert.equal(window.told.length, 1);
  });

  it('waits for as long as the backend asks, whatever triggers it', async () => {
    await window.follower.follow(SUBMITTED);
    await window.follower.follow({ ...SUBMITTED, appId: 'tyres' });
    world.failure = new I99dashError('SERVER', 'busy', { status: 429, retryAfterMs: 10 * MINUTE });
    await world.pass(MINUTE);
    assert.equal(world.asked.length, 1);
    world.failure = undefined;
    await window.focus(false);
    await window.focus(true);
    await world.pass(8 * MINUTE);
    assert.equal(world.asked.length, 1);
    await world.pass(3 * MINUTE);
    assert.equal(world.asked.length, 3);
  });

  it('continues after the clock is set back', async () => {
    await window.follower.follow(SUBMITTED);
    await world.pass(10 * MINUTE);
    world.app.reviewStatus = 'approved';
    world.clock.jump(-DAY);
    await window.follower.wake();
    assert.equal(window.told.length, 1);
  });

  for (const [back, most] of [
    ['a day', 5],
    ['a year', 0],
  ] as const) {
    it(`does not poll forever when the clock is set back by ${back}`, async () => {
      await window.follower.follow(SUBMITTED);
      world.clock.jump(back === 'a day' ? -DAY : -365 * DAY);
      await window.follower.wake();
      const asked = world.asked.length;
      await world.pass(40 * MINUTE);
      assert.ok(world.asked.length - asked <= most, `${world.asked.length - asked} times`);
    });
  }

  it('ignores data stored by another version of the extension', async () => {
    world.store.values.set('i99dash.followedReviews', [{ appId: 'a' }, 7, null]);
    await window.follower.wake();
    await window.follower.follow(SUBMITTED);
    assert.deepEqual(new FollowedReviews(world.store).list().length, 1);
    world.store.values.set('i99dash.followedReviews', 'nonsense');
    assert.deepEqual(new FollowedReviews(world.store).list(), []);
  });
});
