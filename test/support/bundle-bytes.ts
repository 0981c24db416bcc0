import type { Bundle } from '../../src/core/publish/packing/bundle';

/** Returns a copy of the packed bytes of a bundle, whose chunks are reused. */
export async function bundleBytes(bundle: Pick<Bundle, 'open'>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bundle.open() as AsyncIterable<Buffer>) {
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}
