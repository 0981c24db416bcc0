import { basename, join, resolve } from 'node:path';
import { I99dashError } from '../errors';
import { t } from '../l10n';
import { CONFIG_FILE, MANIFEST_FILE } from '../miniAppFolder';
import { oneLine } from '../oneLine';
import type { Problem } from '../problem';
import type { Config } from './config';
import type { Manifest, ManifestFields } from './manifest';
import { readPublishBuild } from './publishScript';
import { checkConfigText, checkManifestText, readText } from './projectTexts';
import { countProblems, type RuleId } from './rules';

/** Rules about a file as a whole, whose sentences name it. */
const FILE_RULES: readonly RuleId[] = [
  'manifest.unreadable',
  'manifest.syntax',
  'manifest.object',
  'config.unreadable',
  'config.syntax',
  'config.object',
];

/** A mini-app on disk whose manifest keeps every rule. */
export interface Project {
  /** Absolute. */
  folder: string;
  /** As it is submitted. */
  manifest: Manifest;
  /** Absolute. Where the sources, or a vanilla app's files, are. */
  appRoot: string;
  /** Absolute. Where the build leaves its output. */
  distDir: string;
  /** A shell command, run in the folder. */
  buildCommand?: string;
  /**
   * The shell command that the project's own `publish` script runs before the client, in the folder. It leaves its output in `appRoot`.
   * Undefined where there is a `buildCommand`.
   */
  publishBuild?: string;
}

/** A mini-app of which not everything is as it must be: the manifest's sound fields. */
export type Draft = Omit<Project, 'manifest'> & { manifest: ManifestFields };

/**
 * Reads a mini-app and tells every problem of its manifest.json and sdk.config.json at once.
 * @returns `project` when none of the problems is an error
 * @throws NOTHING_TO_PUBLISH (no manifest)
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
  const { manifest, problems } = checkManifestText(text, manifestFile);
  const { config, problems: ofConfig } = checkConfigText(await readText(configFile), configFile);
  const all = [...problems, ...ofConfig];
  if (manifest === undefined || config === undefined) {
    return { problems: all };
  }
  const found = { ...places(folder, config), ...(await ownBuild(folder, config)) };
  return { project: { manifest, ...found }, problems: all };
}

/** What a folder without a manifest.json is told by. */
export function noManifest(folder: string, cause?: unknown): I99dashError {
  const message = t('There is no {0} in {1}.', MANIFEST_FILE, oneLine(folder, Infinity));
  return new I99dashError('NOTHING_TO_PUBLISH', message, { cause });
}

/** The build of a project's own `publish` script, where its configuration has none. */
export async function ownBuild(
  folder: string,
  { buildCommand }: Pick<Config, 'buildCommand'>,
): Promise<Pick<Project, 'publishBuild'>> {
  const publishBuild = buildCommand === undefined ? await readPublishBuild(folder) : undefined;
  return publishBuild === undefined ? {} : { publishBuild };
}

/** A mini-app's folders and build, as its configuration has them. */
export function places(folder: string, config: Config): Omit<Project, 'manifest'> {
  const appRoot = resolve(folder, config.appRoot);
  const distDir = resolve(folder, config.distDir);
  return { folder, ...config, appRoot, distDir };
}

/**
 * Reads a mini-app that is about to be published.
 * @throws NOTHING_TO_PUBLISH (no manifest), MANIFEST_INVALID (with the first problem in words, and all of them as `problems`)
 */
export async function loadProject(folder: string): Promise<Project> {
  const { project, problems } = await readProject(folder);
  if (project !== undefined) {
    return project;
  }
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const file = first?.file ?? join(folder, MANIFEST_FILE);
  const message = first?.message ?? '';
  const namesFile = FILE_RULES.some((rule) => rule === first?.rule);
  const told = namesFile ? message : t('{0}: {1}', basename(file), message);
  const words = countProblems(errors.length, oneLine(basename(folder)), told);
  throw new I99dashError('MANIFEST_INVALID', words, { file, problems });
}
