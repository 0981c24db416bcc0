import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/** Nobody writes a larger manifest or configuration, in bytes. */
const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/** Bytes that are read in one go where a file has more than it said. */
const MIN_CHUNK = 4096;

/** Opening a FIFO would otherwise wait for a writer for ever. Windows has neither the trouble nor the flag. */
export const READ_WITHOUT_WAITING =
  process.platform === 'win32' ? constants.O_RDONLY : constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * Reads a text in UTF-8 of which nobody knows who put it there: never waits for a pipe, and never holds more than it may. A byte order mark
 * at its beginning is left out, as editors do.
 * @param maxBytes what the file may have at most
 * @throws a system error; EFBIG for a file that is too large, EISDIR for a folder, EINVAL for a pipe, a socket or a device
 */
export async function readTextFile(path: string, maxBytes = MAX_TEXT_BYTES): Promise<string> {
  const handle = await open(path, READ_WITHOUT_WAITING);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) {
      throw systemError(stats.isDirectory() ? 'EISDIR' : 'EINVAL', path);
    }
    if (stats.size > maxBytes) {
      throw systemError('EFBIG', path);
    }
    const bytes = await readHead(handle, maxBytes + 1, stats.size + 1);
    if (bytes.length > maxBytes) {
      throw systemError('EFBIG', path);
    }
    return bytes.toString('utf8').replace(/^\uFEFF/u, '');
  } finally {
    await handle.close();
  }
}

/** Decodes UTF-8, or the UTF-16 that PowerShell's `>` writes. A byte order mark is left out. */
export function decodeText(bytes: Uint8Array): string {
  const mark = Buffer.from(bytes.subarray(0, 2)).toString('hex');
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

/**
 * The first bytes of a file, as many as there are.
 * @param most what is read at most
 * @param expected what is thought to be there: a file that grows has more
 */
export async function readHead(handle: FileHandle, most: number, expected = most): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let filled = 0; filled < most;) {
    const wanted = Math.min(most - filled, Math.max(expected - filled, MIN_CHUNK));
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(wanted), 0, wanted, filled);
    if (bytesRead === 0) {
      break;
    }
    chunks.push(buffer.subarray(0, bytesRead));
    filled += bytesRead;
  }
  return Buffer.concat(chunks);
}

function systemError(code: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
