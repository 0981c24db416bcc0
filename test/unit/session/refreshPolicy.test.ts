import assert from 'node:assert/strict';
import { I99dashError } from '../../../src/core/errors';
import {
  backoffMs,
  isUsable,
  isWaiting,
  MIN_LIFETIME_MS,
  nextRefreshAction,
  pickRefreshTime,
  toRefreshFailure,
  userActionBackoffMs,
  withoutBackoff,
  type RefreshAction,
  type RefreshFailure,
  type RefreshInput,
  type TransientFailure,
} from '../../../src/core/session/refreshPolicy';
import { between, seededRandom } from '../../support/random';

const NOW = Date.parse('2026-01-01T09:00:00Z');
const LIFE = 900_000;

/** A token whose refresh is due after half of its lifetime. */
function aged(age: number, life = LIFE) {
  const mintedAt = NOW - age;
  return { mintedAt, expiresAt: mintedAt + life, refreshAt: mintedAt + life / 2 };
}

const TOKENS = {
  lost: undefined,
  future: aged(-1),
  fresh: aged(0),
  young: aged(LIFE / 2 - 1),
  older: aged(LIFE / 2),
  last: aged(LIFE - MIN_LIFETIME_MS - 1),
  short: aged(LIFE - MIN_LIFETIME_MS),
  expired: aged(LIFE),
} satisfies Record<string, RefreshInput['token']>;

const error = new I99dashError('OFFLINE', 'no network');

function transient(at: number, retryAt: number): TransientFailure {
  return { kind: 'transient', error, cause: 'network', attempts: 1, isShown: false, at, retryAt };
}

const FAILURES = {
  none: undefined,
  waiting: transient(NOW - 1_000, NOW + 1),
  due: transient(NOW - 1_000, NOW),
  /** Recorded before the clock was set back. */
  future: transient(NOW + 1, NOW + 5_000),
  locked: { kind: 'locked', error },
  rejected: { kind: 'rejected', error },
} satisfies Record<string, RefreshFailure | undefined>;

/** `yes` and `no` tell whether the token can be used. */
const TABLE = `
token    renewable usable none     waiting  due      future   locked   rejected
lost     key       no     refresh  wait     refresh  refresh  locked   rejected
future   key       no     refresh  wait     refresh  refresh  locked   rejected
fresh    key       yes    none     none     none     none     none     none
young    key       yes    none     none     none     none     none     none
older    key       yes    refresh  wait     refresh  refresh  locked   rejected
last     key       yes    refresh  wait     refresh  refresh  locked   rejected
short    key       no     refresh  wait     refresh  refresh  locked   rejected
expired  key       no     refresh  wait     refresh  refresh  locked   rejected
lost     pasted    no     rejected rejected rejected rejected rejected rejected
future   pasted    yes    none     none     none     none     none     none
fresh    pasted    yes    none     none     none     none     none     none
young    pasted    yes    none     none     none     none     none     none
older    pasted    yes    none     none     none     none     none     none
last     pasted    yes    none     none     none     none     none     none
short    pasted    yes    none     none     none     none     none     none
expired  pasted    no     rejected rejected rejected rejected rejected rejected
`;

function rowsOf(table: string): string[][] {
  return table
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/u));
}

describe('next action for a token', () => {
  const [head = [], ...rows] = rowsOf(TABLE);
  const failureNames = head.slice(3);

  it('covers every combination', () => {
    const wanted = ['key', 'pasted'].flatMap((way) =>
      Object.keys(TOKENS).map((token) => `${token} ${way}`),
    );
    assert.deepEqual(
      rows.map(([token, way]) => `${token} ${way}`),
      wanted,
    );
    assert.deepEqual(failureNames, Object.keys(FAILURES));
  });

  for (const [tokenName = '', way = '', usable = '', ...actions] of rows) {
    it(`chooses an action for a token that is ${tokenName} and ${way}`, () => {
      const token = TOKENS[tokenName as keyof typeof TOKENS];
      const isRenewable = way === 'key';
      assert.equal(isUsable({ now: NOW, token, isRenewable }), usable === 'yes');
      for (const [index, action] of actions.entries()) {
        const name = failureNames[index] as keyof typeof FAILURES;
        const failure = FAILURES[name];
        const input = { now: NOW, token, isRenewable, failure };
        assert.equal(nextRefreshAction(input), action, `last failure: ${name}`);
      }
    });
  }

  it('keeps a short-lived token until a tenth of its lifetime is left', () => {
    const at = (age: number) => isUsable({ now: NOW, token: aged(age, 8_000), isRenewable: true });
    assert.deepEqual([0, 7_199, 7_200, 8_000].map(at), [true, true, false, false]);
  });
});

describe('any refresh situation', () => {
  const random = seededRandom(1);
  const pick = <T>(values: readonly T[]): T => values[between(random, 0, values.length - 1)]!;

  function anyToken(): RefreshInput['token'] {
    const mintedAt = NOW + between(random, -1_200_000, 60_000);
    const times = { mintedAt, expiresAt: mintedAt + pick([1, 8_000, 60_000, LIFE, 3_600_000]) };
    const token = { ...times, refreshAt: pickRefreshTime(times, random) };
    return pick([undefined, token, token]);
  }

  function anyFailure(): RefreshFailure | undefined {
    const at = NOW + between(random, -120_000, 60_000);
    return pick([
      undefined,
      FAILURES.locked,
      FAILURES.rejected,
      transient(at, at + between(random, 0, 120_000)),
    ]);
  }

  function check(input: RefreshInput, action: RefreshAction): void {
    const { token, isRenewable, failure } = input;
    if (isUsable(input)) {
      assert.ok(token !== undefined && NOW < token.expiresAt, 'no expired token is used');
      assert.ok(NOW >= token.mintedAt || !isRenewable);
    }
    if (action === 'refresh') {
      assert.ok(isRenewable);
      assert.ok(failure?.kind !== 'locked' && failure?.kind !== 'rejected');
      assert.ok(!isWaiting(failure, NOW));
    }
    if (action === 'rejected') {
      assert.ok(!isRenewable || failure?.kind === 'rejected', 'only a definite word rejects');
    }
  }

  it('never uses an expired token and never refreshes after a permanent rejection', () => {
    const actions = new Set<string>();
    for (let round = 0; round < 50_000; round++) {
      const isRenewable = pick([true, true, false]);
      const input = { now: NOW, token: anyToken(), isRenewable, failure: anyFailure() };
      const action = nextRefreshAction(input);
      actions.add(action);
      try {
        check(input, action);
      } catch (cause) {
        throw new Error(JSON.stringify({ input, action }), { cause });
      }
    }
    assert.deepEqual([...actions].sort(), ['locked', 'none', 'refresh', 'rejected', 'wait']);
  });
});

describe('refresh time', () => {
  it('is distributed evenly between 35 and 80 % of the lifetime', () => {
    const random = seededRandom(2);
    const token = { mintedAt: NOW, expiresAt: NOW + LIFE };
    const shares = Array.from(
      { length: 10_000 },
      () => (pickRefreshTime(token, random) - NOW) / LIFE,
    ).sort();
    assert.ok(shares[0]! >= 0.35 && shares[0]! < 0.352);
    assert.ok(shares.at(-1)! <= 0.8 && shares.at(-1)! > 0.798);
    for (const quantile of [0.25, 0.5, 0.75]) {
      const share = shares[quantile * shares.length]!;
      assert.ok(Math.abs(share - (0.35 + quantile * 0.45)) < 0.01, `${quantile}: ${share}`);
    }
  });

  it('is at least a second after the token was issued', () => {
    const token = { mintedAt: NOW, expiresAt: NOW + 1_000 };
    assert.equal(
      pickRefreshTime(token, () => 0),
      NOW + 1_000,
    );
  });
});

describe('failure of a refresh', () => {
  const failed = (code: 'OFFLINE' | 'KEY_ENCRYPTED' | 'KEY_REJECTED', status?: number) =>
    new I99dashError(code, code, status === undefined ? {} : { status });
  const record = (thrown: unknown, previous?: RefreshFailure): RefreshFailure =>
    toRefreshFailure(thrown, previous, { now: NOW, random: () => 1 });

  it('counts attempts with the same cause and is shown from the second attempt on', () => {
    const first = record(failed('OFFLINE')) as TransientFailure;
    const second = record(failed('OFFLINE'), first) as TransientFailure;
    assert.deepEqual([first.attempts, first.isShown, first.retryAt - NOW], [1, false, 2_000]);
    assert.deepEqual([second.attempts, second.isShown, second.retryAt - NOW], [2, true, 4_000]);
    const refused = record(failed('OFFLINE', 407), second) as TransientFailure;
    assert.deepEqual([refused.cause, refused.attempts, refused.isShown], ['proxy', 1, true]);
    assert.equal(refused.retryAt - NOW, 60_000);
  });

  it('is locked or rejected by its code', () => {
    assert.equal(record(failed('KEY_ENCRYPTED')).kind, 'locked');
    assert.equal(record(failed('KEY_REJECTED')).kind, 'rejected');
  });

  it('keeps its backoff for a refusing proxy until the user acts', () => {
    const refused = record(failed('OFFLINE', 407));
    assert.equal(withoutBackoff(refused), refused);
    assert.ok(!isWaiting(withoutBackoff(refused, { userInitiated: true }), NOW));
    assert.ok(!isWaiting(withoutBackoff(record(failed('OFFLINE'))), NOW));
  });

  it('keeps a delay that the server requested, whatever the user does', () => {
    const busy = record(new I99dashError('SERVER', 'busy', { status: 503, retryAfterMs: 9_000 }));
    assert.equal(withoutBackoff(busy, { userInitiated: true }), busy);
  });
});

describe('backoff after a failure', () => {
  it('has a ceiling that doubles from 2 to 60 s', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 1_000].map((failures) => backoffMs(failures, () => 1));
    assert.deepEqual(ceilings, [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('is random below the ceiling but never zero', () => {
    assert.equal(
      backoffMs(3, () => 0),
      250,
    );
    assert.equal(
      backoffMs(3, () => 0.5),
      4_000,
    );
  });

  it('is never shorter than the delay that the server requested', () => {
    assert.equal(
      backoffMs(1, () => 1, 90_000),
      90_000,
    );
    assert.equal(
      backoffMs(6, () => 1, 5_000),
      60_000,
    );
  });
});

describe('backoff after a failure that needs user action', () => {
  it('has a ceiling that doubles from 1 to 15 minutes', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 1_000].map((failures) =>
      userActionBackoffMs(failures, () => 1),
    );
    assert.deepEqual(ceilings, [60_000, 120_000, 240_000, 480_000, 900_000, 900_000, 900_000]);
  });

  it('is random in the upper half below the ceiling', () => {
    assert.deepEqual(
      [userActionBackoffMs(1, () => 0), userActionBackoffMs(2, () => 0.5)],
      [30_000, 90_000],
    );
  });
});
