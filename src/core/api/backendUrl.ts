import { I99dashError } from '../errors';
import { t } from '../text/l10n';
import { isLoopback } from '../http/loopback';
import { isThisComputer, leadsHere } from '../http/localAddresses';

/** Limit for a URL in a message, in characters. */
const MAX_ORIGIN = 300;

/**
 * Validates a URL that receives credentials or signatures: https, or http on loopback; no user
 * name, query or fragment.
 * @returns The URL without a trailing slash.
 * @throws BACKEND_REFUSED
 */
export function parseBackendUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) {
    // The value is not quoted, because even an invalid URL may contain a password.
    throw new I99dashError(
      'BACKEND_REFUSED',
      t("The backend's URL is not a URL; it should look like {0}.", 'https://api.i99dash.app'),
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new I99dashError(
      'BACKEND_REFUSED',
      t("The backend's URL must not hold a user name or password."),
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw new I99dashError('BACKEND_REFUSED', t("The backend's URL must end with its path."));
  }
  assertSecureUrl(url, 'backend');
  let path = url.pathname;
  while (path.endsWith('/')) {
    path = path.slice(0, -1);
  }
  return url.origin + path;
}

/** The kind of endpoint. */
export type SecurePlace = 'backend' | 'storage' | 'codePage';

/**
 * Checks that a URL uses https, or http on loopback.
 * @throws BACKEND_REFUSED; the message contains only the origin
 */
export function assertSecureUrl(url: URL, what: SecurePlace): void {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new I99dashError('BACKEND_REFUSED', unsafe(brief(`${url.protocol}//${url.host}`), what));
  }
}

/**
 * Prevents a remote backend from directing requests to services on this computer, which trust local
 * clients. A local backend may name other local services. The addresses that a name resolves to are
 * checked on connect: see {@link isElsewhere}.
 * @param backendUrl As {@link parseBackendUrl} returns it.
 * @throws BACKEND_REFUSED; the message contains only the origin
 */
export function assertNotLocal(url: URL, backendUrl: string): void {
  if (isThisComputer(url.hostname) && isElsewhere(backendUrl)) {
    throw leadsHere(brief(`${url.protocol}//${url.host}`));
  }
}

/**
 * Checks whether the backend runs on another computer.
 * @param backendUrl As {@link parseBackendUrl} returns it.
 */
export function isElsewhere(backendUrl: string): boolean {
  return !isThisComputer(new URL(backendUrl).hostname);
}

function unsafe(origin: string, what: SecurePlace): string {
  switch (what) {
    case 'backend':
      return t(
        'The backend at {0} is not safe to talk to: it must be https (http is for this computer alone).',
        origin,
      );
    case 'storage':
      return t(
        'The storage at {0} is not safe to talk to: it must be https (http is for this computer alone).',
        origin,
      );
    case 'codePage':
      return t(
        'The page for the code at {0} is not safe to talk to: it must be https (http is for this computer alone).',
        origin,
      );
  }
}

/** Cuts the origin. Valid host names are shorter than the limit. */
function brief(origin: string): string {
  return origin.length > MAX_ORIGIN ? `${origin.slice(0, MAX_ORIGIN)}…` : origin;
}
