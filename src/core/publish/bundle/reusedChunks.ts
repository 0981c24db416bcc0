import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';

const CHUNK = 64 * 1024;
/**
 * Streams that respect backpressure hold at most two chunks each: one queued and one in transit.
 * There are three streams between a file and its socket.
 */
const CHUNKS = 16;

/**
 * Opens a file as a stream whose chunks reuse the same memory. New buffers would pile up, because
 * the garbage collector reclaims them only at about 60 MB.
 *
 * A chunk is valid until 1 MiB more has been read, so a reader must pass it on and respect
 * backpressure, as a socket does.
 */
export function openReusing(path: string): Readable {
  return Readable.from(chunksOf(path), { objectMode: false, highWaterMark: CHUNK });
}

async function* chunksOf(path: string): AsyncGenerator<Buffer, void, undefined> {
  const file = await open(path);
  try {
    const memory = Buffer.allocUnsafeSlow(CHUNK * CHUNKS);
    for (let turn = 0; ; turn = (turn + 1) % CHUNKS) {
      const { bytesRead } = await file.read(memory, turn * CHUNK, CHUNK, null);
      if (bytesRead === 0) {
        return;
      }
      yield memory.subarray(turn * CHUNK, turn * CHUNK + bytesRead);
    }
  } finally {
    await file.close();
  }
}
