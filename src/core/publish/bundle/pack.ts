import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { I99dashError, isI99dashError, systemErrorCode, throwIfCancelled } from '../../errors';
import { t } from '../../text/l10n';
import { isInside } from '../../platform/paths';
import { sanitizeLine } from '../../text/sanitizeLine';
import type { Inspector } from '../packing/contentInspector';
import { syncFs, REFUSES_LINKS, asyncFs, type FileAccess } from './fileAccess';
import { changedWhilePacked, symlinkEscapes, unreadable, type BundleFile } from './files';
import { ParallelGzip } from './gzip';
import { TAR_END, tarHeader, tarPadding } from './tar';

/** The size and hash that identify a packed bundle. */
export interface PackedFile {
  /** Bytes. */
  size: number;
  /** Lower-case hex, over the packed bytes. */
  sha256: string;
}

export interface PackOptions {
  /**
   * The project's folder without links. Nothing outside is packed, even if a path has changed since
   * the walk.
   */
  boundary: string;
  signal?: AbortSignal | undefined;
  /** Called with the number of files packed so far. */
  onFile?: ((done: number) => void) | undefined;
  /** Whether this thread has nothing else to do and may block on disk reads. */
  blocking?: boolean;
  /** Gets every packed byte. */
  inspector?: Inspector | undefined;
  /** What each name begins with: that of the client's archives if left out; '' for none. */
  root?: typeof ROOT | '';
  /** How many blocks are compressed at once. */
  parallel?: number;
}

const PADDING = Buffer.alloc(512);
/**
 * The prefix of each name, and the name of the root folder, as in archives of the i99dash client.
 */
const ROOT = './';

/**
 * Packs files as `.tar.gz` into a new file that only the user can read. The same files give the
 * same bytes.
 * @param path the new file, which must not exist
 * @param batches what to pack, sorted bytewise by name; a name with a trailing slash is a folder
 * @throws VALIDATION_FAILED if a file changed since the walk
 * @throws UPLOAD_FAILED if the bundle cannot be written
 * @throws CancelledError
 */
export async function pack(
  path: string,
  batches: AsyncIterable<readonly BundleFile[]>,
  options: PackOptions,
): Promise<PackedFile> {
  const output = await wrapDiskError(open(path, 'wx', 0o600));
  const hash = createHash('sha256');
  let size = 0;
  const gzip = new ParallelGzip(async (bytes) => {
    hash.update(bytes);
    size += bytes.length;
    await wrapDiskError(output.writeFile(bytes));
  }, options.parallel);
  try {
    await addEntries(gzip, batches, options);
    await gzip.end();
  } finally {
    await gzip.abandon();
    await wrapDiskError(output.close());
  }
  return { size, sha256: hash.digest('hex') };
}

async function addEntries(
  gzip: ParallelGzip,
  batches: AsyncIterable<readonly BundleFile[]>,
  options: PackOptions,
): Promise<void> {
  const { signal, onFile, blocking = false, root = ROOT } = options;
  const access = blocking ? syncFs : asyncFs;
  const folders = new PackedFolders(access, options.boundary);
  let done = 0;
  if (root !== '') {
    await gzip.write(tarHeader(root, 0));
  }
  for await (const batch of batches) {
    for (const entry of batch) {
      throwIfCancelled(signal);
      await gzip.write(tarHeader(root + entry.name, entry.size));
      if (!entry.name.endsWith('/')) {
        await addContent(gzip, entry, access, options);
        folders.add(entry);
        onFile?.(++done);
      }
    }
  }
  await folders.assertInside(signal);
  throwIfCancelled(signal);
  await gzip.write(TAR_END);
}

async function addContent(
  gzip: ParallelGzip,
  file: BundleFile,
  access: FileAccess,
  { inspector, signal, boundary }: PackOptions,
): Promise<void> {
  let descriptor: number | undefined;
  try {
    const mayBeLink = file.linksTo !== undefined;
    descriptor = await access.open(file.path, mayBeLink);
    const before = await access.stat(descriptor);
    if (!isUnchanged(file, before)) {
      await assertInside(file.path, file, access, boundary);
      throw changedWhilePacked(file);
    }
    if (mayBeLink || !REFUSES_LINKS) {
      await assertInside(file.path, file, access, boundary);
    }
    inspector?.begin(file);
    for (let left = file.size; left > 0;) {
      throwIfCancelled(signal);
      const space = gzip.space();
      const bytes = await access.read(descriptor, space.subarray(0, left));
      if (bytes === 0) {
        throw changedWhilePacked(file);
      }
      left -= bytes;
      inspector?.add(space.subarray(0, bytes));
      await gzip.advance(bytes);
    }
    const after = await access.stat(descriptor);
    if (after.size !== file.size || after.mtimeMs !== before.mtimeMs) {
      throw changedWhilePacked(file);
    }
    await inspector?.end();
  } catch (error) {
    throw toUserError(error, file);
  } finally {
    if (descriptor !== undefined) {
      await access.close(descriptor);
    }
  }
  await gzip.write(PADDING.subarray(0, tarPadding(file.size)));
}

function toUserError(error: unknown, file: BundleFile): unknown {
  const code = systemErrorCode(error);
  if (code === undefined || isI99dashError(error)) {
    return error;
  }
  return code === 'ELOOP' ? changedWhilePacked(file) : unreadable(file.path, error, file.name);
}

/**
 * The folders from which files were read. Checking each folder once at the end takes a fraction of
 * the time of checking each file.
 */
class PackedFolders {
  private readonly folders = new Map<string, BundleFile>();

  constructor(
    private readonly access: FileAccess,
    private readonly boundary: string,
  ) {}

  add(file: BundleFile): void {
    const folder = dirname(file.path);
    if (!this.folders.has(folder)) {
      this.folders.set(folder, file);
    }
  }

  /**
   * @throws VALIDATION_FAILED if a folder now leads out of the project
   * @throws CancelledError
   */
  async assertInside(signal?: AbortSignal): Promise<void> {
    for (const [folder, file] of this.folders) {
      throwIfCancelled(signal);
      try {
        await assertInside(folder, file, this.access, this.boundary);
      } catch (error) {
        throw toUserError(error, file);
      }
    }
  }
}

/**
 * @throws VALIDATION_FAILED
 * @throws a system error
 */
async function assertInside(
  path: string,
  file: BundleFile,
  access: FileAccess,
  boundary: string,
): Promise<void> {
  if (!isInside(await access.realpath(path), boundary)) {
    throw symlinkEscapes(file);
  }
}

/** Checks whether an open file is the one that the walk found and that was checked. */
function isUnchanged({ size, writtenMs, dev, ino }: BundleFile, stats: Stats): boolean {
  return (
    stats.isFile() &&
    stats.size === size &&
    (writtenMs === undefined || stats.mtimeMs === writtenMs) &&
    // The path proves nothing: a folder in it may be a link just while the file is opened.
    (ino === undefined || (stats.ino === ino && stats.dev === dev))
  );
}

/**
 * Converts a system error to UPLOAD_FAILED.
 * @throws UPLOAD_FAILED if the bundle cannot be written to the temporary folder
 */
export async function wrapDiskError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const reason = systemErrorCode(cause) ?? 'unknown';
    const message = t(
      'The bundle cannot be written to the temporary folder {0} ({1}). Make room on that disk, or make the folder writable, and publish again.',
      sanitizeLine(tmpdir()),
      reason,
    );
    throw new I99dashError('UPLOAD_FAILED', message, { cause });
  }
}
