import { execFile } from 'node:child_process';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { removeOnExit } from '../host/cleanup';
import { repositoryRoot } from '../host/paths';
import { installExtension } from '../host/server';

const run = promisify(execFile);

/** The path of the `.vsix` that `npm run package` creates. */
export const packagePath = join(repositoryRoot, 'out/i99dash.vsix');

let packaging: Promise<string> | undefined;
const installations = new Map<string, Promise<string>>();

/**
 * Returns the `.vsix` that users install: the one that the environment variable `I99DASH_TEST_VSIX`
 * names, or one that is packaged once per process.
 * @returns its absolute path
 */
export function packagedExtension(): Promise<string> {
  const made = process.env['I99DASH_TEST_VSIX'];
  packaging ??= made === undefined ? packageExtension() : Promise.resolve(made);
  return packaging;
}

/**
 * Gives a scene its own extensions folder with the package. VS Code installs the package once per
 * run and version; each scene gets a copy.
 * @param target the folder, which must not exist yet
 */
export async function copyInstalledExtension(version: string, target: string): Promise<void> {
  let installing = installations.get(version);
  if (installing === undefined) {
    installing = installPackage(version);
    installations.set(version, installing);
  }
  await cp(await installing, target, { recursive: true });
}

async function installPackage(version: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'i99dash-installed-'));
  removeOnExit(folder);
  const extensionsDir = join(folder, 'extensions');
  await installExtension(await packagedExtension(), { version, extensionsDir });
  return extensionsDir;
}

async function packageExtension(): Promise<string> {
  await run('npm', ['run', 'package'], {
    cwd: repositoryRoot,
    shell: process.platform === 'win32',
  });
  return packagePath;
}
