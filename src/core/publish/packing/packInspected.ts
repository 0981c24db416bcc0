import { inspectInPlace, type OpenInspector } from './contentInspector';
import type { BundleFile } from '../bundle/files';
import { pack, type PackOptions } from '../bundle/pack';
import type { InspectTask, WorkerResults } from '../worker/publishWorkerProtocol';

/** Packs like {@link pack}, and inspects the packed contents if requested. */
export async function packInspected(
  path: string,
  batches: AsyncIterable<readonly BundleFile[]>,
  inspect: InspectTask | undefined,
  options: PackOptions,
  openInspector: OpenInspector = inspectInPlace,
): Promise<WorkerResults['pack']> {
  if (inspect === undefined) {
    return pack(path, batches, options);
  }
  const inspector = await openInspector(inspect.cacheFile);
  const packed = await pack(path, batches, { ...options, inspector });
  return { ...packed, inspection: await inspector.finish(inspect.cacheFile !== undefined) };
}
