import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../host/paths';

const run = promisify(execFile);

let packaging: Promise<string> | undefined;

/**
 * The `.vsix` that users install: the one that the environment variable `I99DASH_TEST_VSIX` names, or one that is packaged now, once for
 * each process.
 * @returns its absolute path
 */
export function packagedExtension(): Promise<string> {
  const made = process.env['I99DASH_TEST_VSIX'];
  packaging ??= made === undefined ? packageExtension() : Promise.resolve(made);
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
