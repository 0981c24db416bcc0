import { basename, join } from 'node:path';
import { CancelledError, describeError } from '../errors';
import { t } from '../l10n';
import { CONFIG_FILE, isInside, isUnwritten, MANIFEST_FILE, PACKAGE_FILE } from '../miniAppFolder';
import type { Logger } from '../ports';
import type { Problem } from '../problem';
import { ManifestPlaces } from './checks/manifestPlaces';
import { checkRequires } from './checks/requires';
import { FileSearch, type FileSearchOptions } from './fileSearch';
import { JsonText } from './jsonText';
import { limitProblems } from './problemList';
import { ownBuild, places } from './project';
import { checkConfigText, checkManifestText, readText, type FileText } from './projectTexts';
import { fileSentence, problemOf } from './rules';
import type { CheckedManifest } from './validateManifest';

const NO_MANIFEST: CheckedManifest = { fields: {}, problems: [], source: new JsonText('') };

/**
 * Knows the problems of one mini-app, as far as they can be told without a build. The texts of its two JSON files are given, so that what
 * is not saved counts; the other files are those on disk.
 */
export class ProblemFinder {
  readonly manifestFile: string;
  readonly configFile: string;
  private manifestText: FileText;
  private manifest = NO_MANIFEST;
  private configText: FileText;
  private config: ReturnType<typeof checkConfigText> = { problems: [] };
  /** What the last build told of the folder that it wrote, until the configuration changes. */
  private built: readonly Problem[] = [];
  private readonly search = new FileSearch();
  /** What the last look at the files found, and the manifest that its places are in. */
  private files: { problems: Problem[]; source: JsonText } = {
    problems: [],
    source: NO_MANIFEST.source,
  };

  /** What the backend refused of the manifest, and the manifest that its places are in. */
  private refused = this.files;

  /** @param folder absolute path */
  constructor(
    readonly folder: string,
    private readonly options: Pick<FileSearchOptions, 'worker' | 'baselineCache'> & {
      logger?: Pick<Logger, 'error'>;
    } = {},
  ) {
    this.manifestFile = join(folder, MANIFEST_FILE);
    this.configFile = join(folder, CONFIG_FILE);
  }

  /** What is saved; never rejects. */
  readText(file: string): Promise<FileText> {
    return readText(file);
  }

  /** Checks the text of `manifest.json`, at once and without a look at the disk. A check that fails is an error among the problems. */
  setManifest(text: FileText): void {
    if (text === this.manifestText) {
      return;
    }
    this.manifestText = undefined;
    try {
      const checked = checkManifestText(text, this.manifestFile);
      const inManifest = new ManifestPlaces(this.manifestFile, checked.source);
      const problems = [...checked.problems, ...checkRequires(checked.fields, inManifest)];
      this.manifest = { ...checked, problems };
      // Only now: a text whose check has failed is checked again.
      this.manifestText = text;
    } catch (error) {
      this.manifest = { ...NO_MANIFEST, problems: [this.failed(error, this.manifestFile)] };
    }
  }

  /** Checks the text of `sdk.config.json`, at once and without a look at the disk. A check that fails is an error among the problems. */
  setConfig(text: FileText): void {
    if (text !== this.configText) {
      this.configText = text;
      this.built = [];
    }
    try {
      this.config = checkConfigText(text, this.configFile);
    } catch (error) {
      this.config = { problems: [this.failed(error, this.configFile)] };
    }
  }

  /** Takes what a build told of the folder that it wrote. */
  setBuilt(problems: readonly Problem[]): void {
    this.built = problems;
  }

  /**
   * Looks at the mini-app's files. Without a manifest in JSON and a valid configuration nothing can be told about them. A look that fails is
   * an error among the problems.
   * @throws CancelledError; what was known stays known then
   */
  async checkFiles(signal?: AbortSignal): Promise<void> {
    const { fields, source } = this.manifest;
    const { config } = this.config;
    if (config === undefined || source.parsed === undefined) {
      this.files = { problems: [], source };
      return;
    }
    const build = await ownBuild(this.folder, config);
    const draft = { ...places(this.folder, config), ...build, manifest: fields };
    const inManifest = new ManifestPlaces(this.manifestFile, source);
    const options = { ...this.options, signal };
    try {
      this.files = { problems: await this.search.find(draft, inManifest, options), source };
    } catch (error) {
      if (error instanceof CancelledError) {
        throw error;
      }
      this.files = { problems: [this.failed(error, draft.appRoot)], source };
    }
  }

  /** Takes what the backend refused of the saved manifest; a problem stays while its value does. */
  async setRefused(problems: Problem[]): Promise<void> {
    this.refused = { problems, source: (await ManifestPlaces.read(this.folder)).text };
  }

  /** All that is known: first about the two JSON files, then about the others. See {@link limitProblems}. */
  get problems(): Problem[] {
    return limitProblems([
      ...this.manifest.problems,
      ...this.config.problems,
      ...this.built,
      ...[this.refused, this.files].flatMap(({ problems, source }) =>
        problems.flatMap((problem) => this.asOfNow(problem, source)),
      ),
    ]);
  }

  /** What a check that has failed is told by: what is wrong with the file is not known. */
  private failed(error: unknown, path: string): Problem {
    this.options.logger?.error(`Checking ${path} failed: ${describeError(error)}`);
    const message = fileSentence(
      basename(path),
      t('could not be checked; the log has the details'),
    );
    return problemOf('problems.unchecked', message, path);
  }

  /** Whether what is at a path may have problems, so that a change of it asks for another look. What a build makes has none of its own. */
  concerns(path: string): boolean {
    if ([this.manifestFile, this.configFile, join(this.folder, PACKAGE_FILE)].includes(path)) {
      return true;
    }
    const { config } = this.config;
    if (config === undefined || isUnwritten(path, this.folder)) {
      return false;
    }
    const { appRoot, distDir, buildCommand } = places(this.folder, config);
    const isOutput = buildCommand !== undefined && isInside(path, distDir);
    // A folder above is told of when it goes or comes as a whole.
    return !isOutput && (isInside(path, appRoot) || isInside(appRoot, path));
  }

  /**
   * A problem about a value of the manifest moves with the value, and goes when the value changes.
   * @param then the text that its place is in
   */
  private asOfNow(problem: Problem, then: JsonText): Problem[] {
    const { source } = this.manifest;
    const { file, range } = problem;
    if (file !== this.manifestFile || range === undefined || source.text === then.text) {
      return [problem];
    }
    const value = then.valueAt(range);
    return value !== undefined && source.textAt(value.path) === value.text
      ? [{ ...problem, range: source.rangeOf(value.path) }]
      : [];
  }
}
