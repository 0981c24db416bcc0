import assert from 'node:assert/strict';
import { isTokenText } from '../../../src/core/api/bearerToken';
import {
  DEFAULT_TOKEN_LIFE_MS,
  computeExpiry,
  isSameSubject,
  NO_EXPIRY,
  tokenLifeMs,
} from '../../../src/core/signIn/accessToken';

function jwt(claims: unknown): string {
  const encode = (value: unknown): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ alg: 'none' })}.${encode(claims)}.signature`;
}

describe('access token lifetime', () => {
  for (const [title, token, expiresIn, life] of [
    ['is exp − iat for a JWT', jwt({ iat: 1000, exp: 1600 }), undefined, 600_000],
    ['prefers exp − iat to a different expires_in', jwt({ iat: 1000, exp: 1600 }), 30, 600_000],
    ['is expires_in for an opaque token', 'opaque', 30, 30_000],
    ['is expires_in for a JWT without iat', jwt({ exp: 1600 }), 30, 30_000],
    ['defaults to 15 minutes', 'opaque', undefined, DEFAULT_TOKEN_LIFE_MS],
    [
      'defaults to 15 minutes when exp precedes iat',
      jwt({ iat: 1600, exp: 1000 }),
      undefined,
      DEFAULT_TOKEN_LIFE_MS,
    ],
    [
      'defaults to 15 minutes for absurd claims',
      jwt({ iat: 0, exp: 1e300 }),
      -5,
      DEFAULT_TOKEN_LIFE_MS,
    ],
    [
      'defaults to 15 minutes when the claims are not an object',
      jwt([1]),
      undefined,
      DEFAULT_TOKEN_LIFE_MS,
    ],
    [
      'defaults to 15 minutes when the payload is not JSON',
      'a.!!!.c',
      undefined,
      DEFAULT_TOKEN_LIFE_MS,
    ],
  ] as const) {
    it(title, () => assert.equal(tokenLifeMs(token, expiresIn), life));
  }

  it('compares subjects by the claims of JWTs and treats opaque tokens as equal', () => {
    assert.equal(isSameSubject(jwt({ sub: 'a', jti: '1' }), jwt({ sub: 'a', jti: '2' })), true);
    assert.equal(isSameSubject(jwt({ sub: 'a' }), jwt({ sub: 'b' })), false);
    for (const silent of ['', 'opaque', jwt({}), jwt({ sub: 7 })]) {
      assert.equal(isSameSubject(jwt({ sub: 'a' }), silent), true);
      assert.equal(isSameSubject(silent, jwt({ sub: 'a' })), true);
    }
  });

  it('accepts only characters that are valid in a header', () => {
    assert.ok(isTokenText('abc.def-_~+/='));
    for (const bad of ['', 'a b', 'a\r\nX: y', 'é', 'a'.repeat(8193), 7, undefined]) {
      assert.ok(!isTokenText(bad));
    }
  });
});

describe('expiry of a token without refresh', () => {
  const NOW = Date.parse('2026-01-01T09:00:00Z');
  const inSeconds = (seconds: number): number => NOW / 1000 + seconds;
  const YEAR_SECONDS = 366 * 24 * 3600;

  for (const [title, token, expiresIn, expected] of [
    ['is exp − iat from now, whatever the local clock says', { iat: 1000, exp: 1600 }, 30, 600_000],
    ['is expires_in from now without iat', { exp: inSeconds(600) }, 30, 30_000],
    [
      'is exp when there is neither iat nor expires_in',
      { exp: inSeconds(600) },
      undefined,
      600_000,
    ],
    [
      'accepts an exp up to 366 days ahead',
      { exp: inSeconds(YEAR_SECONDS) },
      undefined,
      YEAR_SECONDS * 1000,
    ],
    ['is unknown for a later exp', { exp: inSeconds(YEAR_SECONDS + 1) }, undefined, Infinity],
    ['is unknown for an exp in the past', { exp: inSeconds(0) }, undefined, Infinity],
    ['is unknown for an exp that is not a number', { exp: 'soon' }, undefined, Infinity],
    ['is unknown without exp', {}, undefined, Infinity],
  ] as const) {
    it(title, () => {
      const end = expected === Infinity ? NO_EXPIRY : NOW + expected;
      assert.equal(computeExpiry(jwt(token), NOW, expiresIn), end);
    });
  }
});
