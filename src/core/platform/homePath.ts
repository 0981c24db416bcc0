import { homedir, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * Returns the absolute path of the home folder without a trailing slash. A relative `HOME` is
 * ignored.
 */
export function homeFolder(): string {
  const home = homedir();
  return resolve(isAbsolute(home) ? home : userInfo().homedir);
}

/** Expands a leading `~` to the home folder, as a shell does. */
export function expandHome(path: string): string {
  return path === '~' || /^~[\\/]/u.test(path) ? join(homeFolder(), path.slice(1)) : path;
}

/** Resolves a path from the user: `~` and relative paths start at the home folder. */
export function absoluteFromHome(path: string): string {
  return resolve(homeFolder(), expandHome(path));
}

/** Abbreviates the home folder to `~` for display. */
export function abbreviateHome(path: string): string {
  const home = homeFolder();
  return path.startsWith(`${home}/`) || path.startsWith(`${home}\\`)
    ? `~${path.slice(home.length)}`
    : path;
}

/** Returns the default folder for SSH keys. */
export function sshFolder(): string {
  return join(homeFolder(), '.ssh');
}
