import { t } from '../../l10n';
import { I99dashError, systemErrorCode, throwIfCancelled } from '../../errors';
import { blockingFiles, waitingFiles, type FileAccess } from '../fileAccess';
import type { BundleFile } from '../files';
import { inspectInPlace, type OpenInspector } from '../packInspected';
import type { Inspection, Inspector } from './contentInspector';

export interface InspectOptions {
  /** Where the results of earlier inspections are. */
  cacheFile?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Whether this thread has nothing else to do and may wait for the disk. */
  blocking?: boolean;
  /** Told how many files are done. */
  onFile?: ((done: number) => void) | undefined;
}

/** Bytes that are read in one go. */
const CHUNK = 64 * 1024;

/**
 * Looks at the contents of files without packing them.
 * @throws VALIDATION_FAILED when a file cannot be read, CancelledError
 */
export async function inspectFiles(
  batches: AsyncIterable<readonly BundleFile[]>,
  { cacheFile, signal, blocking = false, onFile }: InspectOptions = {},
  openInspector: OpenInspector = inspectInPlace,
): Promise<Inspection> {
  const inspector = await openInspector(cacheFile);
  const access = blocking ? blockingFiles : waitingFiles;
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  let done = 0;
  for await (const batch of batches) {
    for (const file of batch) {
      throwIfCancelled(signal);
      await inspectFile(inspector, file, access, buffer);
      onFile?.(++done);
    }
  }
  throwIfCancelled(signal);
  return inspector.finish(cacheFile !== undefined);
}

async function inspectFile(
  inspector: Inspector,
  file: BundleFile,
  access: FileAccess,
  buffer: Buffer,
): Promise<void> {
  let descriptor: number | undefined;
  try {
    descriptor = await access.open(file.path);
    const { size } = await access.stat(descriptor);
    inspector.begin({ ...file, size });
    for (let left = size; left > 0;) {
      const bytes = await access.read(descriptor, buffer.subarray(0, left));
      left = bytes > 0 && inspector.add(buffer.subarray(0, bytes)) ? left - bytes : 0;
    }
  } catch (cause) {
    const message = t('{0} cannot be read ({1}).', file.name, systemErrorCode(cause) ?? 'unknown');
    throw new I99dashError('VALIDATION_FAILED', message, { file: file.path, cause });
  } finally {
    if (descriptor !== undefined) {
      await access.close(descriptor);
    }
  }
  await inspector.end();
}
