import { stat as statWithCallback, type Dirent, type Stats } from 'node:fs';
import { opendir, realpath } from 'node:fs/promises';
import { basename, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { I99dashError, systemErrorCode, throwIfCancelled } from '../errors';
import { t } from '../l10n';
import { isInside } from '../miniAppFolder';
import { oneLine } from '../oneLine';
import { compareBytewise, sortBytewise } from './byteOrder';
import { assertWellFormed, DistinctNames, illFormed, isLeftOut, isNeverPacked } from './entryNames';

/** Leaves less garbage than the one of node:fs/promises, which counts where files are many. */
const stat = promisify(statWithCallback);

/** A file that goes into the bundle. */
export interface BundleFile {
  /** Path inside the bundle, with `/`. */
  name: string;
  /** Absolute path on disk. */
  path: string;
  /** Bytes, as of the walk. */
  size: number;
  /** When it was written last, in milliseconds since 1970, as of the walk; undefined where that does not matter. */
  writtenMs?: number;
  /** Which file it is, as of the walk: its device, and its number there. Undefined where that does not matter. */
  dev?: number;
  ino?: number;
  /** The name that the file itself has, where this is, or may be, a link to it. */
  linksTo?: string;
}

/** What a folder holds. All lists are sorted bytewise. */
export interface CollectedFiles {
  /** The project's folder without links: what lies outside is not packed. */
  boundary: string;
  files: BundleFile[];
  /** Folders that hold nothing, so that an unpacked tree is the same; without a slash at the end. */
  folders: string[];
  /** What was excluded, relative to the folder; folders with a slash at the end. */
  leftOut: string[];
}

/** Nobody publishes that many files and folders: links that lead to each other do. */
const MAX_ENTRIES = 500_000;
/** Folders that links lead to once more. Links between a dozen folders lead round for hours otherwise. */
const MAX_REPEATS = 2_000;
/** So many entries are read, and looked at, in one go. */
const AT_ONCE = 64;

interface Folder {
  path: string;
  /** Its name in the bundle with a slash at the end, or nothing for the root. */
  prefix: string;
  /** Its path without links, and those of the folders it lies in. */
  real: string;
  ancestors: readonly string[];
}

interface Entry {
  name: string;
  path: string;
  /** Bytes of a file; undefined for a folder. */
  size?: number;
  /** When a file was written last, in milliseconds since 1970, and which it is. */
  stamp?: Pick<Stats, 'dev' | 'ino'> & { writtenMs: number };
  /** The name of the file that a link leads to. */
  linksTo?: string | undefined;
  /** The path of a folder without links. */
  real: string;
}

/**
 * All files below a folder, but for version control, `node_modules`, what systems and editors drop, and what is no file. A
 * symbolic link counts as what it points at; one that leads nowhere, round in circles, or to what is left out is left out, too.
 * @param root what becomes the root of the bundle
 * @param boundary the project's folder, which no link may leave
 * @throws VALIDATION_FAILED (a link leaves the project, something cannot be read, two names are one on other systems), NOTHING_TO_PUBLISH (no such folder), CancelledError
 */
export async function collectFiles(
  root: string,
  boundary: string,
  signal?: AbortSignal,
): Promise<CollectedFiles> {
  throwIfCancelled(signal);
  if (!(await stat(root).catch(() => undefined))?.isDirectory()) {
    const message = t('There is no folder {0} to publish.', oneLine(root, Infinity));
    throw new I99dashError('NOTHING_TO_PUBLISH', message, { file: root });
  }
  const project = await realpath(boundary);
  const walk = new Walk(project, signal);
  const real = await realpath(root);
  walk.assertInside(real, root, root);
  await walk.visit({ path: root, prefix: '', real, ancestors: [] });
  walk.leftOut.sort(compareBytewise);
  const { files, folders, leftOut } = walk;
  return { boundary: project, files, folders, leftOut };
}

/** Sorts bytewise, so that a bundle does not depend on the file system or the locale. */
export function sortByName(files: BundleFile[]): BundleFile[] {
  return files.sort((a, b) => compareBytewise(a.name, b.name));
}

/** Visits folders in the order of the bundle, so that what it finds is sorted. */
class Walk {
  readonly files: BundleFile[] = [];
  readonly folders: string[] = [];
  readonly leftOut: string[] = [];
  private entries = 0;
  /** Folders without links. */
  private readonly visited = new Set<string>();
  private repeats = 0;

  constructor(
    private readonly boundary: string,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async visit(folder: Folder): Promise<void> {
    const { prefix, real } = folder;
    this.countVisit(folder);
    const ancestors = [...folder.ancestors, real];
    const entries = await this.list(folder);
    if (entries.length === 0 && prefix !== '') {
      this.folders.push(prefix.slice(0, -1));
    }
    // A folder's files come where the folder's name and a slash do.
    const sorted = await sortBytewise(entries, ({ name, size }) =>
      size === undefined ? `${name}/` : name,
    );
    for (const entry of sorted) {
      const name = prefix + entry.name;
      const { path, size, stamp, linksTo } = entry;
      if (size !== undefined) {
        const file = { name, path, size, ...stamp };
        this.files.push(linksTo === undefined ? file : { ...file, linksTo });
      } else if (ancestors.includes(entry.real)) {
        this.leftOut.push(`${name}/`); // a link loop: its content is in the bundle already
      } else {
        await this.visit({ path, prefix: `${name}/`, real: entry.real, ancestors });
      }
    }
  }

  /** @throws VALIDATION_FAILED when links lead to the same folders again and again */
  private countVisit({ real, path }: Folder): void {
    if (this.visited.has(real)) {
      this.repeats++;
    }
    this.visited.add(real);
    if (this.repeats > MAX_REPEATS) {
      const message = t(
        'Links lead to the same folders more than {0} times, at last in {1}.',
        MAX_REPEATS,
        oneLine(path, Infinity),
      );
      throw new I99dashError('VALIDATION_FAILED', message, { file: path });
    }
  }

  /** What goes into the bundle of what a folder holds. */
  private async list(folder: Folder): Promise<Entry[]> {
    const entries: Entry[] = [];
    const names = new DistinctNames(folder.prefix);
    let batch: Dirent[] = [];
    const inspectBatch = async (): Promise<void> => {
      throwIfCancelled(this.signal);
      const found = await Promise.all(batch.map((dirent) => this.inspect(folder, dirent)));
      for (const entry of found) {
        if (entry !== undefined) {
          names.add(entry, entry.size === undefined);
          entries.push(entry);
        }
      }
      batch = [];
    };
    throwIfCancelled(this.signal);
    const listing = await opendir(folder.path, { bufferSize: AT_ONCE }).catch((cause: unknown) => {
      throw isMangled(folder.path, cause) ? illFormed(folder.path) : unreadable(folder.path, cause);
    });
    for await (const dirent of listing) {
      batch.push(dirent);
      if (batch.length === AT_ONCE) {
        await inspectBatch();
      }
    }
    await inspectBatch();
    this.entries += entries.length;
    if (this.entries > MAX_ENTRIES) {
      const message = t(
        '{0} is one folder too many: there are more than {1} files, or links that lead to each other.',
        oneLine(folder.path, Infinity),
        MAX_ENTRIES,
      );
      throw new I99dashError('VALIDATION_FAILED', message, { file: folder.path });
    }
    return entries;
  }

  /** Undefined for what is left out. */
  private async inspect(folder: Folder, dirent: Dirent): Promise<Entry | undefined> {
    const { name } = dirent;
    const path = folder.path + sep + name;
    if (isLeftOut(name)) {
      this.leaveOut(folder, dirent);
      return undefined;
    }
    if (dirent.isDirectory()) {
      return assertWellFormed({ name, path, real: folder.real + sep + name });
    }
    if (!dirent.isFile() && !dirent.isSymbolicLink()) {
      this.leaveOut(folder, dirent); // a pipe, a socket, a device
      return undefined;
    }
    const real = dirent.isSymbolicLink() ? await this.follow(path, folder.prefix + name) : '';
    if (real === undefined) {
      this.leaveOut(folder, dirent);
      return undefined;
    }
    assertWellFormed({ name, path });
    const stats = await stat(path).catch((cause: unknown) => {
      throw isMangled(name, cause) ? illFormed(path) : unreadable(path, cause);
    });
    if (stats.isDirectory()) {
      return { name, path, real };
    }
    if (!stats.isFile()) {
      this.leaveOut(folder, dirent);
      return undefined;
    }
    const linksTo = dirent.isSymbolicLink() ? basename(real) : undefined;
    const { size, mtimeMs: writtenMs, dev, ino } = stats;
    return { name, path, size, stamp: { writtenMs, dev, ino }, linksTo, real };
  }

  private leaveOut({ prefix }: Folder, dirent: Dirent): void {
    this.leftOut.push(prefix + dirent.name + (dirent.isDirectory() ? '/' : ''));
  }

  /** Where a link leads; undefined when that is nowhere, or what is left out wherever it is. */
  private async follow(path: string, name: string): Promise<string | undefined> {
    try {
      const real = await realpath(path);
      this.assertInside(real, path, name);
      const way = relative(this.boundary, real).split(sep);
      return way.some(isNeverPacked) ? undefined : real;
    } catch (error) {
      if (['ENOENT', 'ELOOP', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) {
        return undefined;
      }
      throw error instanceof I99dashError ? error : unreadable(path, error);
    }
  }

  /** @throws VALIDATION_FAILED when a path without links lies outside the project */
  assertInside(real: string, path: string, name: string): void {
    if (!isInside(real, this.boundary)) {
      throw leadsOut({ name, path });
    }
  }
}

/** Node.js puts U+FFFD for bytes of a name that are no UTF-8, and finds nothing under that name. */
function isMangled(name: string, cause: unknown): boolean {
  return name.includes('\uFFFD') && systemErrorCode(cause) === 'ENOENT';
}

/** What a file or folder is told by that lies outside the project. */
export function leadsOut({ name, path }: Pick<BundleFile, 'name' | 'path'>): I99dashError {
  const message = t(
    '{0} leads out of the project (rule escape): {1}.',
    oneLine(name, Infinity),
    oneLine(path, Infinity),
  );
  return new I99dashError('VALIDATION_FAILED', message, { file: path });
}

/** What a file is told by that is no longer what the walk saw. */
export function changedWhilePacked({
  name,
  path,
}: Pick<BundleFile, 'name' | 'path'>): I99dashError {
  const message = t('{0} changed while being packed.', oneLine(name, Infinity));
  return new I99dashError('VALIDATION_FAILED', message, { file: path });
}

/** What a file or folder is told by that the system does not let us read. @param name what people know it by */
export function unreadable(path: string, cause: unknown, name = path): I99dashError {
  const reason = systemErrorCode(cause) ?? 'unknown';
  const message = t('{0} cannot be read ({1}).', oneLine(name, Infinity), reason);
  return new I99dashError('VALIDATION_FAILED', message, { file: path, cause });
}
