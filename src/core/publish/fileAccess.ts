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
import { READ_WITHOUT_WAITING } from '../readTextFile';

/** Refuses a link with ELOOP, which Windows has nothing for. */
const NO_LINK = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;

/** Whether {@link FileAccess.open} refuses links where it is told to. */
export const REFUSES_LINKS = NO_LINK !== 0;

function flags(mayBeLink: boolean): number {
  return mayBeLink ? READ_WITHOUT_WAITING : READ_WITHOUT_WAITING | NO_LINK;
}

/** How files are read, by descriptor, from their start on. Everything throws, or rejects with, Node.js system errors. */
export interface FileAccess {
  /** @param mayBeLink whether a link, as the last part of the path, is followed; else that is ELOOP. Folders' links always are */
  open(path: string, mayBeLink: boolean): number | Promise<number>;
  stat(descriptor: number): Stats | Promise<Stats>;
  /** Fills a buffer as far as one call does; returns the number of bytes, 0 at the end. */
  read(descriptor: number, into: Uint8Array): number | Promise<number>;
  close(descriptor: number): void | Promise<void>;
  /** A path without links. */
  realpath(path: string): string | Promise<string>;
}

/** For a thread of its own: several times as fast for small files, for nothing travels to the thread pool and back. */
export const blockingFiles: FileAccess = {
  open: (path, mayBeLink) => openSync(path, flags(mayBeLink)),
  stat: (descriptor) => fstatSync(descriptor),
  read: (descriptor, into) => readSync(descriptor, into, 0, into.length, null),
  close: (descriptor) => closeSync(descriptor),
  realpath: (path) => realpathSync.native(path),
};

/** For a thread that has others to serve. */
export const waitingFiles: FileAccess = {
  open: (path, mayBeLink) => promisify(open)(path, flags(mayBeLink)),
  stat: (descriptor) => promisify(fstat)(descriptor),
  read: async (descriptor, into) =>
    (await promisify(read)(descriptor, into, 0, into.length, null)).bytesRead,
  close: (descriptor) => promisify(close)(descriptor),
  realpath: (path) => promisify(realpath.native)(path),
};
