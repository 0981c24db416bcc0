import type { CollectedFiles } from '../../src/core/publish/bundle/files';
import { packBundle, type Bundle, type BundleOptions } from '../../src/core/publish/packing/bundle';

/** Packs files, passes the bundle to `use`, and removes it. */
export async function withBundle<T>(
  collected: CollectedFiles,
  use: (bundle: Bundle) => Promise<T>,
  options: BundleOptions = {},
): Promise<T> {
  await using bundle = await packBundle(collected, options);
  return await use(bundle);
}
