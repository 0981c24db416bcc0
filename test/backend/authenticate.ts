import { type BackendRequest, type Context, type Handler, HttpError } from './exchange';
import type { BackendResponse, Params } from './exchange';
import type { Account } from './state/model';
import type { TokenScope } from './jwt';

type AccountHandler = (
  request: BackendRequest,
  context: Context,
  account: Account,
  params: Params,
) => BackendResponse | Promise<BackendResponse>;

/**
 * Wraps a handler that requires a bearer credential; with `publish`, the scope publish is
 * sufficient.
 */
export function authenticated(scope: TokenScope, handler: AccountHandler): Handler {
  return (request, context, params) =>
    handler(request, context, authenticate(request, context, scope), params);
}

/** Like `authenticated`, and requires a developer account. */
export function asDeveloper(scope: TokenScope, handler: AccountHandler): Handler {
  return authenticated(scope, (request, context, account, params) => {
    if (!account.isDeveloper) {
      throw new HttpError(403, 'DEVELOPER_REQUIRED', 'request developer access first');
    }
    return handler(request, context, account, params);
  });
}

/** Returns the credential of a Bearer header, if there is one. */
export function bearerOf(request: Pick<BackendRequest, 'headers'>): string | undefined {
  return /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
}

/**
 * Returns the account of the bearer credential.
 * @throws HttpError 401 for an invalid credential and 403 for an insufficient scope
 */
function authenticate(request: BackendRequest, { state }: Context, scope: TokenScope): Account {
  const credential = bearerOf(request);
  if (credential === undefined) throw unauthorized('a bearer token is required');
  const verdict = state.tokens.verify(credential);
  if (verdict.kind === 'expired') {
    throw new HttpError(401, 'TOKEN_EXPIRED', 'the token has expired');
  }
  if (verdict.kind !== 'valid') throw unauthorized('the token is invalid or was revoked');
  const account = state.accounts.find(verdict.devId);
  if (account === undefined) throw unauthorized('the account is gone');
  if (verdict.scope === 'publish' && scope !== 'publish') {
    throw new HttpError(403, 'INSUFFICIENT_SCOPE', 'this token may only publish');
  }
  return account;
}

function unauthorized(message: string): HttpError {
  return new HttpError(401, 'UNAUTHORIZED', message, { 'www-authenticate': 'Bearer' });
}
