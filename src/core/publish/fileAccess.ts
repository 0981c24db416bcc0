import {
  close,
  closeSync,
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
import { READ_WITHOUT_WAITING as FLAGS } from '../readTextFile';

/** How files are read, by descriptor, from their start on. Everything throws, or rejects with, Node.js system errors. */
export interface FileAccess {
  open(path: string): number | Promise<number>;
  stat(descriptor: number): Stats | Promise<Stats>;
  /** Fills a buffer as far as one call does; returns the number of bytes, 0 at the end. */
  read(descriptor: number, into: Uint8Array): number | Promise<number>;
  close(descriptor: number): void | Promise<void>;
  /** A path without links. */
  realpath(path: string): string | Promise<string>;
}

/** For a thread of its own: several times as fast for small files, for nothing travels to the thread pool and back. */
export const blockingFiles: FileAccess = {
  open: (path) => openSync(path, FLAGS),
  stat: (descriptor) => fstatSync(descriptor),
  read: (descriptor, into) => readSync(descriptor, into, 0, into.length, null),
  close: (descriptor) => closeSync(descriptor),
  realpath: (path) => realpathSync.native(path),
};

/** For a thread that has others to serve. */
export const waitingFiles: FileAccess = {
  open: (path) => promisify(open)(path, FLAGS),
  stat: (descriptor) => promisify(fstat)(descriptor),
  read: async (descriptor, into) =>
    (await promisify(read)(descriptor, into, 0, into.length, null)).bytesRead,
  close: (descriptor) => promisify(close)(descriptor),
  realpath: (path) => promisify(realpath.native)(path),
};
