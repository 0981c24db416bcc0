import { join } from 'node:path';
import { MANIFEST_FILE } from '../../miniAppFolder';
import type { Problem } from '../../problem';
import { readTextFile } from '../../readTextFile';
import { JsonText, type JsonPath } from '../jsonText';
import { problemOf, type RuleId } from '../rules';

/** A manifest's file and text: where checks point when the manifest is at fault. */
export class ManifestPlaces {
  constructor(
    /** Absolute. */
    readonly file: string,
    readonly text: JsonText,
  ) {}

  /** As of now: an unreadable manifest has its beginning for every place. */
  static async read(folder: string): Promise<ManifestPlaces> {
    const file = join(folder, MANIFEST_FILE);
    return new ManifestPlaces(file, new JsonText(await readTextFile(file).catch(() => '')));
  }

  /** A finding about a value of the manifest. */
  problem(rule: RuleId, message: string, path: JsonPath): Problem {
    return problemOf(rule, message, this.file, this.text.rangeOf(path));
  }
}
