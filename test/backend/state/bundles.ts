import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Bundle, Tables } from './model';

/** Bundles: announced by the API, received by the storage. */
export class Bundles {
  constructor(
    private readonly tables: Tables,
    private readonly folder: string,
  ) {}

  find(bundleId: string): Bundle | undefined {
    return this.tables.data.bundles.find((bundle) => bundle.bundleId === bundleId);
  }

  /** Returns the path of a received bundle. */
  pathOf(bundleId: string): string {
    return join(this.folder, `${bundleId}.tar.gz`);
  }

  /** Registers a bundle that is about to be uploaded. */
  announce(bundle: Omit<Bundle, 'bundleId' | 'received'>): Bundle {
    const announced: Bundle = { bundleId: `bnd_${randomBytes(12).toString('hex')}`, ...bundle };
    this.tables.data.bundles.push(announced);
    this.tables.changed();
    return announced;
  }

  /** Streams a bundle to disk and hashes it. An aborted stream leaves no file behind. */
  async receive(bundle: Bundle, stream: AsyncIterable<Buffer>): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const part = `${this.pathOf(bundle.bundleId)}.${randomBytes(4).toString('hex')}.part`;
    const hash = createHash('sha256');
    let bytes = 0;
    async function* hashed(): AsyncGenerator<Buffer> {
      for await (const chunk of stream) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    }
    try {
      await pipeline(Readable.from(hashed()), createWriteStream(part));
      await rename(part, this.pathOf(bundle.bundleId));
    } finally {
      await rm(part, { force: true });
    }
    bundle.received = { bytes, sha256: hash.digest('hex') };
    this.tables.changed();
  }
}
