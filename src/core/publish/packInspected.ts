import { BaselineCache } from './baselineCache';
import { ContentInspector } from './checks/contentInspector';
import type { BundleFile } from './files';
import { pack, type PackOptions } from './pack';
import type { InspectTask, WorkerResults } from './publishWorkerProtocol';

/** Packs like {@link pack}, and looks at what is packed when that is wanted. */
export async function packInspected(
  path: string,
  batches: AsyncIterable<readonly BundleFile[]>,
  inspect: InspectTask | undefined,
  options: PackOptions,
): Promise<WorkerResults['pack']> {
  if (inspect === undefined) {
    return pack(path, batches, options);
  }
  const inspector = new ContentInspector(await BaselineCache.load(inspect.cacheFile));
  const packed = await pack(path, batches, { ...options, inspector });
  return { ...packed, inspection: inspector.finish(inspect.cacheFile !== undefined) };
}
