import { BaselineCache } from './baselineCache';
import { ContentInspector, type Inspector } from './checks/contentInspector';
import type { BundleFile } from './files';
import { pack, type PackOptions } from './pack';
import type { InspectTask, WorkerResults } from './publishWorkerProtocol';

/** @param cacheFile where the results of earlier inspections are */
export type OpenInspector = (cacheFile: string | undefined) => Promise<Inspector>;

/** Looks at contents where it is called. */
export const inspectInPlace: OpenInspector = async (cacheFile) =>
  new ContentInspector(await BaselineCache.load(cacheFile));

/** Packs like {@link pack}, and looks at what is packed when that is wanted. */
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
