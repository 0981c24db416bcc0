import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { throwIfCancelled } from '../errors';
import { BUNDLE_FILE, makeBundleFolder } from './bundleFolder';
import { compareBytewise, mergeBytewise } from './byteOrder';
import type { Inspection } from './checks/contentInspector';
import { isSmall } from './checks/contents';
import { sortByName, type BundleFile, type CollectedFiles } from './files';
import { orNoPlace, type Packed } from './pack';
import { inBatches, runInWorker } from './publishWorkerClient';
import type { InspectTask, WorkerResults } from './publishWorkerProtocol';
import { openReusing } from './reusedChunks';

/** A packed mini-app in a temporary file. */
export interface Bundle extends Packed {
  /** What was seen in the packed bytes, if that was wanted. */
  inspection?: Inspection;
  fileCount: number;
  /** Opens the packed bytes from their start, in chunks that hold for a while only: see {@link openReusing}. */
  open(): Readable;
}

type Packable = Pick<CollectedFiles, 'boundary' | 'files' | 'folders'>;

export interface BundleOptions {
  signal?: AbortSignal | undefined;
  /** The built worker script: what is large is packed there. Without it everything is packed in place. */
  worker?: string | undefined;
  /** Whether what is packed is looked at, too. */
  inspect?: InspectTask | undefined;
  /** Told how many files are packed so far. */
  onFile?: ((done: number) => void) | undefined;
}

/**
 * Packs files as `.tar.gz` and hands the bundle to `use`. Order, times, owners and modes are fixed, so that the same files give the same
 * bytes. The temporary file is gone afterwards, whatever happens; where it cannot be removed, that is tried once more at the end of the process.
 * @throws VALIDATION_FAILED (a file is not what the walk saw), UPLOAD_FAILED (no place for the bundle), CancelledError
 */
export async function withBundle<T>(
  collected: Packable,
  use: (bundle: Bundle) => Promise<T>,
  options: BundleOptions = {},
): Promise<T> {
  throwIfCancelled(options.signal);
  const folder = await orNoPlace(makeBundleFolder());
  // A window that closes ends the process in the middle of everything.
  const removeAtExit = (): void => {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Nobody is left to hear of it.
    }
  };
  process.once('exit', removeAtExit);
  try {
    const path = join(folder, BUNDLE_FILE);
    const packed = await packTo(path, collected, options);
    return await use({
      ...packed,
      fileCount: collected.files.length,
      open: () => openReusing(path),
    });
  } finally {
    // What was sent stays sent: a scanner that holds the file open does not make a failure of it.
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).then(
      () => process.off('exit', removeAtExit),
      () => undefined,
    );
  }
}

async function packTo(
  path: string,
  { boundary, files, folders }: Packable,
  { signal, worker, inspect, onFile }: BundleOptions,
): Promise<WorkerResults['pack']> {
  const batches = inBatches(entriesOf(files, folders));
  if (worker === undefined || isSmall(files)) {
    // The parser of scripts is large, and read when it is needed.
    const { packInspected } = await import('./packInspected');
    return packInspected(path, batches, inspect, { boundary, signal, onFile });
  }
  const task = { kind: 'pack', boundary, path, inspect } as const;
  const packed = await runInWorker(worker, task, batches, { signal, onFile });
  onFile?.(files.length); // the worker tells now and then
  return packed;
}

/**
 * Files and folders as one list, each folder before what it holds. The name of a folder ends with a
 * slash.
 * @param folders the empty ones
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
    // What lies in one folder comes in a row.
    for (const folder of foldersAbove(entry.name)) {
      if (!previous.startsWith(folder)) {
        yield folderEntry(folder);
      }
    }
    previous = entry.name;
    yield entry;
  }
}

/** The folders that an entry lies in, the outermost first. */
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
