import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { constants, crc32, deflateRaw, type ZlibOptions } from 'node:zlib';

/** Bytes per block. Another size gives different output. */
const BLOCK = 256 * 1024;
/** The size of the deflate window, in bytes. */
const WINDOW = 32 * 1024;
/**
 * Memory level 9 is faster than the default for data that hardly compresses, and the output is
 * slightly smaller.
 */
const LEVEL = { level: 6, memLevel: 9 };
/** The most a block may grow, so that its output needs a single buffer. */
const OVERHEAD = 4096;

/** No name, no time, an unknown operating system. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** The thread pool has four threads by default. One stays free for file access and DNS lookups. */
const MAX_PARALLEL = 3;

const compress = promisify<Uint8Array, ZlibOptions, Buffer>(deflateRaw);

/**
 * Writes one gzip member, compressed in blocks on the thread pool. Each block uses the previous 32
 * KiB as its dictionary and ends on a byte boundary. The output depends on the input and the zlib
 * build, not on the number of parallel blocks.
 */
export class ParallelGzip {
  private block: Buffer = Buffer.allocUnsafe(BLOCK);
  private used = 0;
  private dictionary: Buffer = Buffer.alloc(0);
  private checksum = 0;
  private size = 0;
  private begun = false;
  private readonly spare: Buffer[] = [];
  private readonly jobs: Promise<{ output: Buffer; block: Buffer }>[] = [];

  /**
   * @param sink takes the compressed bytes in order
   * @param parallel how many blocks are compressed at once
   */
  constructor(
    private readonly sink: (bytes: Uint8Array) => Promise<void>,
    private readonly parallel = Math.min(availableParallelism(), MAX_PARALLEL),
  ) {}

  /**
   * Returns the buffer for the next bytes, at least one byte long. Call {@link advance} after
   * writing to it.
   */
  space(): Buffer {
    return this.block.subarray(this.used);
  }

  /** Marks the first bytes of {@link space} as written. */
  async advance(bytes: number): Promise<void> {
    this.used += bytes;
    if (this.used === BLOCK) {
      await this.submit(false);
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let start = 0; start < bytes.length;) {
      const space = this.space();
      const part = bytes.subarray(start, start + space.length);
      space.set(part);
      start += part.length;
      await this.advance(part.length);
    }
  }

  /** Writes the remaining bytes and the end of the member. */
  async end(): Promise<void> {
    await this.submit(true);
    while (this.jobs.length > 0) {
      await this.drain();
    }
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(this.checksum, 0);
    trailer.writeUInt32LE(this.size % 2 ** 32, 4);
    await this.sink(trailer);
  }

  /** Waits for pending blocks after a failure. */
  async abandon(): Promise<void> {
    await Promise.allSettled(this.jobs);
  }

  private async submit(last: boolean): Promise<void> {
    const { block } = this;
    const input = block.subarray(0, this.used);
    this.checksum = crc32(input, this.checksum);
    this.size += input.length;
    const job = compress(input, {
      ...LEVEL,
      chunkSize: BLOCK + OVERHEAD,
      finishFlush: last ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
      ...(this.dictionary.length === 0 ? {} : { dictionary: this.dictionary }),
    }).then((output) => ({ output, block }));
    job.catch(() => undefined); // drain() throws it
    this.jobs.push(job);
    this.dictionary = Buffer.from(input.subarray(-WINDOW));
    this.used = 0;
    if (this.jobs.length >= this.parallel) {
      await this.drain();
    }
    this.block = this.spare.pop() ?? Buffer.allocUnsafe(BLOCK);
  }

  /** Passes the oldest block to the sink. */
  private async drain(): Promise<void> {
    const job = this.jobs.shift();
    if (job === undefined) {
      return;
    }
    const { output, block } = await job;
    if (!this.begun) {
      this.begun = true;
      await this.sink(HEADER);
    }
    await this.sink(output);
    this.spare.push(block);
  }
}
