import { open, type FileHandle } from 'node:fs/promises';
import { imageSize } from 'image-size';

/** Bytes that hold the dimensions of nearly every picture. */
const HEAD = 64 * 1024;

type PictureFormat = 'png' | 'jpg' | 'webp';

export interface Picture {
  format: PictureFormat;
  /** Pixels. */
  width: number;
  height: number;
}

/**
 * Reads what a PNG, JPEG or WebP picture is from its beginning. Only where a JPEG has so much before its dimensions, more is read.
 * @param maxBytes what is read at most
 * @returns undefined when it is none of these or cannot be read
 */
export async function readPicture(path: string, maxBytes: number): Promise<Picture | undefined> {
  const file = await open(path).catch(() => undefined);
  try {
    const head = await read(file, Math.min(HEAD, maxBytes));
    return (
      dimensions(head) ??
      (head.length === HEAD ? dimensions(await read(file, maxBytes)) : undefined)
    );
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}

async function read(file: FileHandle | undefined, length: number): Promise<Uint8Array> {
  // An array of its own, for image-size reads past the end of a Buffer that shares its memory with others.
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (file !== undefined && filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, filled);
    if (bytesRead === 0) {
      break;
    }
    filled += bytesRead;
  }
  return bytes.slice(0, filled);
}

function dimensions(head: Uint8Array): Picture | undefined {
  const format = formatOf(head);
  if (format === undefined) {
    return undefined;
  }
  try {
    const { width, height } = imageSize(head);
    return width < 1 || height < 1 ? undefined : { format, width, height };
  } catch {
    return undefined;
  }
}

function formatOf(head: Uint8Array): PictureFormat | undefined {
  const begin = Buffer.from(head.subarray(0, 12)).toString('latin1');
  if (begin.startsWith('\x89PNG\r\n\x1A\n')) {
    return 'png';
  }
  if (begin.startsWith('\xFF\xD8\xFF')) {
    return 'jpg';
  }
  return /^RIFF.{4}WEBP$/su.test(begin) ? 'webp' : undefined;
}
