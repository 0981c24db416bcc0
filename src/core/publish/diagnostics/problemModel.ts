import { basename, join } from 'node:path';
import { CancelledError, describeError } from '../../errors';
import { t } from '../../text/l10n';
import {
  CONFIG_FILE,
  isInside,
  isUnwritten,
  MANIFEST_FILE,
  PACKAGE_FILE,
} from '../../miniAppFolder';
import type { Logger } from '../../platform/interfaces';
import type { Problem } from '../../problem';
import { ManifestLocations } from '../project/manifestLocations';
import { checkRequires } from '../checks/requires';
import { CachedFileChecker, type FileSearchOptions } from './cachedFileChecker';
import { JsonText } from '../json/jsonText';
import { limitProblems } from '../rules/problemList';
import { ownBuild, resolvePaths } from '../project/project';
import {
  checkConfigText,
  checkManifestText,
  readText,
  type FileText,
} from '../project/projectTexts';
import { fileSentence, toProblem } from '../rules/rules';
import type { CheckedManifest } from '../project/validateManifest';

const NO_MANIFEST: CheckedManifest = { fields: {}, problems: [], source: new JsonText('') };

/**
 * Finds the problems of one mini-app that can be found without a build. The texts of its two JSON
 * files are passed in, so that unsaved changes count. The other files are read from disk.
 */
export class ProblemModel {
  readonly manifestFile: string;
  readonly configFile: string;
  private manifestText: FileText;
  private manifest = NO_MANIFEST;
  private configText: FileText;
  private config: ReturnType<typeof checkConfigText> = { problems: [] };
  /** The problems that the last build reported about its output folder, and its configuration. */
  private built: { problems: readonly Problem[]; config: FileText } = {
    problems: [],
    config: undefined,
  };
  private readonly search = new CachedFileChecker();
  /** The result of the last file check, and the manifest text that its ranges refer to. */
  private files: { problems: Problem[]; source: JsonText } = {
    problems: [],
    source: NO_MANIFEST.source,
  };

  /**
   * The problems that the backend reported about the manifest, and the manifest text that their
   * ranges refer to.
   */
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

  /** Reads the saved text of a file. Never rejects. */
  readText(file: string): Promise<FileText> {
    return readText(file);
  }

  /**
   * Checks the text of `manifest.json` synchronously, without disk access. Reports a failed check
   * as an error among the problems.
   */
  setManifest(text: FileText): void {
    if (text === this.manifestText) {
      return;
    }
    this.manifestText = undefined;
    try {
      const checked = checkManifestText(text, this.manifestFile);
      const inManifest = new ManifestLocations(this.manifestFile, checked.source);
      const problems = [...checked.problems, ...checkRequires(checked.fields, inManifest)];
      this.manifest = { ...checked, problems };
      // Set after the check, so that a text whose check failed is checked again.
      this.manifestText = text;
    } catch (error) {
      this.manifest = { ...NO_MANIFEST, problems: [this.failed(error, this.manifestFile)] };
    }
  }

  /**
   * Checks the text of `sdk.config.json` synchronously, without disk access. Reports a failed check
   * as an error among the problems.
   */
  setConfig(text: FileText): void {
    this.configText = text;
    try {
      this.config = checkConfigText(text, this.configFile);
    } catch (error) {
      this.config = { problems: [this.failed(error, this.configFile)] };
    }
  }

  /**
   * Stores the problems that a build with the saved configuration reported about its output folder.
   * They apply as long as the configuration is the same.
   */
  async setBuilt(problems: readonly Problem[]): Promise<void> {
    this.built = { problems, config: await readText(this.configFile) };
  }

  /**
   * Checks the mini-app's files. Needs a manifest in JSON and a valid configuration. Reports a
   * failed check as an error among the problems.
   * @throws CancelledError, after which the previous result stays
   */
  async checkFiles(signal?: AbortSignal): Promise<void> {
    const { fields, source } = this.manifest;
    const { config } = this.config;
    if (config === undefined || source.parsed === undefined) {
      this.files = { problems: [], source };
      return;
    }
    const build = await ownBuild(this.folder, config);
    const draft = { ...resolvePaths(this.folder, config), ...build, manifest: fields };
    const inManifest = new ManifestLocations(this.manifestFile, source);
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

  /**
   * Stores the problems that the backend reported about the saved manifest. Each one stays until
   * its value changes.
   */
  async setRefused(problems: Problem[]): Promise<void> {
    this.refused = { problems, source: (await ManifestLocations.read(this.folder)).text };
  }

  /**
   * All known problems: first those of the two JSON files, then those of the others. See
   * {@link limitProblems}.
   */
  get problems(): Problem[] {
    return limitProblems([
      ...this.manifest.problems,
      ...this.config.problems,
      ...(this.built.config === this.configText ? this.built.problems : []),
      ...[this.refused, this.files].flatMap(({ problems, source }) =>
        problems.flatMap((problem) => this.remapRange(problem, source)),
      ),
    ]);
  }

  /** Creates the problem for a check that failed, so that the state of the file is unknown. */
  private failed(error: unknown, path: string): Problem {
    this.options.logger?.error(`Checking ${path} failed: ${describeError(error)}`);
    const message = fileSentence(
      basename(path),
      t('could not be checked; the log has the details'),
    );
    return toProblem('problems.unchecked', message, path);
  }

  /**
   * Checks whether a change at a path requires another check. A build's output has no problems of
   * its own.
   */
  affects(path: string): boolean {
    if ([this.manifestFile, this.configFile, join(this.folder, PACKAGE_FILE)].includes(path)) {
      return true;
    }
    const { config } = this.config;
    if (config === undefined || isUnwritten(path, this.folder)) {
      return false;
    }
    const { appRoot, distDir, buildCommand } = resolvePaths(this.folder, config);
    const isOutput = buildCommand !== undefined && isInside(path, distDir);
    // If a parent folder is removed or created, the watcher reports only that folder.
    return !isOutput && (isInside(path, appRoot) || isInside(appRoot, path));
  }

  /**
   * Updates the range of a problem about a value of the manifest. Drops the problem if the value
   * has changed.
   * @param then the text that its range refers to
   */
  private remapRange(problem: Problem, then: JsonText): Problem[] {
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
