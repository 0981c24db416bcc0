import { stat as statWithCallback, type Dirent, type Stats } from 'node:fs';
import { opendir, realpath } from 'node:fs/promises';
import { basename, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { I99dashError, systemErrorCode, throwIfCancelled } from '../../errors';
import { t } from '../../text/l10n';
import { isInside } from '../../platform/paths';
import { sanitizeLine } from '../../text/sanitizeLine';
import { compareBytewise, sortBytewise } from './byteOrder';
import { assertWellFormed, DistinctNames, illFormed } from './entryNames';
import { isExcluded, isNeverPacked } from './excludedNames';

/** Creates less garbage than the one of `node:fs/promises`, which matters for many files. */
const stat = promisify(statWithCallback);

/** A file to be packed. */
export interface BundleFile {
  /** Path inside the bundle, with `/`. */
  name: string;
  /** Absolute path on disk. */
  path: string;
  /** Bytes at the time of the walk. */
  size: number;
  /**
   * Modification time at the time of the walk, in milliseconds since 1970; undefined if it is not
   * checked.
   */
  writtenMs?: number;
  /** Device and inode at the time of the walk. Undefined if they are not checked. */
  dev?: number;
  ino?: number;
  /** The target's file name if this is, or may be, a link. */
  linksTo?: string;
}

/** The contents of a folder. All lists are sorted bytewise. */
export interface CollectedFiles {
  /** The project's folder without links. Nothing outside is packed. */
  boundary: string;
  files: BundleFile[];
  /** Empty folders, kept so that the unpacked tree is identical; without a trailing slash. */
  folders: string[];
  /** What was excluded, relative to the folder; folders have a trailing slash. */
  leftOut: string[];
}

/** More than any app has. Links that lead to each other can exceed it. */
const MAX_ENTRIES = 500_000;
/**
 * The most repeated visits of folders through links. Links between a dozen folders would otherwise
 * take hours.
 */
const MAX_REPEATS = 2_000;
/** How many entries are read and checked at once. */
const AT_ONCE = 64;

interface Folder {
  path: string;
  /** Its name in the bundle with a trailing slash; empty for the root. */
  prefix: string;
  /** Its path without links, and those of its parent folders. */
  real: string;
  ancestors: readonly string[];
}

interface Entry {
  name: string;
  path: string;
  /** Bytes of a file; undefined for a folder. */
  size?: number;
  /** A file's modification time, in milliseconds since 1970, with its device and inode. */
  stamp?: Pick<Stats, 'dev' | 'ino'> & { writtenMs: number };
  /** The name of the file that a link leads to. */
  linksTo?: string | undefined;
  /** The path of a folder without links. */
  real: string;
}

/**
 * Collects all files below a folder, except version control data, `node_modules`, junk files, and
 * anything that is not a file. A symbolic link counts as its target. Skips a link that is broken,
 * circular, or leads to something excluded.
 * @param root becomes the root of the bundle
 * @param boundary the project's folder, which no link may leave
 * @throws VALIDATION_FAILED if a link leaves the project, something cannot be read, or two names
 * clash on other systems
 * @throws NOTHING_TO_PUBLISH if the folder does not exist
 * @throws CancelledError
 */
export async function collectFiles(
  root: string,
  boundary: string,
  signal?: AbortSignal,
): Promise<CollectedFiles> {
  throwIfCancelled(signal);
  if (!(await stat(root).catch(() => undefined))?.isDirectory()) {
    const message = t('There is no folder {0} to publish.', sanitizeLine(root, Infinity));
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

/** Visits folders in the order of the bundle, so that the result is sorted. */
class Walk {
  readonly files: BundleFile[] = [];
  readonly folders: string[] = [];
  readonly leftOut: string[] = [];
  private entries = 0;
  /** Visited folders, by their path without links. */
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
    // A folder sorts by its name with a slash, so that its files keep their place in the bundle.
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
        this.leftOut.push(`${name}/`); // a link loop: its content is already included
      } else {
        await this.visit({ path, prefix: `${name}/`, real: entry.real, ancestors });
      }
    }
  }

  /** @throws VALIDATION_FAILED if links lead to the same folders too often */
  private countVisit({ real, path }: Folder): void {
    if (this.visited.has(real)) {
      this.repeats++;
    }
    this.visited.add(real);
    if (this.repeats > MAX_REPEATS) {
      const message = t(
        'Links lead to the same folders more than {0} times, at last in {1}.',
        MAX_REPEATS,
        sanitizeLine(path, Infinity),
      );
      throw new I99dashError('VALIDATION_FAILED', message, { file: path });
    }
  }

  /** Returns the entries of a folder that are packed. */
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
        sanitizeLine(folder.path, Infinity),
        MAX_ENTRIES,
      );
      throw new I99dashError('VALIDATION_FAILED', message, { file: folder.path });
    }
    return entries;
  }

  /** Returns the entry of a file or folder; undefined if it is excluded. */
  private async inspect(folder: Folder, dirent: Dirent): Promise<Entry | undefined> {
    const { name } = dirent;
    const path = folder.path + sep + name;
    if (isExcluded(name)) {
      this.leaveOut(folder, dirent);
      return undefined;
    }
    if (dirent.isDirectory()) {
      return assertWellFormed({ name, path, real: folder.real + sep + name });
    }
    if (!dirent.isFile() && !dirent.isSymbolicLink()) {
      this.leaveOut(folder, dirent); // a pipe, socket or device
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

  /** Resolves a link; undefined if it is broken or its target is always excluded. */
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

  /** @throws VALIDATION_FAILED if a path without links is outside the project */
  assertInside(real: string, path: string, name: string): void {
    if (!isInside(real, this.boundary)) {
      throw symlinkEscapes({ name, path });
    }
  }
}

/**
 * Checks for a name with invalid UTF-8. Node.js replaces the bytes with U+FFFD, and does not find
 * the file under that name.
 */
function isMangled(name: string, cause: unknown): boolean {
  return name.includes('\uFFFD') && systemErrorCode(cause) === 'ENOENT';
}

/** Creates the error for a file or folder outside the project. */
export function symlinkEscapes({ name, path }: Pick<BundleFile, 'name' | 'path'>): I99dashError {
  const message = t(
    '{0} leads out of the project (rule escape): {1}.',
    sanitizeLine(name, Infinity),
    sanitizeLine(path, Infinity),
  );
  return new I99dashError('VALIDATION_FAILED', message, { file: path });
}

/** Creates the error for a file that changed since the walk. */
export function changedWhilePacked({
  name,
  path,
}: Pick<BundleFile, 'name' | 'path'>): I99dashError {
  const message = t('{0} changed while being packed.', sanitizeLine(name, Infinity));
  return new I99dashError('VALIDATION_FAILED', message, { file: path });
}

/**
 * Creates the error for a file or folder that cannot be read.
 * @param name the name to show
 */
export function unreadable(path: string, cause: unknown, name = path): I99dashError {
  const reason = systemErrorCode(cause) ?? 'unknown';
  const message = t('{0} cannot be read ({1}).', sanitizeLine(name, Infinity), reason);
  return new I99dashError('VALIDATION_FAILED', message, { file: path, cause });
}
