import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { throwIfCancelled } from '../../errors';
import { BUNDLE_FILE, makeBundleFolder } from '../bundle/bundleFolder';
import { compareBytewise, mergeBytewise } from '../bundle/byteOrder';
import type { Inspection } from './contentInspector';
import { isSmall } from './inspectContents';
import { sortByName, type BundleFile, type CollectedFiles } from '../bundle/files';
import { wrapDiskError, type PackedFile } from '../bundle/pack';
import { inBatches, runInWorker } from '../worker/publishWorkerClient';
import type { InspectTask, WorkerResults } from '../worker/publishWorkerProtocol';
import { openReusing } from '../bundle/reusedChunks';

/** A packed mini-app in a temporary file. */
export interface Bundle extends PackedFile, AsyncDisposable {
  /** The inspection of the packed bytes, if it was requested. */
  inspection?: Inspection;
  fileCount: number;
  /**
   * Opens the packed bytes from the start. Chunks are valid for a limited time only: see
   * {@link openReusing}.
   */
  open(): Readable;
}

type Packable = Pick<CollectedFiles, 'boundary' | 'files' | 'folders'>;

export interface BundleOptions {
  signal?: AbortSignal | undefined;
  /**
   * Path of the built worker script, which packs large bundles. Without it, everything is packed on
   * this thread.
   */
  worker?: string | undefined;
  /**
   * Whether to pack the files in the order of their list, without folders and the leading `./` of
   * the client's archives.
   */
  isPlain?: boolean;
  /** Requests an inspection of the packed contents. */
  inspect?: InspectTask | undefined;
  /** Called with the number of files packed so far. */
  onFile?: ((done: number) => void) | undefined;
}

/**
 * Packs files as `.tar.gz`. Order, times, owners and modes are fixed, so the same files give the
 * same bytes. Disposing of the bundle removes the temporary file; if that fails, it is tried once
 * more when the process exits.
 * @throws VALIDATION_FAILED if a file changed since the walk
 * @throws UPLOAD_FAILED if the bundle cannot be written
 * @throws CancelledError
 */
export async function packBundle(
  collected: Packable,
  options: BundleOptions = {},
): Promise<Bundle> {
  throwIfCancelled(options.signal);
  const folder = await wrapDiskError(makeBundleFolder());
  // Closing a window ends the process without disposing of anything.
  const removeAtExit = (): void => {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Best effort at exit.
    }
  };
  process.once('exit', removeAtExit);
  // A failed removal does not fail the publish: a scanner may hold the file open.
  const remove = (): Promise<void> =>
    rm(folder, { recursive: true, force: true, maxRetries: 3 }).then(
      () => void process.off('exit', removeAtExit),
      () => undefined,
    );
  try {
    const path = join(folder, BUNDLE_FILE);
    const packed = await packTo(path, collected, options);
    return {
      ...packed,
      fileCount: collected.files.length,
      open: () => openReusing(path),
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function packTo(
  path: string,
  { boundary, files, folders }: Packable,
  { signal, worker, inspect, onFile, isPlain = false }: BundleOptions,
): Promise<WorkerResults['pack']> {
  const batches = inBatches(isPlain ? files : entriesOf(files, folders));
  if (isPlain || worker === undefined || isSmall(files)) {
    // Loaded on demand, because the script parser is large.
    const { packInspected } = await import('./packInspected');
    return packInspected(path, batches, inspect, {
      ...{ boundary, signal, onFile },
      ...(isPlain ? { root: '' } : {}),
    });
  }
  const task = { kind: 'pack', boundary, path, inspect } as const;
  const packed = await runInWorker(worker, task, batches, { signal, onFile });
  onFile?.(files.length); // the worker reports only from time to time
  return packed;
}

/**
 * Merges files and folders into one list, each folder before its contents. The name of a folder
 * ends with a slash.
 * @param folders the empty folders
 */
function* entriesOf(
  files: readonly BundleFile[],
  folders: readonly string[],
): Generator<BundleFile, void, undefined> {
  const sorted = files.every(
    ({ name }, index) => index === 0 || compareBytewise(files[index - 1]?.name ?? '', name) <= 0,
  );
  const entries = mergeBytewise(
    sorted ? files : sortByName([...files]),
    folders.map((name) => folderEntry(`${name}/`)),
    ({ name }) => name,
  );
  let previous = '';
  for (const entry of entries) {
    // The entries of one folder are adjacent.
    for (const folder of foldersAbove(entry.name)) {
      if (!previous.startsWith(folder)) {
        yield folderEntry(folder);
      }
    }
    previous = entry.name;
    yield entry;
  }
}

/** Yields the folders that contain an entry, the outermost first. */
function* foldersAbove(name: string): Generator<string, void, undefined> {
  for (let slash = name.indexOf('/'); slash !== -1; slash = name.indexOf('/', slash + 1)) {
    if (slash < name.length - 1) {
      yield name.slice(0, slash + 1);
    }
  }
}

function folderEntry(name: string): BundleFile {
  return { name, path: '', size: 0 };
}
