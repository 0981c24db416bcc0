import { join } from 'node:path';
import { MANIFEST_FILE } from '../../miniAppFolder';
import type { Problem } from '../../problem';
import { readTextFile } from '../../platform/readTextFile';
import { JsonText, type JsonPath } from '../json/jsonText';
import { toProblem, type RuleId } from '../rules/rules';

/** A manifest's file and text, used to locate problems in the manifest. */
export class ManifestLocations {
  constructor(
    /** Absolute. */
    readonly file: string,
    readonly text: JsonText,
  ) {}

  /** Reads the manifest as it is on disk. If it cannot be read, every location is its beginning. */
  static async read(folder: string, name = MANIFEST_FILE): Promise<ManifestLocations> {
    const file = join(folder, name);
    return new ManifestLocations(file, new JsonText(await readTextFile(file).catch(() => '')));
  }

  /** Creates a problem about a value of the manifest. */
  problem(rule: RuleId, message: string, path: JsonPath): Problem {
    return toProblem(rule, message, this.file, this.text.rangeOf(path));
  }
}
