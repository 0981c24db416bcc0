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
import { isJsonObject, parseJson } from '../json';

/**
 * Keeps what belongs to one machine and is no secret. VS Code's global state and secrets do not: they are on the client, and windows
 * of several machines share them.
 */
export interface MachineStore {
  /** The value of a key; undefined when there is none, or it cannot be read. */
  get(key: string): Promise<unknown>;
  /** Writes a value, or removes it when it is undefined. Never rejects: what the disk does not take lasts as long as the window. */
  set(key: string, value: unknown): Promise<void>;
  /** Writes a value unless the key has one, and returns whether it did: of several windows, one succeeds. Never rejects. */
  add(key: string, value: unknown): Promise<boolean>;
}

/** Keeps each value in a file of its own, so that windows do not overwrite each other's changes. */
export class FileMachineStore implements MachineStore {
  /** What the disk did not take. */
  private readonly unwritten = new Map<string, unknown>();

  /** @param folder on the machine of the extension host; made when it is needed */
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

  /** Writes a draft and has it put in place, so that no window reads half a file. */
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

/** Puts a draft in place unless there is a file. Some file systems have no links: there it is copied. */
async function linkUnlessThere(draft: string, path: string): Promise<boolean> {
  try {
    // The copy fails as well where there is a file.
    await link(draft, path).catch(() => copyFile(draft, path, constants.COPYFILE_EXCL));
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

/** The id of this machine, made at its first use. `vscode.env.machineId` is the client's, for remote windows too. */
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
  await store.set(key, made); // a file that is damaged
  return made;
}
