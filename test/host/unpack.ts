import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';

/**
 * Unpacks the regular files of a `.tgz` or `.tar.br`.
 * @param archive path of the archive; its extension determines the compression
 * @param rename maps an entry's name to an absolute path, or to undefined to skip it
 */
export async function unpackTar(
  archive: string,
  rename: (entry: string) => string | undefined,
): Promise<void> {
  const tar = extract();
  const unpacked = pipeline(createReadStream(archive), decompressor(archive), tar);
  const written = writeEntries(tar, rename);
  await Promise.all([unpacked, written]);
}

/**
 * Decompresses one file.
 * @param compressed path that ends in `.br` or `.tgz`/`.gz`
 * @param mode permission bits of the result
 */
export async function unpackFile(compressed: string, target: string, mode: number): Promise<void> {
  const output = createWriteStream(target, { mode });
  await pipeline(createReadStream(compressed), decompressor(compressed), output);
}

async function writeEntries(
  tar: ReturnType<typeof extract>,
  rename: (entry: string) => string | undefined,
): Promise<void> {
  for await (const entry of tar) {
    const target = entry.header.type === 'file' ? rename(entry.header.name) : undefined;
    if (target === undefined) {
      entry.resume();
      continue;
    }
    await mkdir(path.dirname(target), { recursive: true });
    const mode = entry.header.mode | 0o600;
    await pipeline(entry as unknown as Readable, createWriteStream(target, { mode }));
  }
}

function decompressor(archive: string): NodeJS.ReadWriteStream {
  return archive.endsWith('.br') ? createBrotliDecompress() : createGunzip();
}
