import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);
const GIB = 1024 ** 3;

/**
 * File system entries that may exist where a file is expected: creators by name. None uses disk
 * space.
 */
export const ODD_FILES: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  'a folder': (path) => mkdir(path),
  'a pipe': (path) => run('mkfifo', [path]),
  'a link to a pipe': async (path) => {
    await run('mkfifo', [`${path}.pipe`]);
    await symlink(`${path}.pipe`, path);
  },
  'a socket': (path) => listen(path),
  'a device without an end': (path) => symlink('/dev/zero', path),
  'a gigabyte of nothing': async (path) => {
    await writeFile(path, '');
    await truncate(path, GIB);
  },
  'links in a circle': async (path) => {
    await symlink(`${path}.other`, path);
    await symlink(path, `${path}.other`);
  },
  'a link to nowhere': (path) => symlink(`${path}.gone`, path),
};

const servers: Server[] = [];

/** Closes the sockets that were created. */
export function closeSockets(): void {
  for (const server of servers.splice(0)) {
    server.close();
  }
}

async function listen(path: string): Promise<void> {
  const server = createServer();
  servers.push(server);
  server.listen(path);
  await once(server, 'listening');
}

/**
 * Returns the number of bytes that this process has read so far; undefined where the system does
 * not count them.
 */
export async function bytesRead(): Promise<number | undefined> {
  const text = await readFile('/proc/self/io', 'utf8').catch(() => '');
  const [, count] = /^rchar: (\d+)$/mu.exec(text) ?? [];
  return count === undefined ? undefined : Number(count);
}

/** Whether file permissions apply to this user: root can read every file. */
export const permissionsCount = process.getuid?.() !== 0;
