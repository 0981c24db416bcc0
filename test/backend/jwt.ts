import { createHmac, timingSafeEqual } from 'node:crypto';
import { isObject, parseJson } from './envelope';

export type TokenScope = 'account' | 'publish';

/** The claims of an access token; times in seconds since the epoch. */
export interface Claims {
  readonly sub: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly scope: TokenScope;
}

const HEADER = encode({ alg: 'HS256', typ: 'JWT' });

/** Creates a compact JWT signed with HS256. */
export function signJwt(claims: Claims, secret: string): string {
  const signed = `${HEADER}.${encode(claims)}`;
  return `${signed}.${mac(signed, secret).toString('base64url')}`;
}

/** Returns the claims if the signature is valid, else undefined. The caller checks the expiry. */
export function verifyJwt(token: string, secret: string): Claims | undefined {
  const [header, payload, signature, ...rest] = token.split('.');
  if (header !== HEADER || payload === undefined || signature === undefined || rest.length > 0) {
    return undefined;
  }
  const given = Buffer.from(signature, 'base64url');
  const expected = mac(`${header}.${payload}`, secret);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const claims = parseJson(Buffer.from(payload, 'base64url'));
  return isClaims(claims) ? claims : undefined;
}

function isClaims(value: unknown): value is Claims {
  return (
    isObject(value) &&
    typeof value['sub'] === 'string' &&
    typeof value['jti'] === 'string' &&
    typeof value['iat'] === 'number' &&
    typeof value['exp'] === 'number' &&
    (value['scope'] === 'account' || value['scope'] === 'publish')
  );
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function mac(text: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}
