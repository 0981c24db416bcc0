import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { constants, crc32, deflateRaw, type ZlibOptions } from 'node:zlib';

/** What is compressed in one go, in bytes. Part of the format: another size gives other bytes. */
const BLOCK = 256 * 1024;
/** How far back deflate looks. */
const WINDOW = 32 * 1024;
/** Memory level 9 is faster than the default where little can be compressed, and a little smaller. */
const LEVEL = { level: 6, memLevel: 9 };
/** The most a block may grow by, so that its output needs a single buffer. */
const OVERHEAD = 4096;

/** No name, no time, an unknown operating system. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** The event loop's thread pool has four threads by default; one is left to files and names. */
const MAX_PARALLEL = 3;

const compress = promisify<Uint8Array, ZlibOptions, Buffer>(deflateRaw);

/**
 * One gzip member, compressed in blocks on the thread pool: each block knows the 32 kB before it and ends on a byte. The bytes depend on
 * what is written and on the build of zlib, not on how many blocks are in hand at once.
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
   * @param sink takes the packed bytes in order
   * @param parallel how many blocks are compressed at once
   */
  constructor(
    private readonly sink: (bytes: Uint8Array) => Promise<void>,
    private readonly parallel = Math.min(availableParallelism(), MAX_PARALLEL),
  ) {}

  /** Where the next bytes go: at least one byte long. Whoever fills it calls {@link advance}. */
  space(): Buffer {
    return this.block.subarray(this.used);
  }

  /** Takes the first bytes of {@link space} as written. */
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

  /** Writes what is left and the end. */
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

  /** Waits for what is in hand, after a failure. */
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
    job.catch(() => undefined); // drain() tells
    this.jobs.push(job);
    this.dictionary = Buffer.from(input.subarray(-WINDOW));
    this.used = 0;
    if (this.jobs.length >= this.parallel) {
      await this.drain();
    }
    this.block = this.spare.pop() ?? Buffer.allocUnsafe(BLOCK);
  }

  /** Hands on the oldest block. */
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
