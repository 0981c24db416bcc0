import assert from 'node:assert/strict';
import {
  backoffMs,
  userActionBackoffMs,
  nextRefreshAction,
  drawRefreshFraction,
  isRefusalActive,
  MIN_LIFETIME_MS,
  agentRefusalBackoffMs,
  getRefreshTime,
  type RefreshAction,
  type AgentRefusal,
  type RefreshFailure,
  type RefreshInput,
  type KeyAvailability,
  type TokenTimes,
} from '../../../src/core/session/refreshPolicy';
import { between, seededRandom } from '../../support/random';

const NOW = Date.parse('2026-01-01T09:00:00Z');
const LIFE = 900_000;
const aged = (age: number): TokenTimes => ({ mintedAt: NOW - age, expiresAt: NOW - age + LIFE });

/** A token whose refresh is due after half of its lifetime. */
const TOKENS = {
  lost: undefined,
  future: aged(-1),
  fresh: aged(0),
  young: aged(LIFE / 2 - 1),
  older: aged(LIFE / 2),
  last: aged(LIFE - MIN_LIFETIME_MS - 1),
  short: aged(LIFE - MIN_LIFETIME_MS),
  expired: aged(LIFE),
} satisfies Record<string, TokenTimes | undefined>;

const FAILURES = {
  none: undefined,
  waiting: { kind: 'passing', at: NOW - 1_000, retryAt: NOW + 1 },
  due: { kind: 'passing', at: NOW - 1_000, retryAt: NOW },
  /** Recorded before the clock was set back. */
  future: { kind: 'passing', at: NOW + 1, retryAt: NOW + 5_000 },
  final: { kind: 'final' },
} satisfies Record<string, RefreshFailure | undefined>;

/** Availability of the signer. `refused` is an agent that lists the key and declined to sign. */
const SIGNERS = {
  ready: { signer: 'ready' },
  locked: { signer: 'locked' },
  refused: { signer: 'ready', refusal: { at: NOW - 1_000, retryAt: NOW + 1 } },
  none: { signer: 'none' },
} satisfies Record<string, Pick<RefreshInput, 'signer' | 'refusal'>>;

const TABLE = `
token    signer  none          waiting  due           future        final
lost     ready   renewAndWait  retryAt  renewAndWait  renewAndWait  rejected
lost     locked  locked        retryAt  locked        locked        rejected
lost     refused locked        retryAt  locked        locked        rejected
lost     none    rejected      rejected rejected      rejected      rejected
future   ready   renewAndWait  retryAt  renewAndWait  renewAndWait  rejected
future   locked  locked        retryAt  locked        locked        rejected
future   refused locked        retryAt  locked        locked        rejected
future   none    use           use      use           use           use
fresh    ready   use           use      use           use           use
fresh    locked  use           use      use           use           use
fresh    refused use           use      use           use           use
fresh    none    use           use      use           use           use
young    ready   use           use      use           use           use
young    locked  use           use      use           use           use
young    refused use           use      use           use           use
young    none    use           use      use           use           use
older    ready   useAndRenew   use      useAndRenew   useAndRenew   use
older    locked  use           use      use           use           use
older    refused use           use      use           use           use
older    none    use           use      use           use           use
last     ready   useAndRenew   use      useAndRenew   useAndRenew   use
last     locked  use           use      use           use           use
last     refused use           use      use           use           use
last     none    use           use      use           use           use
short    ready   renewAndWait  retryAt  renewAndWait  renewAndWait  rejected
short    locked  locked        retryAt  locked        locked        rejected
short    refused locked        retryAt  locked        locked        rejected
short    none    use           use      use           use           use
expired  ready   renewAndWait  retryAt  renewAndWait  renewAndWait  rejected
expired  locked  locked        retryAt  locked        locked        rejected
expired  refused locked        retryAt  locked        locked        rejected
expired  none    rejected      rejected rejected      rejected      rejected
`;

function rowsOf(table: string): string[][] {
  return table
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/u));
}

describe('next action for a token', () => {
  const [head = [], ...rows] = rowsOf(TABLE);
  const failureNames = head.slice(2);
  const signers = Object.keys(SIGNERS);

  it('covers every combination', () => {
    const wanted = Object.keys(TOKENS).flatMap((token) =>
      signers.map((signer) => `${token} ${signer}`),
    );
    assert.deepEqual(
      rows.map(([token, signer]) => `${token} ${signer}`),
      wanted,
    );
    assert.deepEqual(failureNames, Object.keys(FAILURES));
  });

  for (const [tokenName = '', signer = '', ...decisions] of rows) {
    it(`chooses an action for ${tokenName} token and signer ${signer}`, () => {
      for (const [index, kind] of decisions.entries()) {
        const name = failureNames[index] as keyof typeof FAILURES;
        const lastFailure = FAILURES[name];
        const decision = nextRefreshAction({
          now: NOW,
          token: TOKENS[tokenName as keyof typeof TOKENS],
          refreshFraction: 0.5,
          ...SIGNERS[signer as keyof typeof SIGNERS],
          ...(lastFailure === undefined ? {} : { lastFailure }),
        });
        const expected = kind === 'retryAt' ? { kind, at: FAILURES.waiting.retryAt } : { kind };
        assert.deepEqual(decision, expected, `last failure: ${name}`);
      }
    });
  }

  it('forgets a refusal when its backoff ends or the clock was set back', () => {
    for (const refusal of [
      { at: NOW - 1_000, retryAt: NOW },
      { at: NOW + 1, retryAt: NOW + 5_000 },
    ]) {
      for (const token of Object.values(TOKENS)) {
        for (const signer of ['ready', 'locked', 'none'] as const) {
          const situation = { now: NOW, token, refreshFraction: 0.5, signer };
          assert.deepEqual(
            nextRefreshAction({ ...situation, refusal }),
            nextRefreshAction(situation),
          );
        }
      }
    }
  });

  it('keeps a short-lived token until a tenth of its lifetime is left', () => {
    const life = 8_000;
    const token = { mintedAt: NOW, expiresAt: NOW + life };
    const at = (age: number) =>
      nextRefreshAction({ now: NOW + age, token, refreshFraction: 0.5, signer: 'ready' }).kind;
    assert.deepEqual([0, 3_999, 4_000, 7_199, 7_200, 8_000].map(at), [
      'use',
      'use',
      'useAndRenew',
      'useAndRenew',
      'renewAndWait',
      'renewAndWait',
    ]);
  });

  it('respects the requested reserve', () => {
    const at = (minLifetimeMs: number) =>
      nextRefreshAction({
        now: NOW,
        token: aged(LIFE - 60_000),
        refreshFraction: 0.5,
        signer: 'ready',
        minLifetimeMs,
      });
    assert.deepEqual(at(59_999), { kind: 'useAndRenew' });
    assert.deepEqual(at(60_000), { kind: 'renewAndWait' });
  });
});

describe('any refresh situation', () => {
  const random = seededRandom(1);
  const pick = <T>(values: readonly T[]): T => values[between(random, 0, values.length - 1)]!;

  function anyToken(): TokenTimes | undefined {
    const mintedAt = NOW + between(random, -1_200_000, 60_000);
    const expiresAt = mintedAt + pick([1, 8_000, 60_000, LIFE, 3_600_000]);
    return pick([undefined, { mintedAt, expiresAt }, { mintedAt, expiresAt }]);
  }

  function anyFailure(): RefreshFailure | undefined {
    const at = NOW + between(random, -120_000, 60_000);
    const retryAt = at + between(random, 0, 120_000);
    return pick<RefreshFailure | undefined>([
      undefined,
      { kind: 'final' },
      { kind: 'passing', at, retryAt, serverRequestedDelay: pick([true, false]) },
    ]);
  }

  function check(situation: RefreshInput, decision: RefreshAction): void {
    const { token, signer, lastFailure, refusal } = situation;
    switch (decision.kind) {
      case 'use':
      case 'useAndRenew':
        assert.ok(token !== undefined && NOW < token.expiresAt, 'no expired token is handed out');
        assert.ok(NOW >= token.mintedAt || signer === 'none');
        break;
      case 'retryAt':
        assert.ok(decision.at > NOW);
        break;
      case 'renewAndWait':
      case 'locked':
      case 'rejected':
        break;
    }
    if (decision.kind === 'useAndRenew' || decision.kind === 'renewAndWait') {
      assert.equal(signer, 'ready');
      assert.ok(
        refusal === undefined || !isRefusalActive(refusal, NOW),
        'nobody is asked after a no',
      );
      assert.notEqual(lastFailure?.kind, 'final');
    }
    if (decision.kind === 'rejected') {
      assert.ok(signer === 'none' || lastFailure?.kind === 'final', 'only a definite word rejects');
    }
  }

  function anyRefusal(): AgentRefusal | undefined {
    const at = NOW + between(random, -120_000, 60_000);
    return pick([undefined, { at, retryAt: at + between(random, 0, 120_000) }]);
  }

  it('never returns an expired token and never refreshes after a permanent rejection', () => {
    const kinds = new Set<string>();
    for (let round = 0; round < 50_000; round++) {
      const lastFailure = anyFailure();
      const refusal = anyRefusal();
      const situation: RefreshInput = {
        now: NOW,
        token: anyToken(),
        refreshFraction: drawRefreshFraction(random),
        signer: pick<KeyAvailability>(['ready', 'locked', 'none']),
        ...(lastFailure === undefined ? {} : { lastFailure }),
        ...(refusal === undefined ? {} : { refusal }),
      };
      const decision = nextRefreshAction(situation);
      kinds.add(decision.kind);
      try {
        check(situation, decision);
      } catch (error) {
        throw new Error(JSON.stringify({ situation, decision }), { cause: error });
      }
    }
    assert.deepEqual([...kinds].sort(), [
      'locked',
      'rejected',
      'renewAndWait',
      'retryAt',
      'use',
      'useAndRenew',
    ]);
  });
});

describe('refresh time', () => {
  it('is distributed evenly between 35 and 80 % of the lifetime', () => {
    const random = seededRandom(2);
    const shares = Array.from({ length: 10_000 }, () => drawRefreshFraction(random)).sort();
    assert.ok(shares[0]! >= 0.35 && shares[0]! < 0.352);
    assert.ok(shares.at(-1)! <= 0.8 && shares.at(-1)! > 0.798);
    for (const quantile of [0.25, 0.5, 0.75]) {
      const share = shares[quantile * shares.length]!;
      assert.ok(Math.abs(share - (0.35 + quantile * 0.45)) < 0.01, `${quantile}: ${share}`);
    }
  });

  it('counts from the time of issue', () => {
    assert.equal(getRefreshTime({ mintedAt: NOW, expiresAt: NOW + LIFE }, 0.5), NOW + LIFE / 2);
    assert.equal(getRefreshTime({ mintedAt: NOW, expiresAt: NOW + 8_000 }, 0.35), NOW + 2_800);
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

describe('backoff after a refused signature', () => {
  it('grows from five minutes to an hour', () => {
    assert.deepEqual(
      [1, 2, 3, 50].map(agentRefusalBackoffMs),
      [300_000, 3_600_000, 3_600_000, 3_600_000],
    );
  });
});
