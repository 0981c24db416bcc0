import assert from 'node:assert/strict';
import type { AccessToken } from '../../../src/core/signIn/requestToken';
import type { SessionProfile } from '../../../src/core/session/sessionRecord';
import {
  transition,
  type SessionEvent,
  type SettledState,
} from '../../../src/core/session/sessionState';
import { I99dashError } from '../../../src/core/errors';

const account = { devId: 'dev_1', email: null, displayName: null, isDeveloper: true };
const profile: SessionProfile = {
  sessionId: 'one',
  account,
  source: 'ssh',
  fingerprint: 'SHA256:1',
};
const other: SessionProfile = { ...profile, sessionId: 'two' };
const minted: AccessToken = { token: 'first', mintedAt: 1, expiresAt: 2 };
const newer: AccessToken = { token: 'second', mintedAt: 2, expiresAt: 3 };
const before = new I99dashError('OFFLINE', 'before');
const failure = new I99dashError('TIMEOUT', 'now');

const STATES = {
  signedOut: { kind: 'signedOut' },
  signedIn: { kind: 'signedIn', profile, minted },
  tokenLost: { kind: 'signedIn', profile, minted: undefined },
  locked: { kind: 'locked', profile, minted, failure: before },
  offline: { kind: 'offline', profile, minted, failure: before, retryAt: 5 },
  rejected: { kind: 'rejected', profile, minted, failure: before },
} satisfies Record<string, SettledState>;
type StateName = keyof typeof STATES;

const EVENTS = {
  taken: { kind: 'taken', profile: other, minted: newer },
  ended: { kind: 'ended' },
  renewed: { kind: 'renewed', sessionId: 'one', minted: newer },
  replaced: { kind: 'replaced', sessionId: 'one', minted: newer },
  locked: { kind: 'locked', sessionId: 'one', failure },
  failed: { kind: 'failed', sessionId: 'one', failure, retryAt: 9 },
  rejected: { kind: 'rejected', sessionId: 'one', failure },
  recovered: { kind: 'recovered', sessionId: 'one' },
} satisfies Record<string, SessionEvent>;
type EventName = keyof typeof EVENTS;

/** The state of a signed-in session after each event. `same` is the same object. */
const HELD_AFTER: Record<EventName, (minted: AccessToken | undefined) => SettledState> = {
  taken: () => ({ kind: 'signedIn', profile: other, minted: newer }),
  ended: () => ({ kind: 'signedOut' }),
  renewed: () => ({ kind: 'signedIn', profile, minted: newer }),
  replaced: () => ({ kind: 'signedIn', profile, minted: newer }),
  locked: (token) => ({ kind: 'locked', profile, minted: token, failure }),
  failed: (token) => ({ kind: 'offline', profile, minted: token, failure, retryAt: 9 }),
  rejected: (token) => ({ kind: 'rejected', profile, minted: token, failure }),
  recovered: (token) => ({ kind: 'signedIn', profile, minted: token }),
};

/** Events that change nothing. */
const SAME: readonly [StateName, EventName][] = [
  ['signedOut', 'renewed'],
  ['signedOut', 'replaced'],
  ['signedOut', 'locked'],
  ['signedOut', 'failed'],
  ['signedOut', 'rejected'],
  ['signedOut', 'recovered'],
  ['signedOut', 'ended'],
  ['signedIn', 'recovered'],
  ['tokenLost', 'recovered'],
];

const keysOf = <T extends string>(record: Record<T, unknown>): T[] => Object.keys(record) as T[];

describe('session state transitions', () => {
  for (const stateName of keysOf(STATES)) {
    for (const eventName of keysOf(EVENTS)) {
      if (stateName === 'offline' && eventName === 'replaced') continue; // tested below
      const isSame = SAME.some(([state, event]) => state === stateName && event === eventName);
      it(`handles ${stateName} + ${eventName}${isSame ? ' without a change' : ''}`, () => {
        const state: SettledState = STATES[stateName];
        const next = transition(state, EVENTS[eventName]);
        if (isSame) {
          assert.equal(next, state);
          return;
        }
        const token = state.kind === 'signedOut' ? undefined : state.minted;
        assert.deepEqual(next, HELD_AFTER[eventName](token));
      });
    }
  }
});

describe('session that is offline because its new tokens are rejected', () => {
  it('stays offline when another token is issued', () => {
    assert.deepEqual(transition(STATES.offline, EVENTS.replaced), {
      ...STATES.offline,
      minted: newer,
    });
  });
});

describe('events of another session', () => {
  for (const stateName of keysOf(STATES)) {
    it(`do not change the state ${stateName}`, () => {
      const state: SettledState = STATES[stateName];
      for (const event of Object.values(EVENTS)) {
        if ('sessionId' in event) {
          assert.equal(transition(state, { ...event, sessionId: 'another' }), state);
        }
      }
    });
  }
});
