import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

const markerName = 'installed.json';

/** An installation that is made once and then reused. */
export interface Installation {
  /** Absolute path of the folder. */
  readonly dir: string;
  /** Everything that determines the result; a change triggers a new installation. */
  readonly recipe: unknown;
  /** Fills a new, empty folder. It must not write the folder's absolute path anywhere. */
  readonly fill: (dir: string) => Promise<void>;
}

/**
 * Makes an installation if it is missing or outdated. The folder is filled under a temporary name,
 * gets its marker last and is then renamed. So an interrupted installation is redone, and of two
 * concurrent ones, each complete, one is kept.
 * @returns the folder
 */
export async function installOnce({ dir, recipe, fill }: Installation): Promise<string> {
  const digest = createHash('sha256').update(JSON.stringify(recipe)).digest('hex');
  if (await isInstalled(dir, digest)) return dir;
  await mkdir(path.dirname(dir), { recursive: true });
  await removeAbandoned(dir);
  const partial = `${dir}.partial-${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial);
  try {
    await fill(partial);
    const marker = { recipe, digest, installedAt: new Date().toISOString() };
    await writeFile(path.join(partial, markerName), `${JSON.stringify(marker, undefined, 2)}\n`);
    await moveIntoPlace(partial, dir, digest);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return dir;
}

async function isInstalled(dir: string, digest: string): Promise<boolean> {
  try {
    const marker: unknown = JSON.parse(await readFile(path.join(dir, markerName), 'utf8'));
    return (marker as { digest?: unknown } | null)?.digest === digest;
  } catch {
    return false;
  }
}

async function moveIntoPlace(partial: string, dir: string, digest: string): Promise<void> {
  // Two attempts: another process may create the folder between removing the outdated one and the
  // rename.
  for (let round = 0; round < 2; round++) {
    try {
      await rename(partial, dir);
      return;
    } catch (error) {
      if (await isInstalled(dir, digest)) return;
      if (round === 1) throw error;
      await rm(dir, { recursive: true, force: true });
    }
  }
}

/** Removes what interrupted installations of dead processes left behind. */
async function removeAbandoned(dir: string): Promise<void> {
  const prefix = `${path.basename(dir)}.partial-`;
  for (const name of await readdir(path.dirname(dir))) {
    if (!name.startsWith(prefix) || isAlive(Number(name.slice(prefix.length)))) continue;
    await rm(path.join(path.dirname(dir), name), { recursive: true, force: true });
  }
}

/** Checks whether a process with this ID is running. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
