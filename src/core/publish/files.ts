import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { I99dashError, throwIfCancelled } from '../errors';

/** A file that goes into the bundle. */
export interface BundleFile {
  /** Path inside the bundle, with `/`. */
  name: string;
  /** Absolute path on disk. */
  path: string;
  /** Bytes, as of the walk. */
  size: number;
}

/** Left out wherever they are: version control, what operating systems and editors drop. */
const DROPPINGS =
  /^(\.git|\.svn|\.hg|\.DS_Store|Thumbs\.db|desktop\.ini|\._.*|.*~|\..*\.sw[a-p])$/u;

/**
 * All files below a folder, sorted bytewise by their name in the bundle. A symbolic link counts as what it points at.
 * @param boundary the project's folder, which no link may leave
 * @throws VALIDATION_FAILED for a link that leaves the project, NOTHING_TO_PUBLISH when the folder is missing
 */
export async function collectFiles(
  root: string,
  boundary: string,
  signal?: AbortSignal,
): Promise<BundleFile[]> {
  const limit = await realpath(boundary);
  const files: BundleFile[] = [];
  const walk = async (folder: string, prefix: string, ancestors: string[]): Promise<void> => {
    throwIfCancelled(signal);
    const real = await realpath(folder);
    assertInside(real, limit, folder);
    if (ancestors.includes(real)) {
      return; // a link loop: its content is in the bundle already
    }
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (DROPPINGS.test(entry.name) || (prefix === '' && entry.name === 'node_modules')) {
        continue;
      }
      const path = join(folder, entry.name);
      const name = prefix + entry.name;
      if (entry.isSymbolicLink()) {
        assertInside(await realpath(path).catch(() => path), limit, path);
      }
      const stats = await stat(path).catch(() => undefined);
      if (stats?.isDirectory()) {
        await walk(path, `${name}/`, [...ancestors, real]);
      } else if (stats?.isFile()) {
        files.push({ name, path, size: stats.size });
      }
    }
  };
  if (!(await stat(root).catch(() => undefined))?.isDirectory()) {
    throw new I99dashError('NOTHING_TO_PUBLISH', `There is no folder ${root} to publish.`, {
      file: root,
    });
  }
  await walk(root, '', []);
  return sortByName(files);
}

/** Sorts bytewise, so that a bundle does not depend on the file system or the locale. */
export function sortByName(files: BundleFile[]): BundleFile[] {
  return files.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

function assertInside(path: string, boundary: string, link: string): void {
  if (path !== boundary && !path.startsWith(boundary.endsWith(sep) ? boundary : boundary + sep)) {
    throw new I99dashError('VALIDATION_FAILED', `${link} leads out of the project.`, {
      file: link,
    });
  }
}
