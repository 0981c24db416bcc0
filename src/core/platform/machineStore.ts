import { createHash, randomUUID } from 'node:crypto';
import {
  constants,
  copyFile,
  link,
  mkdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../errors';
import { isJsonObject, parseJson } from './json';

/**
 * Stores non-secret data of one machine. VS Code's global state and secrets are on the client and
 * shared by windows of several machines.
 */
export interface MachineStore {
  /** Returns the value of a key, or undefined when it is missing or not readable. */
  get(key: string): Promise<unknown>;
  /**
   * Writes a value, or removes it when it is undefined. Never rejects: a value that cannot be
   * written to disk is kept until the window closes.
   */
  set(key: string, value: unknown): Promise<void>;
  /**
   * Writes a value unless the key has one, and returns whether it was written. Of several windows,
   * only one succeeds. Never rejects.
   */
  add(key: string, value: unknown): Promise<boolean>;
}

/** Stores each value in its own file, so that windows do not overwrite each other's changes. */
export class FileMachineStore implements MachineStore {
  /** Values that could not be written to disk. */
  private readonly unwritten = new Map<string, unknown>();

  /**
   * Creates the store.
   * @param folder On the machine of the extension host. Created when needed.
   */
  constructor(private readonly folder: string) {}

  async get(key: string): Promise<unknown> {
    if (this.unwritten.has(key)) {
      return this.unwritten.get(key);
    }
    const text = await readFile(this.path(key), 'utf8').catch(() => '');
    const content = parseJson(text)?.value;
    return isJsonObject(content) && content['key'] === key ? content['value'] : undefined;
  }

  async set(key: string, value: unknown): Promise<void> {
    this.unwritten.delete(key);
    try {
      if (value === undefined) {
        await rm(this.path(key), { force: true });
      } else {
        await this.write(key, value, rename);
      }
    } catch {
      this.unwritten.set(key, value);
    }
  }

  async add(key: string, value: unknown): Promise<boolean> {
    if (this.unwritten.get(key) !== undefined) {
      return false;
    }
    try {
      return await this.write(key, value, linkUnlessThere);
    } catch {
      this.unwritten.set(key, value);
      return true;
    }
  }

  /** Writes a temporary file and moves it into place, so that no window reads a partial file. */
  private async write<T>(
    key: string,
    value: unknown,
    place: (draft: string, path: string) => Promise<T>,
  ): Promise<T> {
    const path = this.path(key);
    const draft = `${path}.${randomUUID()}`;
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(draft, JSON.stringify({ key, value }), { mode: 0o600 });
      return await place(draft, path);
    } finally {
      await rm(draft, { force: true }).catch(() => undefined);
    }
  }

  private path(key: string): string {
    return join(this.folder, `${createHash('sha256').update(key).digest('hex')}.json`);
  }
}

/**
 * Moves a temporary file into place unless the target exists. Copies on file systems without hard
 * links.
 */
async function linkUnlessThere(draft: string, path: string): Promise<boolean> {
  try {
    // The copy also fails when the target exists.
    await link(draft, path).catch(() => copyFile(draft, path, constants.COPYFILE_EXCL));
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

/**
 * Returns the ID of this machine, created on first use. `vscode.env.machineId` identifies the
 * client even in remote windows.
 */
export async function machineId(store: MachineStore): Promise<string> {
  const key = 'machine.id';
  const made = randomUUID();
  if (await store.add(key, made)) {
    return made;
  }
  const id = await store.get(key);
  if (typeof id === 'string') {
    return id;
  }
  await store.set(key, made); // the file is damaged
  return made;
}
