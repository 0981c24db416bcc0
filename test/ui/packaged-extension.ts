import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../host/paths';

const run = promisify(execFile);

let packaging: Promise<string> | undefined;

/** The `.vsix` that users install, packaged once per run. @returns its path */
export function packagedExtension(): Promise<string> {
  packaging ??= packageExtension();
  return packaging;
}

async function packageExtension(): Promise<string> {
  const folder = join(repositoryRoot, 'out');
  await mkdir(folder, { recursive: true });
  await run('npm', ['run', 'package'], {
    cwd: repositoryRoot,
    shell: process.platform === 'win32',
  });
  return join(folder, 'i99dash.vsix');
}
