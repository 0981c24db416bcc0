import type { Backend } from '../backend/server';
import type { LoggedRequest } from '../backend/request-log';

const VERIFY = '/api/v1/auth/ssh/verify';

/** Returns the exchanges that minted a token, oldest first. */
export function mints({ requests }: Backend): LoggedRequest[] {
  return requests.filter(isMint);
}

/** Waits until one more token, or `more` tokens, have been minted than now. */
export async function mintedAgain(backend: Backend, more = 1): Promise<LoggedRequest> {
  const before = mints(backend).length;
  return backend.waitForRequest(
    (entry) => isMint(entry) && mints(backend).indexOf(entry) >= before + more - 1,
  );
}

/** Waits for the response to a request of a path that is sent after this call. */
export async function called(backend: Backend, path: string): Promise<LoggedRequest> {
  const before = backend.requests.length;
  return backend.waitForRequest(
    (entry) =>
      entry.path === path &&
      entry.status !== undefined &&
      backend.requests.indexOf(entry) >= before,
  );
}

function isMint({ path, status }: LoggedRequest): boolean {
  return path === VERIFY && status === 200;
}
