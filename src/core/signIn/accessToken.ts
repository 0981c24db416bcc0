import { isJsonObject, parseJson } from '../platform/json';

/** Lifetime of an access token when the response does not state one, in milliseconds. */
export const DEFAULT_TOKEN_LIFE_MS = 15 * 60 * 1000;
/** Longest plausible lifetime of an access token, in milliseconds. Longer claims are ignored. */
const MAX_TOKEN_LIFE_MS = 366 * 24 * 60 * 60 * 1000;

/**
 * Expiry of a credential that is valid until it is revoked, in milliseconds since the epoch: the
 * latest time a `Date` can represent.
 */
export const NO_EXPIRY = 8.64e15;

/** Returns the lifetime as {@link knownLifeMs} does, or 15 minutes when it is unknown. */
export function tokenLifeMs(token: string, expiresInSeconds?: number): number {
  return knownLifeMs(token, expiresInSeconds) ?? DEFAULT_TOKEN_LIFE_MS;
}

/**
 * Returns the expiry of a credential that cannot be refreshed, in milliseconds since the epoch, or
 * {@link NO_EXPIRY} when it is unknown.
 * A JWT with `exp` but no `iat` expires at `exp`: only this case compares the server's clock with
 * ours, because nothing else states the lifetime. An `exp` in the past or more than 366 days ahead
 * is ignored, because the backend has just accepted the token.
 * @param mintedAt When the token was received, in milliseconds since the epoch.
 */
export function computeExpiry(token: string, mintedAt: number, expiresInSeconds?: number): number {
  const untilExp = readNumber(decodeClaims(token)?.['exp']) * 1000 - mintedAt;
  const life =
    knownLifeMs(token, expiresInSeconds) ?? (isPlausibleLife(untilExp) ? untilExp : undefined);
  return life === undefined ? NO_EXPIRY : mintedAt + life;
}

/**
 * Returns a token's lifetime in milliseconds: `exp − iat` of a JWT with both, which avoids
 * comparing the server's clock with ours, else `expires_in` (seconds) of the response. The
 * signature is for the server to check.
 */
function knownLifeMs(token: string, expiresInSeconds?: number): number | undefined {
  const claims = decodeClaims(token);
  const fromClaims = (readNumber(claims?.['exp']) - readNumber(claims?.['iat'])) * 1000;
  for (const life of [fromClaims, readNumber(expiresInSeconds) * 1000]) {
    if (isPlausibleLife(life)) {
      return life;
    }
  }
  return undefined;
}

function isPlausibleLife(ms: number): boolean {
  return ms > 0 && ms <= MAX_TOKEN_LIFE_MS;
}

/**
 * Checks whether two tokens have the same subject, as far as their claims show. Only a hint,
 * because signatures are not verified.
 */
export function isSameSubject(one: string, other: string): boolean {
  const [first, second] = [one, other].map((token) => decodeClaims(token)?.['sub']);
  return first === second || typeof first !== 'string' || typeof second !== 'string';
}

function decodeClaims(token: string): Record<string, unknown> | undefined {
  const payload = token.split('.')[1];
  if (payload === undefined) {
    return undefined;
  }
  const claims = parseJson(Buffer.from(payload, 'base64url').toString('utf8'))?.value;
  return isJsonObject(claims) ? claims : undefined;
}

function readNumber(value: unknown): number {
  return typeof value === 'number' ? value : NaN;
}
