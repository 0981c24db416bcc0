import { I99dashError } from '../errors';
import { t } from '../l10n';
import { isLoopback } from './loopback';
import { isThisComputer, leadsHere } from './ownAddresses';

/** Characters of a URL that a message names. */
const MAX_ORIGIN = 300;

/**
 * Checks a URL that a credential or a signature is going to: https, or http on loopback; no user name, query or fragment.
 * @returns the URL without a trailing slash
 * @throws BACKEND_REFUSED
 */
export function parseBackendUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) {
    // Not quoted: even what is no URL may hold a password.
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

/** What is talked to. */
export type SecurePlace = 'backend' | 'storage' | 'codePage';

/**
 * Holds a URL to the transport rule: https, or http on loopback.
 * @throws BACKEND_REFUSED, naming the origin alone
 */
export function assertSecureUrl(url: URL, what: SecurePlace): void {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new I99dashError('BACKEND_REFUSED', unsafe(brief(`${url.protocol}//${url.host}`), what));
  }
}

/**
 * Keeps what a backend elsewhere names away from the services of this computer: they trust whatever comes from it. One that runs here itself
 * may name its neighbours. What a name resolves to is checked when it is connected to: see {@link isElsewhere}.
 * @param backendUrl as {@link parseBackendUrl} returns it
 * @throws BACKEND_REFUSED, naming the origin alone
 */
export function assertNotLocal(url: URL, backendUrl: string): void {
  if (isThisComputer(url.hostname) && isElsewhere(backendUrl)) {
    throw leadsHere(brief(`${url.protocol}//${url.host}`));
  }
}

/** True for a backend that does not run on this computer. @param backendUrl as {@link parseBackendUrl} returns it */
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

/** No host that there is has a longer name. */
function brief(origin: string): string {
  return origin.length > MAX_ORIGIN ? `${origin.slice(0, MAX_ORIGIN)}…` : origin;
}
