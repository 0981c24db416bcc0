import { basename, join } from 'node:path';
import { CancelledError, describeError } from '../../errors';
import { t } from '../../text/l10n';
import { isUnwritten } from '../../miniAppFolder';
import type { Problem } from '../../problem';
import type { KindDefinition } from '../kindDefinitions';
import { JsonText } from '../json/jsonText';
import { ManifestLocations } from '../project/manifestLocations';
import {
  checkConfigText,
  checkManifestText,
  readText,
  type FileText,
} from '../project/projectTexts';
import { limitProblems } from '../rules/problemList';
import { fileSentence, toProblem } from '../rules/rules';
import type { CheckedJson, ProjectFiles, ProjectOptions } from './projectFiles';

const NO_MANIFEST: CheckedJson & { problems: Problem[] } = {
  ...{ fields: {}, sound: {}, problems: [], source: new JsonText('') },
};

/**
 * Finds the problems of one project that can be found without a build. The texts of its JSON files
 * are passed in, so that unsaved changes count. The other files are read from disk.
 */
export class ProblemModel {
  readonly manifestFile: string;
  /** Undefined if the kind has no configuration. */
  readonly configFile: string | undefined;
  private manifestText: FileText;
  private manifest = NO_MANIFEST;
  private configText: FileText;
  private config: ReturnType<typeof checkConfigText> = { problems: [] };
  /** The problems that the last build reported about its output folder, and its configuration. */
  private built: { problems: readonly Problem[]; config: FileText } = {
    problems: [],
    config: undefined,
  };
  private readonly projectFiles: ProjectFiles;
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
    private readonly definition: KindDefinition,
    private readonly options: ProjectOptions = {},
  ) {
    const { manifestFile, configFile } = definition.kind;
    this.projectFiles = definition.openFiles(folder, options);
    this.manifestFile = join(folder, manifestFile);
    this.configFile = configFile === undefined ? undefined : join(folder, configFile);
  }

  /** Reads the saved text of a file. Never rejects. */
  readText(file: string): Promise<FileText> {
    return readText(file);
  }

  /**
   * Checks the text of the manifest synchronously, without disk access. Reports a failed check
   * as an error among the problems.
   */
  setManifest(text: FileText): void {
    if (text === this.manifestText) {
      return;
    }
    this.manifestText = undefined;
    try {
      const { manifest, checkFields } = this.definition;
      const checked = checkManifestText(manifest, text, this.manifestFile);
      const inManifest = new ManifestLocations(this.manifestFile, checked.source);
      const problems = [...checked.problems, ...checkFields(checked, inManifest)];
      this.manifest = { ...checked, problems };
      // Set after the check, so that a text whose check failed is checked again.
      this.manifestText = text;
    } catch (error) {
      this.manifest = { ...NO_MANIFEST, problems: [this.failed(error, this.manifestFile)] };
    }
  }

  /**
   * Checks the text of the configuration synchronously, without disk access. Reports a failed check
   * as an error among the problems.
   */
  setConfig(text: FileText): void {
    const { configFile } = this;
    if (configFile === undefined) {
      return;
    }
    this.configText = text;
    try {
      this.config = checkConfigText(text, configFile);
    } catch (error) {
      this.config = { problems: [this.failed(error, configFile)] };
    }
  }

  /**
   * Stores the problems that a build with the saved configuration reported about its output folder.
   * They apply as long as the configuration is the same.
   */
  async setBuilt(problems: readonly Problem[]): Promise<void> {
    const { configFile } = this;
    const config = configFile === undefined ? undefined : await readText(configFile);
    this.built = { problems, config };
  }

  /**
   * Checks the project's other files. Needs a manifest in JSON. Reports a failed check as an error
   * among the problems.
   * @param isIdle whether the check runs in the background
   * @throws CancelledError, after which the previous result stays
   */
  async checkFiles(signal?: AbortSignal, isIdle = false): Promise<void> {
    const { source } = this.manifest;
    if (source.parsed === undefined) {
      this.files = { problems: [], source };
      return;
    }
    const json = { ...this.manifest, config: this.config.config };
    try {
      this.files = { problems: await this.projectFiles.find(json, { signal, isIdle }), source };
    } catch (error) {
      if (error instanceof CancelledError) {
        throw error;
      }
      this.files = { problems: [this.failed(error, this.folder)], source };
    }
  }

  /**
   * Stores the problems that the backend reported about the saved manifest. Each one stays until
   * its value changes.
   */
  async setRefused(problems: Problem[]): Promise<void> {
    this.refused = {
      problems,
      source: (await ManifestLocations.read(this.folder, basename(this.manifestFile))).text,
    };
  }

  /**
   * All known problems: first those of the JSON files, then those of the others. See
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

  /** Checks whether a change at a path requires another check. */
  affects(path: string): boolean {
    return (
      [this.manifestFile, this.configFile].includes(path) ||
      (!isUnwritten(path, this.folder) && this.projectFiles.affects(path, this.config.config))
    );
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
