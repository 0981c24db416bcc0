import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/** Limit for manifests and configuration files, in bytes. */
const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/** Minimum read size once a file turns out larger than its reported size, in bytes. */
const MIN_CHUNK = 4096;

/**
 * Opening a FIFO would otherwise block until a writer appears. Windows has neither the problem nor
 * the flag.
 */
export const READ_WITHOUT_WAITING =
  process.platform === 'win32' ? constants.O_RDONLY : constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * Reads an untrusted UTF-8 file. Never blocks on a pipe and never reads more than the limit. Strips
 * a byte order mark, as editors do.
 * @param maxBytes Largest accepted size.
 * @throws A system error: EFBIG for a file that is too large, EISDIR for a folder, EINVAL for a
 * pipe, socket or device.
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

/** Decodes UTF-8, or UTF-16 as PowerShell's `>` writes it. Strips a byte order mark. */
export function decodeText(bytes: Uint8Array): string {
  const mark = Buffer.from(bytes.subarray(0, 2)).toString('hex');
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

/**
 * Reads the beginning of a file.
 * @param most Upper limit, in bytes.
 * @param expected Expected size, in bytes. A growing file may have more.
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
