import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack, type Pack } from 'tar-stream';
import { CancelledError, I99dashError, isI99dashError, systemErrorCode } from '../errors';
import type { BundleFile } from './files';

/** A packed mini-app in a temporary file. */
export interface Bundle {
  /** Bytes. */
  size: number;
  /** Lower-case hex, over the packed bytes. */
  sha256: string;
  fileCount: number;
  /** Opens the packed bytes from their start. */
  open(): Readable;
}

/**
 * Packs files as `.tar.gz` and hands the bundle to `use`. Times, owners and modes are fixed, so that the same files give the same bytes.
 * The temporary file is gone afterwards, whatever happens.
 * @throws VALIDATION_FAILED (a file is not what the walk saw), UPLOAD_FAILED (no place for the bundle), CancelledError
 */
export async function withBundle<T>(
  files: readonly BundleFile[],
  use: (bundle: Bundle) => Promise<T>,
  { signal, onFile }: { signal?: AbortSignal; onFile?: (done: number) => void } = {},
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'i99dash-')).catch((error: unknown) => {
    throw noPlace(error);
  });
  try {
    const path = join(folder, 'bundle.tar.gz');
    const sha256 = await packTo(path, files, signal, onFile);
    const { size } = await stat(path);
    return await use({
      size,
      sha256,
      fileCount: files.length,
      open: () => createReadStream(path),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function packTo(
  path: string,
  files: readonly BundleFile[],
  signal?: AbortSignal,
  onFile?: (done: number) => void,
): Promise<string> {
  const archive = pack();
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const written = pipeline(archive, createGzip({ level: 6 }), hashing, createWriteStream(path), {
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    await Promise.all([addFiles(archive, files, onFile), written]);
  } catch (error) {
    archive.destroy();
    await written.catch(() => undefined);
    if (signal?.aborted === true) {
      throw new CancelledError();
    }
    throw isI99dashError(error) ? error : noPlace(error);
  }
  return hash.digest('hex');
}

async function addFiles(
  archive: Pack,
  files: readonly BundleFile[],
  onFile?: (done: number) => void,
): Promise<void> {
  for (const [index, file] of files.entries()) {
    const entry = archive.entry({
      name: file.name,
      size: file.size,
      mode: 0o644,
      mtime: new Date(0),
      uid: 0,
      gid: 0,
      uname: '',
      gname: '',
    });
    await pipeline(contentOf(file), entry);
    onFile?.(index + 1);
  }
  archive.finalize();
}

/** A file's bytes, exactly as many as the walk saw. */
async function* contentOf(file: BundleFile): AsyncGenerator<Buffer> {
  let size = 0;
  try {
    for await (const chunk of createReadStream(file.path) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > file.size) {
        break;
      }
      yield chunk;
    }
  } catch (cause) {
    const reason = systemErrorCode(cause) ?? 'unknown';
    throw notPacked(file, `cannot be read (${reason})`, cause);
  }
  if (size !== file.size) {
    throw notPacked(file, 'changed while being packed');
  }
}

function notPacked({ name, path }: BundleFile, what: string, cause?: unknown): I99dashError {
  return new I99dashError('VALIDATION_FAILED', `${name} ${what}.`, { file: path, cause });
}

function noPlace(cause: unknown): I99dashError {
  return new I99dashError(
    'UPLOAD_FAILED',
    `The bundle cannot be written to the temporary folder (${systemErrorCode(cause) ?? 'unknown'}).`,
    { cause },
  );
}
