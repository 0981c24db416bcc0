import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { downloadPackage } from './download';
import { installOnce } from './install-once';
import { downloadDir, vscodeTestDir } from './paths';
import { printSteps } from './steps';
import { unpackFile, unpackTar } from './unpack';

const run = promisify(execFile);

/** An npm package with a Chromium binary for Linux on x64 that needs no separate download. */
const chromiumPackage = '@sparticuz/chromium@153.0.0';

/** An installed Chromium that has been started once successfully. */
export interface InstalledChromium {
  readonly executablePath: string;
}

/**
 * Installs Chromium under `.vscode-test/chromium` if it is missing, unless the environment variable
 * `CHROMIUM_PATH` names another executable, and checks that it starts.
 * @throws FetchError when the download fails
 * @throws Error when Chromium does not start; the message says what is missing
 */
export async function installChromium(): Promise<InstalledChromium> {
  const own = process.env['CHROMIUM_PATH'];
  const executablePath = own !== undefined && own !== '' ? own : await installPackaged();
  await checkThatItStarts(executablePath);
  return { executablePath };
}

async function installPackaged(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `There is no packaged Chromium for ${process.platform} on ${process.arch}: ` +
        'set CHROMIUM_PATH to the executable of an installed Chromium or Chrome.',
    );
  }
  const dir = await installOnce({
    dir: path.join(vscodeTestDir, 'chromium'),
    recipe: { recipe: 1, chromiumPackage },
    fill: fillChromium,
  });
  return path.join(dir, 'chromium');
}

async function fillChromium(dir: string): Promise<void> {
  const report = printSteps('Chromium');
  const tarball = await downloadPackage(chromiumPackage, { dir: downloadDir, report });
  const wanted = /^package\/bin\/((?:chromium|swiftshader\.tar)\.br)$/;
  await unpackTar(tarball, (entry) => {
    const name = wanted.exec(entry)?.[1];
    return name === undefined ? undefined : path.join(dir, name);
  });
  await rm(tarball);
  report('unpacking');
  const binary = path.join(dir, 'chromium.br');
  const libraries = path.join(dir, 'swiftshader.tar.br');
  await unpackFile(binary, path.join(dir, 'chromium'), 0o755);
  await unpackTar(libraries, (entry) => path.join(dir, entry));
  await Promise.all([rm(binary), rm(libraries)]);
  report('installed');
}

async function checkThatItStarts(executablePath: string): Promise<void> {
  try {
    await run(executablePath, ['--version'], { timeout: 120_000 });
  } catch (error) {
    throw new Error(explain(executablePath, error as StartError), { cause: error });
  }
}

interface StartError {
  readonly code?: string | number;
  readonly message: string;
  readonly stderr?: string;
}

// The Debian packages of the libraries that this Chromium is linked with.
const debianPackages: Readonly<Record<string, string>> = {
  libnss3: 'libnss3',
  libnssutil3: 'libnss3',
  libsmime3: 'libnss3',
  libnspr4: 'libnspr4',
  libplc4: 'libnspr4',
  libplds4: 'libnspr4',
  libexpat: 'libexpat1',
};

/** Returns a paragraph that explains why Chromium did not start and what to install or set. */
export function explain(executablePath: string, error: StartError): string {
  const library = /error while loading shared libraries: (([^:.\s]+)[^:\s]*)/.exec(
    error.stderr ?? '',
  );
  if (library !== null) {
    const carrier = debianPackages[library[2] ?? ''];
    const advice =
      carrier === undefined
        ? 'Install the package of your system that carries it'
        : `Install it (on Debian and Ubuntu: apt-get install ${carrier})`;
    return `Chromium does not start, the library ${library[1] ?? ''} is missing. ${advice}, or set CHROMIUM_PATH to another Chromium.`;
  }
  if (error.code === 'ENOENT') return `There is no Chromium at ${executablePath}.`;
  const reason = error.stderr === undefined || error.stderr === '' ? error.message : error.stderr;
  return `Chromium at ${executablePath} does not start: ${reason.trim()}`;
}
