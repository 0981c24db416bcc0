import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from '../errors';
import { isJsonObject, parseJson, type JsonObject } from './json';
import { readTextFile } from './readTextFile';

/** A JSON object in a file on this computer, shared by all windows. */
export class StateFile {
  constructor(
    private readonly file: string,
    private readonly maxBytes = 1024 * 1024,
  ) {}

  /**
   * Reads the file. Returns undefined when it does not exist. A damaged or unreadable file counts
   * as empty.
   */
  async read(): Promise<JsonObject | undefined> {
    try {
      const value = parseJson(await readTextFile(this.file, this.maxBytes))?.value;
      return isJsonObject(value) ? value : {};
    } catch (error) {
      return systemErrorCode(error) === 'ENOENT' ? undefined : {};
    }
  }

  /**
   * Replaces the file atomically.
   * @returns Whether the file was written.
   */
  async write(value: JsonObject): Promise<boolean> {
    const temporary = `${this.file}.${randomUUID()}.tmp`;
    try {
      await mkdir(dirname(this.file), { recursive: true, mode: 0o700 });
      await writeFile(temporary, JSON.stringify(value), { mode: 0o600 });
      await rename(temporary, this.file);
      return true;
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
      return false;
    }
  }
}
