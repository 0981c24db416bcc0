import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from 'node:zlib';
import { I99dashError, systemErrorCode } from '../errors';
import { t } from '../text/l10n';

type Decoder = (bytes: Buffer, options: ZlibOptions) => Promise<Buffer>;

/** Decoders to try in order, by content coding. Many servers send `deflate` without its header. */
const DECODERS: ReadonlyMap<string, readonly Decoder[]> = new Map<string, readonly Decoder[]>([
  ['gzip', [promisify(gunzip)]],
  ['x-gzip', [promisify(gunzip)]],
  ['deflate', [promisify(inflate), promisify(inflateRaw)]],
  ['br', [promisify(brotliDecompress)]],
]);
/** Limit for nested content codings. */
const MAX_CODINGS = 3;

/**
 * Reads the body of a response as UTF-8 without a byte order mark. Decompresses it if necessary,
 * although requests do not ask for compression.
 * @param most Limit in bytes, both compressed and decompressed. Reading stops as soon as it is
 * exceeded.
 * @throws PROTOCOL when the limit is exceeded
 */
export async function readBody(
  body: Readable,
  headers: Readonly<Record<string, string>>,
  most: number,
): Promise<string> {
  const bytes = await readBytes(body, Number(headers['content-length'] ?? 0), most);
  const text = await decompress(bytes, headers['content-encoding'] ?? '', most);
  return new TextDecoder().decode(text);
}

async function readBytes(body: Readable, length: number, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  body.on('error', () => undefined); // the loop below reports errors; later ones are ignored
  try {
    assertSize(length, most);
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      assertSize(size, most);
      chunks.push(chunk);
    }
  } finally {
    body.destroy();
  }
  return Buffer.concat(chunks);
}

/**
 * Returns the bytes unchanged when they cannot be decompressed: some proxies decompress but keep
 * the header.
 */
async function decompress(bytes: Buffer, encoding: string, most: number): Promise<Buffer> {
  const codings = encoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim());
  let decoded: Buffer | undefined = bytes;
  for (const coding of codings.length > MAX_CODINGS ? [] : codings.reverse()) {
    const decoders = DECODERS.get(coding) ?? [];
    decoded = coding === 'identity' ? decoded : await decodeWith(decoders, decoded, most);
    if (decoded === undefined) {
      return bytes;
    }
  }
  return decoded;
}

async function decodeWith(
  decoders: readonly Decoder[],
  bytes: Buffer,
  most: number,
): Promise<Buffer | undefined> {
  for (const decode of decoders) {
    try {
      return await decode(bytes, { maxOutputLength: most });
    } catch (error) {
      assertSize(systemErrorCode(error) === 'ERR_BUFFER_TOO_LARGE' ? Infinity : 0, most);
    }
  }
  return undefined;
}

function assertSize(size: number, most: number): void {
  if (size > most) {
    throw new I99dashError('PROTOCOL', t('The answer is larger than any this API gives.'));
  }
}
