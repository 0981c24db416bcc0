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

/** A handler that demands a bearer credential; with `publish`, one of scope publish will do. */
export function authenticated(scope: TokenScope, handler: AccountHandler): Handler {
  return (request, context, params) =>
    handler(request, context, authenticate(request, context, scope), params);
}

/** As `authenticated`, for those who are developers. */
export function asDeveloper(scope: TokenScope, handler: AccountHandler): Handler {
  return authenticated(scope, (request, context, account, params) => {
    if (!account.isDeveloper) {
      throw new HttpError(403, 'DEVELOPER_REQUIRED', 'request developer access first');
    }
    return handler(request, context, account, params);
  });
}

/** The credential of a Bearer header, if there is one. */
export function bearerOf(request: Pick<BackendRequest, 'headers'>): string | undefined {
  return /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
}

/** The account behind the bearer. Throws 401 for a bad credential and 403 for too small a scope. */
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
