import { homedir, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** The home folder as a full path without a slash at its end, as others write it. A `HOME` that is none does not count. */
export function homeFolder(): string {
  const home = homedir();
  return resolve(isAbsolute(home) ? home : userInfo().homedir);
}

/** Replaces a leading `~` by the home folder, as a shell does. */
export function expandHome(path: string): string {
  return path === '~' || /^~[\\/]/u.test(path) ? join(homeFolder(), path.slice(1)) : path;
}

/** An absolute path of what somebody wrote: `~` is the home folder, and a relative path begins there. */
export function absoluteFromHome(path: string): string {
  return resolve(homeFolder(), expandHome(path));
}

/** Writes a path below the home folder with `~`, for people to read. */
export function abbreviateHome(path: string): string {
  const home = homeFolder();
  return path.startsWith(`${home}/`) || path.startsWith(`${home}\\`)
    ? `~${path.slice(home.length)}`
    : path;
}

/** Where people keep their SSH keys. */
export function sshFolder(): string {
  return join(homeFolder(), '.ssh');
}
