import { pathSegment } from './pathSegment';

/**
 * Returns the SSH keys page of the web console. The path `/account/ssh-keys` is assumed: the
 * documentation names only the menu, Account → SSH keys.
 */
export function sshKeysPage(webConsoleUrl: string): string {
  return consolePage(webConsoleUrl, 'account/ssh-keys');
}

/**
 * Returns the page of a mini-app.
 * @throws PROTOCOL for an ID that cannot be part of a URL
 */
export function appPage(webConsoleUrl: string, appId: string): string {
  return consolePage(webConsoleUrl, `developers/apps/${pathSegment(appId)}`);
}

/** Returns the page where the user requests developer access. */
export function requestAccessPage(webConsoleUrl: string): string {
  return consolePage(webConsoleUrl, 'developers/request-access');
}

function consolePage(webConsoleUrl: string, path: string): string {
  return `${webConsoleUrl.replace(/(?<!\/)\/+$/u, '')}/${path}`;
}
