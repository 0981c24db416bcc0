import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Replaces a leading `~` by the home folder, as a shell does. */
export function expandHome(path: string): string {
  return path === '~' || /^~[\\/]/u.test(path) ? join(homedir(), path.slice(1)) : path;
}

/** An absolute path of what somebody wrote: `~` is the home folder, and a relative path begins there. */
export function absoluteFromHome(path: string): string {
  return resolve(homedir(), expandHome(path));
}

/** Writes a path below the home folder with `~`, for people to read. */
export function abbreviateHome(path: string): string {
  const home = homedir();
  return path.startsWith(`${home}/`) || path.startsWith(`${home}\\`)
    ? `~${path.slice(home.length)}`
    : path;
}

/** Where people keep their SSH keys. */
export function sshFolder(): string {
  return join(homedir(), '.ssh');
}
