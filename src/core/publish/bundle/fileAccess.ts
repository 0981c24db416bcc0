import {
  close,
  closeSync,
  constants,
  fstat,
  fstatSync,
  open,
  openSync,
  read,
  readSync,
  realpath,
  realpathSync,
  type Stats,
} from 'node:fs';
import { promisify } from 'node:util';
import { READ_WITHOUT_WAITING } from '../../platform/readTextFile';

/** Makes `open` fail with ELOOP for a link. Not available on Windows. */
const NO_LINK = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;

/** Whether {@link FileAccess.open} can reject links. */
export const REFUSES_LINKS = NO_LINK !== 0;

function flags(mayBeLink: boolean): number {
  return mayBeLink ? READ_WITHOUT_WAITING : READ_WITHOUT_WAITING | NO_LINK;
}

/**
 * Reads files sequentially by descriptor. All methods throw, or reject with, Node.js system errors.
 */
export interface FileAccess {
  /**
   * @param mayBeLink whether to follow a link in the last part of the path; if not, a link fails
   * with ELOOP. Links in the folders above are always followed
   */
  open(path: string, mayBeLink: boolean): number | Promise<number>;
  stat(descriptor: number): Stats | Promise<Stats>;
  /** Reads once into a buffer. Returns the number of bytes, 0 at the end. */
  read(descriptor: number, into: Uint8Array): number | Promise<number>;
  close(descriptor: number): void | Promise<void>;
  /** Returns the path without links. */
  realpath(path: string): string | Promise<string>;
}

/**
 * Synchronous access for a dedicated thread. Several times as fast for small files, because no call
 * goes through the thread pool.
 */
export const syncFs: FileAccess = {
  open: (path, mayBeLink) => openSync(path, flags(mayBeLink)),
  stat: (descriptor) => fstatSync(descriptor),
  read: (descriptor, into) => readSync(descriptor, into, 0, into.length, null),
  close: (descriptor) => closeSync(descriptor),
  realpath: (path) => realpathSync.native(path),
};

/** Asynchronous access for a thread that has other work. */
export const asyncFs: FileAccess = {
  open: (path, mayBeLink) => promisify(open)(path, flags(mayBeLink)),
  stat: (descriptor) => promisify(fstat)(descriptor),
  read: async (descriptor, into) =>
    (await promisify(read)(descriptor, into, 0, into.length, null)).bytesRead,
  close: (descriptor) => promisify(close)(descriptor),
  realpath: (path) => promisify(realpath.native)(path),
};
