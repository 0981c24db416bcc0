import { basename, join, resolve } from 'node:path';
import { I99dashError } from '../../errors';
import { t } from '../../text/l10n';
import { CONFIG_FILE, MANIFEST_FILE } from '../../miniAppFolder';
import { sanitizeLine } from '../../text/sanitizeLine';
import type { Problem } from '../../problem';
import { MINI_APP, THEME, type ProjectKind } from '../../projectKind';
import type { Config } from './config';
import type { Manifest, ManifestFields } from './manifest';
import { MANIFEST_TYPES, MINI_APP_MANIFEST } from './manifestType';
import type { Theme } from './theme/theme';
import { readPublishBuild } from './publishScript';
import { checkConfigText, checkManifestText, readText } from './projectTexts';
import { countProblems, type RuleId } from '../rules/rules';

/** Rules about a whole file. Their messages name the file. */
const FILE_RULES: readonly RuleId[] = [
  'manifest.unreadable',
  'manifest.syntax',
  'manifest.object',
  'config.unreadable',
  'config.syntax',
  'config.object',
];

/** What publishing needs to know of a project of any kind. */
export interface PublishableProject {
  kind: ProjectKind;
  /** Absolute. */
  folder: string;
  /** The manifest in the form in which it is submitted. */
  manifest: Pick<Manifest, 'id' | 'version' | 'name'>;
  /** Absolute. The folder with the sources, or with the files of a project without a build. */
  appRoot: string;
  /** Absolute. The build's output folder. */
  distDir: string;
  /** A shell command, which runs in the project folder. */
  buildCommand?: string;
  /**
   * The shell command that the project's `publish` script runs before the client, in the project
   * folder. Its output is in `appRoot`. Undefined if there is a `buildCommand`.
   */
  publishBuild?: string;
  /** Whether `appRoot` is the output of a build that ran elsewhere. */
  isBuilt?: true;
}

/** A mini-app on disk with a valid manifest. */
export interface Project extends PublishableProject {
  manifest: Manifest;
}

/** A theme on disk with a valid `theme.json`. */
export interface ThemeProject extends PublishableProject {
  manifest: Theme;
}

/** A mini-app that may have errors, with the valid fields of its manifest. */
export type PartialProject = Omit<Project, 'manifest' | 'kind'> & { manifest: ManifestFields };

/**
 * Reads a mini-app, and reports all problems of its manifest.json and sdk.config.json.
 * @returns `project` if none of the problems is an error
 * @throws NOTHING_TO_PUBLISH if there is no manifest
 */
export async function readProject(
  folder: string,
): Promise<{ project?: Project; problems: Problem[] }> {
  const manifestFile = join(folder, MANIFEST_FILE);
  const text = await readText(manifestFile);
  if (text === undefined) {
    throw noManifest(folder);
  }
  const configFile = join(folder, CONFIG_FILE);
  const { manifest, problems } = checkManifestText(MINI_APP_MANIFEST, text, manifestFile);
  const { config, problems: ofConfig } = checkConfigText(await readText(configFile), configFile);
  const all = [...problems, ...ofConfig];
  if (manifest === undefined || config === undefined) {
    return { problems: all };
  }
  const found = { ...resolvePaths(folder, config), ...(await ownBuild(folder, config)) };
  return { project: { kind: MINI_APP, manifest, ...found }, problems: all };
}

/** Creates the error for a folder without a manifest. */
export function noManifest(
  folder: string,
  cause?: unknown,
  name: string = MANIFEST_FILE,
): I99dashError {
  const message = t('There is no {0} in {1}.', name, sanitizeLine(folder, Infinity));
  return new I99dashError('NOTHING_TO_PUBLISH', message, { cause });
}

/** Returns the build of the project's `publish` script, if its configuration has none. */
export async function ownBuild(
  folder: string,
  { buildCommand }: Pick<Config, 'buildCommand'>,
): Promise<Pick<Project, 'publishBuild'>> {
  const publishBuild = buildCommand === undefined ? await readPublishBuild(folder) : undefined;
  return publishBuild === undefined ? {} : { publishBuild };
}

/** Resolves a mini-app's folders and build from its configuration. */
export function resolvePaths(folder: string, config: Config): Omit<PartialProject, 'manifest'> {
  const appRoot = resolve(folder, config.appRoot);
  const distDir = resolve(folder, config.distDir);
  return { folder, ...config, appRoot, distDir };
}

/**
 * Reads where the files of a mini-app are. Its manifest may have errors.
 * @throws MANIFEST_INVALID if `sdk.config.json` has errors
 */
export async function loadPaths(folder: string): Promise<Omit<PartialProject, 'manifest'>> {
  const file = join(folder, CONFIG_FILE);
  const { config, problems } = checkConfigText(await readText(file), file);
  if (config === undefined) {
    throw invalidManifest(folder, CONFIG_FILE, problems);
  }
  return { ...resolvePaths(folder, config), ...(await ownBuild(folder, config)) };
}

/**
 * Reads a mini-app for publishing.
 * @throws NOTHING_TO_PUBLISH if there is no manifest
 * @throws MANIFEST_INVALID with the first problem as its message, and all of them as `problems`
 */
export async function loadProject(folder: string): Promise<Project> {
  const { project, problems } = await readProject(folder);
  if (project !== undefined) {
    return project;
  }
  throw invalidManifest(folder, MANIFEST_FILE, problems);
}

/**
 * Reads a mini-app whose files are the output of a build that ran elsewhere.
 * @param built the absolute folder with the files
 * @param folder the absolute folder with the manifest: the same, or that of the project around it
 * @throws NOTHING_TO_PUBLISH, MANIFEST_INVALID as {@link loadProject}
 */
export async function loadBuilt(built: string, folder: string): Promise<Project> {
  const { kind, manifest } = await loadProject(folder);
  return { kind, folder, manifest, appRoot: built, distDir: built, isBuilt: true };
}

/**
 * Reads a theme for publishing.
 * @throws NOTHING_TO_PUBLISH if there is no `theme.json`
 * @throws MANIFEST_INVALID with the first problem as its message, and all of them as `problems`
 */
export async function loadTheme(folder: string): Promise<ThemeProject> {
  const { manifestFile } = THEME;
  const file = join(folder, manifestFile);
  const text = await readText(file);
  if (text === undefined) {
    throw noManifest(folder, undefined, manifestFile);
  }
  const { manifest, problems } = checkManifestText(MANIFEST_TYPES.theme, text, file);
  if (manifest === undefined) {
    throw invalidManifest(folder, manifestFile, problems);
  }
  return { kind: THEME, folder, manifest, appRoot: folder, distDir: folder };
}

function invalidManifest(folder: string, name: string, problems: Problem[]): I99dashError {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const file = first?.file ?? join(folder, name);
  const message = first?.message ?? '';
  const namesFile = FILE_RULES.some((rule) => rule === first?.rule);
  const told = namesFile ? message : t('{0}: {1}', basename(file), message);
  const words = countProblems(errors.length, sanitizeLine(basename(folder)), told);
  return new I99dashError('MANIFEST_INVALID', words, { file, problems });
}
