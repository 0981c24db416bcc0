import { once } from 'node:events';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';

/** An entry of an archive; a folder has no content. */
export interface TarEntry {
  name: string;
  content: Buffer | null;
}

/** Reads the entries of a `.tar.gz` in order with tar-stream. */
export async function untar(packed: Buffer): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  const unpacking = extract();
  unpacking.on('entry', ({ name, type }, stream, next) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk) => chunks.push(chunk as Buffer));
    stream.on('end', () => {
      entries.push({ name, content: type === 'directory' ? null : Buffer.concat(chunks) });
      next();
    });
  });
  const finished = once(unpacking, 'finish');
  unpacking.end(gunzipSync(packed));
  await finished;
  return entries;
}
