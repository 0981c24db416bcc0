import { pathSegment } from './api/pathSegment';

/**
 * Addresses in the web console, below the configured one. `/account/ssh-keys` is assumed: the documents name the place only by its
 * menu, Account → SSH keys.
 */
export function sshKeysPage(webConsoleUrl: string): string {
  return below(webConsoleUrl, 'account/ssh-keys');
}

/** The page of one mini-app. @throws PROTOCOL for an id that no address can hold */
export function appPage(webConsoleUrl: string, appId: string): string {
  return below(webConsoleUrl, `developers/apps/${pathSegment(appId)}`);
}

/** The page where developer access is asked for. */
export function requestAccessPage(webConsoleUrl: string): string {
  return below(webConsoleUrl, 'developers/request-access');
}

function below(webConsoleUrl: string, path: string): string {
  return `${webConsoleUrl.replace(/(?<!\/)\/+$/u, '')}/${path}`;
}
