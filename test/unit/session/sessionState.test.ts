import assert from 'node:assert/strict';
import { I99dashError } from '../../../src/core/errors';
import type { RefreshFailure } from '../../../src/core/session/refreshPolicy';
import type { SessionProfile } from '../../../src/core/session/sessionRecord';
import {
  isSameState,
  toSettledState,
  type CurrentSession,
  type SettledState,
} from '../../../src/core/session/sessionState';

const NOW = 1_000_000;
const error = new I99dashError('OFFLINE', 'now');
const account = { devId: 'dev_1', email: null, displayName: null, isDeveloper: true };
const profile: SessionProfile = {
  sessionId: 'one',
  account,
  source: 'ssh',
  fingerprint: 'SHA256:1',
};
const minted = {
  token: 'first',
  mintedAt: NOW,
  refreshAt: NOW + 450_000,
  expiresAt: NOW + 900_000,
};

const retry = { error, cause: 'network', attempts: 1, at: NOW, retryAt: NOW + 5 } as const;
const FAILURES = {
  none: undefined,
  first: { kind: 'transient', ...retry, isShown: false },
  second: { kind: 'transient', ...retry, isShown: true },
  locked: { kind: 'locked', error },
  rejected: { kind: 'rejected', error },
} satisfies Record<string, RefreshFailure | undefined>;

function session(failure: RefreshFailure | undefined, isTokenRejected = false): CurrentSession {
  return { profile, minted, isTokenRejected, needsVerification: false, failure };
}

/** The state for each last failure, with and without a token that can be used. */
const ROWS = [
  ['none', 'signedIn', 'signedIn'],
  ['first', 'signedIn', 'offline'],
  ['second', 'offline', 'offline'],
  ['locked', 'signedIn', 'locked'],
  ['rejected', 'rejected', 'rejected'],
] as const;

describe('session state', () => {
  it('is signed out without a session', () => {
    assert.deepEqual(toSettledState(undefined, NOW), { kind: 'signedOut' });
  });

  for (const [name, withToken, withoutToken] of ROWS) {
    it(`follows from the token after failure ${name}`, () => {
      const failure: RefreshFailure | undefined = FAILURES[name];
      assert.equal(toSettledState(session(failure), NOW).kind, withToken);
      assert.equal(toSettledState(session(failure), minted.expiresAt).kind, withoutToken);
      assert.equal(toSettledState(session(failure, true), NOW).kind, withoutToken);
    });
  }

  it('names the failure and the next attempt', () => {
    assert.deepEqual(toSettledState(session(FAILURES.second), NOW), {
      ...{ kind: 'offline', profile, minted },
      ...{ failure: error, retryAt: retry.retryAt },
    });
  });

  it('looks the same until its session, token or failure changes', () => {
    const state: SettledState = { kind: 'locked', profile, minted, failure: error };
    assert.ok(isSameState(state, { ...state }));
    for (const change of [
      { profile: { ...profile } },
      { minted: { ...minted } },
      { failure: new I99dashError('OFFLINE', 'now') },
      { kind: 'rejected' } as const,
    ]) {
      assert.ok(!isSameState(state, { ...state, ...change }));
    }
    assert.ok(!isSameState(state, { kind: 'signedOut' }));
  });
});
