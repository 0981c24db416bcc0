import { open } from 'node:fs/promises';
import { imageSize } from 'image-size';
import { READ_WITHOUT_WAITING, readHead } from '../../platform/readTextFile';

/** Bytes. The beginning of nearly every picture holds its dimensions. */
const HEAD = 64 * 1024;

type PictureFormat = 'png' | 'jpg' | 'webp';

/** What a picture's first bytes show. */
export interface Picture {
  format: PictureFormat;
  /** Pixels. */
  width: number;
  height: number;
}

/**
 * Reads the format and size of a PNG, JPEG or WebP picture from its first bytes. Reads more only
 * for a JPEG whose dimensions come later.
 * @param maxBytes the most bytes to read
 * @returns undefined for another format or an unreadable file
 */
export async function readPicture(path: string, maxBytes: number): Promise<Picture | undefined> {
  const file = await open(path, READ_WITHOUT_WAITING).catch(() => undefined);
  if (file === undefined) {
    return undefined;
  }
  try {
    const head = await readHead(file, Math.min(HEAD, maxBytes));
    return (
      dimensions(head) ??
      (head.length === HEAD ? dimensions(await readHead(file, maxBytes)) : undefined)
    );
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

function dimensions(head: Buffer): Picture | undefined {
  const format = detectFormat(head);
  if (format === undefined) {
    return undefined;
  }
  try {
    // Needs its own array: image-size reads past the end of a Buffer that shares its memory.
    const { width, height } = imageSize(new Uint8Array(head));
    return width < 1 || height < 1 ? undefined : { format, width, height };
  } catch {
    return undefined;
  }
}

function detectFormat(head: Buffer): PictureFormat | undefined {
  const begin = head.toString('latin1', 0, 12);
  if (begin.startsWith('\x89PNG\r\n\x1A\n')) {
    return 'png';
  }
  if (begin.startsWith('\xFF\xD8\xFF')) {
    return 'jpg';
  }
  return /^RIFF.{4}WEBP$/su.test(begin) ? 'webp' : undefined;
}
