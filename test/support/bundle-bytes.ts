import type { Bundle } from '../../src/core/publish/bundle';

/** The packed bytes of a bundle, copied: its chunks do not hold for long. */
export async function bundleBytes(bundle: Pick<Bundle, 'open'>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bundle.open() as AsyncIterable<Buffer>) {
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}
