import { join } from 'node:path';
import { CONFIG_FILE, MANIFEST_FILE } from '../miniAppFolder';
import type { Problem } from '../problem';
import { ManifestPlaces } from './checks/manifestPlaces';
import { checkRequires } from './checks/requires';
import { JsonText } from './jsonText';
import { checkConfigText, checkManifestText, readText, type FileText } from './projectTexts';
import type { CheckedManifest } from './validateManifest';

/**
 * Knows the problems of one mini-app, as far as they can be told without a build. The texts of its two JSON files are given, so that what
 * is not saved counts; the other files are those on disk.
 */
export class ProblemFinder {
  readonly manifestFile: string;
  readonly configFile: string;
  private manifest: CheckedManifest = { fields: {}, problems: [], source: new JsonText('') };
  private config: ReturnType<typeof checkConfigText> = { problems: [] };

  /** @param folder absolute path */
  constructor(readonly folder: string) {
    this.manifestFile = join(folder, MANIFEST_FILE);
    this.configFile = join(folder, CONFIG_FILE);
  }

  /** Checks the text of `manifest.json`, at once and without a look at the disk. */
  setManifest(text: FileText): void {
    const checked = checkManifestText(text, this.manifestFile);
    const places = new ManifestPlaces(this.manifestFile, checked.source);
    const problems = [...checked.problems, ...checkRequires(checked.fields, places)];
    this.manifest = { ...checked, problems };
  }

  /** Checks the text of `sdk.config.json`, at once and without a look at the disk. */
  setConfig(text: FileText): void {
    this.config = checkConfigText(text, this.configFile);
  }

  /** What is saved; never rejects. */
  readText(file: string): Promise<FileText> {
    return readText(file);
  }

  /** All that is known. */
  get problems(): Problem[] {
    return [...this.manifest.problems, ...this.config.problems];
  }
}
