import { isI99dashError, systemErrorCode, throwIfCancelled } from '../../errors';
import { syncFs, asyncFs, type FileAccess } from '../bundle/fileAccess';
import { unreadable, type BundleFile } from '../bundle/files';
import {
  inspectInPlace,
  type Inspection,
  type Inspector,
  type OpenInspector,
} from './contentInspector';

export interface InspectOptions {
  /** The file with the results of earlier inspections. */
  cacheFile?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Whether this thread has nothing else to do and may block on disk reads. */
  blocking?: boolean;
}

/** Bytes per read. */
const CHUNK = 64 * 1024;

/**
 * Checks the contents of files without packing them.
 * @throws VALIDATION_FAILED if a file cannot be read
 * @throws CancelledError
 */
export async function inspectFiles(
  batches: AsyncIterable<readonly BundleFile[]>,
  { cacheFile, signal, blocking = false }: InspectOptions = {},
  openInspector: OpenInspector = inspectInPlace,
): Promise<Inspection> {
  const inspector = await openInspector(cacheFile);
  const access = blocking ? syncFs : asyncFs;
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  for await (const batch of batches) {
    for (const file of batch) {
      throwIfCancelled(signal);
      await inspectFile(inspector, file, access, buffer);
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
    descriptor = await access.open(file.path, true);
    const { size } = await access.stat(descriptor);
    inspector.begin({ ...file, size });
    for (let left = size; left > 0;) {
      const bytes = await access.read(descriptor, buffer.subarray(0, left));
      left = bytes > 0 && inspector.add(buffer.subarray(0, bytes)) ? left - bytes : 0;
    }
  } catch (error) {
    throw systemErrorCode(error) === undefined || isI99dashError(error)
      ? error
      : unreadable(file.path, error, file.name);
  } finally {
    if (descriptor !== undefined) {
      await access.close(descriptor);
    }
  }
  await inspector.end();
}
