import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from './errors';
import { isJsonObject, parseJson, type JsonObject } from './json';
import { readTextFile } from './readTextFile';

/** A JSON object in a file on this computer, which all windows share. */
export class StateFile {
  constructor(
    private readonly file: string,
    private readonly maxBytes = 1024 * 1024,
  ) {}

  /** What the file holds now; undefined when there is no file. A damaged or unreadable file counts as an empty one. */
  async read(): Promise<JsonObject | undefined> {
    try {
      const value = parseJson(await readTextFile(this.file, this.maxBytes))?.value;
      return isJsonObject(value) ? value : {};
    } catch (error) {
      return systemErrorCode(error) === 'ENOENT' ? undefined : {};
    }
  }

  /** Replaces the file as a whole, or leaves it as it is. @returns whether it was written */
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
