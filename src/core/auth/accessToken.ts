import { isJsonObject, parseJson } from '../json';

/** The life the backend gives an access token when nothing in it tells otherwise, in milliseconds. */
export const DEFAULT_TOKEN_LIFE_MS = 15 * 60 * 1000;
/** What a JWT claims beyond this is no access token's life, in milliseconds. */
const MAX_TOKEN_LIFE_MS = 366 * 24 * 60 * 60 * 1000;

/** When a credential ends that lives until it is revoked, in milliseconds since the epoch: the last moment that a `Date` knows. */
export const NEVER = 8.64e15;

/** As {@link knownLifeMs}, and 15 minutes when nothing tells. */
export function tokenLifeMs(token: string, expiresInSeconds?: number): number {
  return knownLifeMs(token, expiresInSeconds) ?? DEFAULT_TOKEN_LIFE_MS;
}

/**
 * When a credential ends that nothing renews, in milliseconds since the epoch; {@link NEVER} when nothing tells.
 * A JWT with `exp` and no `iat` ends at `exp`: only here does the server's clock meet ours, for nothing else tells its life.
 * An `exp` that has passed already, or is more than 366 days away, tells nothing: the backend has just accepted the token.
 * @param mintedAt when the token was received, in milliseconds since the epoch
 */
export function expiryOf(token: string, mintedAt: number, expiresInSeconds?: number): number {
  const untilExp = numberOf(decodeClaims(token)?.['exp']) * 1000 - mintedAt;
  const life =
    knownLifeMs(token, expiresInSeconds) ?? (isPlausibleLife(untilExp) ? untilExp : undefined);
  return life === undefined ? NEVER : mintedAt + life;
}

/**
 * How long a token lives, in milliseconds: `exp − iat` when it is a JWT with both, so that the server's clock never meets ours;
 * else the answer's `expires_in` (seconds). The signature is the server's business and not checked.
 */
function knownLifeMs(token: string, expiresInSeconds?: number): number | undefined {
  const claims = decodeClaims(token);
  const fromClaims = (numberOf(claims?.['exp']) - numberOf(claims?.['iat'])) * 1000;
  for (const life of [fromClaims, numberOf(expiresInSeconds) * 1000]) {
    if (isPlausibleLife(life)) {
      return life;
    }
  }
  return undefined;
}

function isPlausibleLife(ms: number): boolean {
  return ms > 0 && ms <= MAX_TOKEN_LIFE_MS;
}

/** Whether two tokens name the same subject, as far as their claims tell: a hint, for nothing here checks a signature. */
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

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : NaN;
}
