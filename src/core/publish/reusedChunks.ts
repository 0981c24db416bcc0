import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';

const CHUNK = 64 * 1024;
/** Streams that heed backpressure hold two each at the most: one that waits and one on its way. Between a file and its socket are three. */
const CHUNKS = 16;

/**
 * Opens a file as a stream whose chunks are read into the same memory over and over. New buffers would pile up: the collector only
 * looks for them at some 60 MB.
 * A chunk holds until 1 MiB more has been read, so what reads it must pass it on and heed backpressure, as a socket does.
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
