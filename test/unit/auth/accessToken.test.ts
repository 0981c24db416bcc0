import assert from 'node:assert/strict';
import { isTokenText } from '../../../src/core/api/bearerToken';
import {
  DEFAULT_TOKEN_LIFE_MS,
  expiryOf,
  isSameSubject,
  NEVER,
  tokenLifeMs,
} from '../../../src/core/auth/accessToken';

function jwt(claims: unknown): string {
  const encode = (value: unknown): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ alg: 'none' })}.${encode(claims)}.signature`;
}

describe('the life of a token', () => {
  for (const [title, token, expiresIn, life] of [
    ['is exp − iat of a JWT', jwt({ iat: 1000, exp: 1600 }), undefined, 600_000],
    [
      'is exp − iat also when the answer says otherwise',
      jwt({ iat: 1000, exp: 1600 }),
      30,
      600_000,
    ],
    ['is expires_in of an opaque token', 'opaque', 30, 30_000],
    ['is expires_in of a JWT without iat', jwt({ exp: 1600 }), 30, 30_000],
    ['is 15 minutes otherwise', 'opaque', undefined, DEFAULT_TOKEN_LIFE_MS],
    [
      'is 15 minutes for exp before iat',
      jwt({ iat: 1600, exp: 1000 }),
      undefined,
      DEFAULT_TOKEN_LIFE_MS,
    ],
    ['is 15 minutes for absurd claims', jwt({ iat: 0, exp: 1e300 }), -5, DEFAULT_TOKEN_LIFE_MS],
    ['is 15 minutes for claims that are no object', jwt([1]), undefined, DEFAULT_TOKEN_LIFE_MS],
    ['is 15 minutes for a payload that is no JSON', 'a.!!!.c', undefined, DEFAULT_TOKEN_LIFE_MS],
  ] as const) {
    it(title, () => assert.equal(tokenLifeMs(token, expiresIn), life));
  }

  it('is told from another of the same subject by nothing, and of another by its claims', () => {
    assert.equal(isSameSubject(jwt({ sub: 'a', jti: '1' }), jwt({ sub: 'a', jti: '2' })), true);
    assert.equal(isSameSubject(jwt({ sub: 'a' }), jwt({ sub: 'b' })), false);
    for (const silent of ['', 'opaque', jwt({}), jwt({ sub: 7 })]) {
      assert.equal(isSameSubject(jwt({ sub: 'a' }), silent), true);
      assert.equal(isSameSubject(silent, jwt({ sub: 'a' })), true);
    }
  });

  it('counts only for what may stand in a header', () => {
    assert.ok(isTokenText('abc.def-_~+/='));
    for (const bad of ['', 'a b', 'a\r\nX: y', 'é', 'a'.repeat(8193), 7, undefined]) {
      assert.ok(!isTokenText(bad));
    }
  });
});

describe('the end of a token that nothing renews', () => {
  const NOW = Date.parse('2026-01-01T09:00:00Z');
  const inSeconds = (seconds: number): number => NOW / 1000 + seconds;
  const YEAR_SECONDS = 366 * 24 * 3600;

  for (const [title, token, expiresIn, expected] of [
    ['comes after exp − iat, whatever the local clock says', { iat: 1000, exp: 1600 }, 30, 600_000],
    ['comes after expires_in where there is no iat', { exp: inSeconds(600) }, 30, 30_000],
    ['is exp where nothing else tells', { exp: inSeconds(600) }, undefined, 600_000],
    [
      'is exp of 366 days at most',
      { exp: inSeconds(YEAR_SECONDS) },
      undefined,
      YEAR_SECONDS * 1000,
    ],
    ['is unknown for a later exp', { exp: inSeconds(YEAR_SECONDS + 1) }, undefined, Infinity],
    ['is unknown for an exp that has passed', { exp: inSeconds(0) }, undefined, Infinity],
    ['is unknown for an exp that is no number', { exp: 'soon' }, undefined, Infinity],
    ['is unknown without exp', {}, undefined, Infinity],
  ] as const) {
    it(title, () => {
      const end = expected === Infinity ? NEVER : NOW + expected;
      assert.equal(expiryOf(jwt(token), NOW, expiresIn), end);
    });
  }
});
