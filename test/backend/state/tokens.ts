import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { signJwt, type TokenScope, verifyJwt } from '../jwt';
import type { IssuedToken, Tables } from './model';

export interface TokenRequest {
  readonly devId: string;
  readonly keyId?: string | null;
  readonly scope?: TokenScope;
  readonly lifeSeconds: number;
}

/** The result of verifying a bearer credential. */
export type Verdict =
  | { readonly kind: 'valid'; readonly devId: string; readonly scope: TokenScope }
  | { readonly kind: 'expired' }
  | { readonly kind: 'invalid' };

const API_KEY_PREFIX = 'i99k_';

/** Access tokens and API keys. */
export class Tokens {
  constructor(private readonly tables: Tables) {}

  /** Mints an access token; `iat` and `exp` are in whole seconds. */
  mint({ devId, keyId = null, scope = 'account', lifeSeconds }: TokenRequest): string {
    const { data, now, changed } = this.tables;
    const iat = Math.floor(now() / 1000);
    const claims = { sub: devId, iat, exp: iat + lifeSeconds, jti: randomUUID(), scope };
    data.tokens = data.tokens.filter((token) => token.expiresAt > now());
    data.tokens.push({ jti: claims.jti, devId, keyId, scope, expiresAt: claims.exp * 1000 });
    changed();
    return signJwt(claims, data.secret);
  }

  /** Verifies a bearer credential: an API key or an access token. */
  verify(credential: string): Verdict {
    const { data, now } = this.tables;
    if (credential.startsWith(API_KEY_PREFIX)) {
      const apiKey = data.apiKeys.find(({ hash }) => hash === sha256(credential));
      return apiKey
        ? { kind: 'valid', devId: apiKey.devId, scope: 'account' }
        : { kind: 'invalid' };
    }
    const claims = verifyJwt(credential, data.secret);
    if (claims === undefined) return { kind: 'invalid' };
    if (now() >= claims.exp * 1000) return { kind: 'expired' };
    const issued = data.tokens.some(({ jti }) => jti === claims.jti);
    return issued ? { kind: 'valid', devId: claims.sub, scope: claims.scope } : { kind: 'invalid' };
  }

  /** Returns the jti of a token with a valid signature, for the request log. */
  idOf(credential: string): string | undefined {
    return verifyJwt(credential, this.tables.data.secret)?.jti;
  }

  /** Returns the valid tokens: neither expired nor revoked. */
  alive(): IssuedToken[] {
    return this.tables.data.tokens.filter(({ expiresAt }) => expiresAt > this.tables.now());
  }

  /**
   * Revokes the tokens that match all given fields, or all tokens without any, and returns their
   * number.
   */
  revoke(match: { jti?: string; devId?: string; keyId?: string } = {}): number {
    const { data, changed } = this.tables;
    const kept = data.tokens.filter(
      (token) =>
        (match.jti !== undefined && match.jti !== token.jti) ||
        (match.devId !== undefined && match.devId !== token.devId) ||
        (match.keyId !== undefined && match.keyId !== token.keyId),
    );
    const revoked = data.tokens.length - kept.length;
    data.tokens = kept;
    changed();
    return revoked;
  }

  /** Mints the long-lived API key of an account; the previous one becomes invalid. */
  mintApiKey(devId: string): string {
    const { data, changed } = this.tables;
    const apiKey = API_KEY_PREFIX + randomBytes(32).toString('base64url');
    this.revokeApiKey(devId);
    data.apiKeys.push({ devId, hash: sha256(apiKey) });
    changed();
    return apiKey;
  }

  /** Invalidates the API key of an account. */
  revokeApiKey(devId: string): void {
    const { data, changed } = this.tables;
    data.apiKeys = data.apiKeys.filter((apiKey) => apiKey.devId !== devId);
    changed();
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
