import { homedir, userInfo } from 'node:os';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { pathBelow, toEditorPath } from './paths';

/**
 * Returns the absolute path of the home folder without a trailing slash. A relative `HOME` is
 * ignored.
 */
export function homeFolder(): string {
  const home = homedir();
  return toEditorPath(resolve(isAbsolute(home) ? home : userInfo().homedir));
}

/** Expands a leading `~` to the home folder, as a shell does. */
export function expandHome(path: string): string {
  return path === '~' || /^~[\\/]/u.test(path) ? join(homeFolder(), path.slice(1)) : path;
}

/** Resolves a path from the user: `~` and relative paths start at the home folder. */
export function absoluteFromHome(path: string): string {
  return toEditorPath(resolve(homeFolder(), expandHome(path)));
}

/** Abbreviates the home folder to `~` for display. */
export function abbreviateHome(path: string): string {
  const below = isAbsolute(path) ? pathBelow(path, homeFolder()) : undefined;
  return below === undefined || below === '' ? path : `~${sep}${below}`;
}

/** Returns the default folder for SSH keys. */
export function sshFolder(): string {
  return join(homeFolder(), '.ssh');
}
