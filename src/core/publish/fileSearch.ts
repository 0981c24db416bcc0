import { opendir } from 'node:fs/promises';
import { throwIfCancelled } from '../errors';
import type { Problem } from '../problem';
import type { ManifestPlaces } from './checks/manifestPlaces';
import { isLeftOut } from './entryNames';
import { FileMemo } from './fileMemo';
import {
  findFileProblems,
  unfitFiles,
  type FileProblemsOptions,
  type KnownFindings,
} from './fileProblems';
import type { Draft } from './project';
import { inBatches, runInWorker } from './publishWorkerClient';

/** So many files and folders are looked up, remembered and read in the editor's own process; the start of a worker takes longer. */
const IN_PLACE = 200;

export type FileSearchOptions = Pick<FileProblemsOptions, 'signal' | 'worker' | 'baselineCache'>;

/**
 * Finds the problems of one mini-app's files again and again, and looks at nothing twice that is the same. A large mini-app is walked,
 * looked up and read in a process of its own: the editor's neither waits for it nor grows with it.
 */
export class FileSearch {
  private memo = new FileMemo<KnownFindings>();
  /** What the worker remembered: bytes that nobody reads here. */
  private kept: Uint8Array | undefined;

  /** See {@link findFileProblems}. @throws CancelledError */
  async find(draft: Draft, places: ManifestPlaces, options: FileSearchOptions): Promise<Problem[]> {
    const { worker, signal } = options;
    if (worker === undefined || !(await isLarge(draft.appRoot, signal))) {
      this.kept = undefined;
      return findFileProblems(draft, places, { ...options, memo: this.memo });
    }
    this.memo = new FileMemo<KnownFindings>();
    return this.findInWorker(draft, places, { ...options, worker });
  }

  private async findInWorker(
    draft: Draft,
    { file, text }: ManifestPlaces,
    { worker, signal, baselineCache }: FileSearchOptions & { worker: string },
  ): Promise<Problem[]> {
    const manifest = { file, text: text.text };
    const task = { kind: 'problems', draft, manifest, baselineCache, memo: this.kept } as const;
    try {
      const { problems, memo } = await runInWorker(worker, task, inBatches([]), { signal });
      this.kept = memo;
      return problems;
    } catch (error) {
      return [unfitFiles(error, draft)];
    }
  }
}

/** Whether a folder holds more than is looked at in place; what publishing leaves out does not count, nor what links lead to. */
async function isLarge(root: string, signal: AbortSignal | undefined): Promise<boolean> {
  const folders = [root];
  let entries = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    throwIfCancelled(signal);
    const listing = await opendir(folder).catch(() => []);
    for await (const dirent of listing) {
      if (!isLeftOut(dirent.name)) {
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
