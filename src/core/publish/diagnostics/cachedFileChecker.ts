import { opendir } from 'node:fs/promises';
import { throwIfCancelled } from '../../errors';
import type { Problem } from '../../problem';
import type { ManifestLocations } from '../project/manifestLocations';
import { isExcluded } from '../bundle/excludedNames';
import { FileProblemCache } from './fileProblemCache';
import { checkFiles, unfitFiles, type FileProblemsOptions, type KnownFindings } from './checkFiles';
import type { PartialProject } from '../project/project';
import { inBatches, runInWorker } from '../worker/publishWorkerClient';

/**
 * The most files and folders that are checked in the extension host. A worker takes longer to
 * start.
 */
const IN_PLACE = 200;

export type FileSearchOptions = Pick<
  FileProblemsOptions,
  'signal' | 'worker' | 'baselineCache' | 'isIdle'
>;

/**
 * Finds the problems in one mini-app's files repeatedly, and checks only what has changed. Checks a
 * large mini-app in a separate process, so that the extension host is not blocked and its memory
 * does not grow.
 */
export class CachedFileChecker {
  private memo = new FileProblemCache<KnownFindings>();
  /** The worker's cache, as opaque bytes. */
  private kept: Uint8Array | undefined;

  /**
   * See {@link checkFiles}.
   * @throws CancelledError
   */
  async find(
    draft: PartialProject,
    places: ManifestLocations,
    options: FileSearchOptions,
  ): Promise<Problem[]> {
    const { worker, signal } = options;
    if (worker === undefined || !(await isLarge(draft.appRoot, signal))) {
      this.kept = undefined;
      return checkFiles(draft, places, { ...options, memo: this.memo });
    }
    this.memo = new FileProblemCache<KnownFindings>();
    return this.findInWorker(draft, places, { ...options, worker });
  }

  private async findInWorker(
    draft: PartialProject,
    { file, text }: ManifestLocations,
    { worker, signal, isIdle, baselineCache }: FileSearchOptions & { worker: string },
  ): Promise<Problem[]> {
    const manifest = { file, text: text.text };
    const task = { kind: 'problems', draft, manifest, baselineCache, memo: this.kept } as const;
    try {
      const { problems, memo } = await runInWorker(worker, task, inBatches([]), { signal, isIdle });
      this.kept = memo;
      return problems;
    } catch (error) {
      return [unfitFiles(error, draft)];
    }
  }
}

/**
 * Checks whether a folder has too many entries to check in this process. Does not count what
 * publishing excludes, or the targets of links.
 */
async function isLarge(root: string, signal: AbortSignal | undefined): Promise<boolean> {
  const folders = [root];
  let entries = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    throwIfCancelled(signal);
    const listing = await opendir(folder).catch(() => []);
    for await (const dirent of listing) {
      if (!isExcluded(dirent.name)) {
        entries++;
        if (dirent.isDirectory()) {
          folders.push(`${folder}/${dirent.name}`);
        }
      }
      if (entries > IN_PLACE) {
        return true;
      }
    }
  }
  return false;
}
