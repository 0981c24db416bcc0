import { isJsonObject, parseJson } from '../json';

/** The life the backend gives an access token when nothing in it tells otherwise, in milliseconds. */
export const DEFAULT_TOKEN_LIFE_MS = 15 * 60 * 1000;
/** What a JWT claims beyond this is no access token's life, in milliseconds. */
const MAX_TOKEN_LIFE_MS = 366 * 24 * 60 * 60 * 1000;

/**
 * How long a token lives, in milliseconds: `exp − iat` when it is a JWT with both, so that the server's clock never meets ours;
 * else the answer's `expires_in` (seconds); else 15 minutes. The signature is the server's business and not checked.
 */
export function tokenLifeMs(token: string, expiresInSeconds?: number): number {
  const claims = decodeClaims(token);
  const fromClaims = (numberOf(claims?.['exp']) - numberOf(claims?.['iat'])) * 1000;
  for (const life of [fromClaims, numberOf(expiresInSeconds) * 1000]) {
    if (life > 0 && life <= MAX_TOKEN_LIFE_MS) {
      return life;
    }
  }
  return DEFAULT_TOKEN_LIFE_MS;
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
