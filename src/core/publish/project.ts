import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { I99dashError, systemErrorCode } from '../errors';
import { CONFIG_FILE, MANIFEST_FILE } from '../miniAppFolder';
import type { Problem } from '../problem';
import { validateConfig } from './config';
import type { Manifest } from './manifest';
import { problemOf, RULES } from './rules';
import { validateManifest } from './validateManifest';

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
}

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
    throw new I99dashError('NOTHING_TO_PUBLISH', `There is no ${MANIFEST_FILE} in ${folder}.`);
  }
  const { manifest, problems } =
    typeof text === 'string' ? validateManifest(text, manifestFile) : unreadable('manifest', text);
  const configFile = join(folder, CONFIG_FILE);
  const configText = (await readText(configFile)) ?? '{}';
  const { config, problems: configProblems } =
    typeof configText === 'string'
      ? validateConfig(configText, configFile)
      : unreadable('config', configText);
  const all = [...problems, ...configProblems];
  if (manifest === undefined || config === undefined) {
    return { problems: all };
  }
  const appRoot = resolve(folder, config.appRoot);
  const distDir = resolve(folder, config.distDir);
  return { project: { folder, manifest, ...config, appRoot, distDir }, problems: all };
}

/**
 * Reads a mini-app that is about to be published.
 * @throws NOTHING_TO_PUBLISH (no manifest), MANIFEST_INVALID (with the first problem in words)
 */
export async function loadProject(folder: string): Promise<Project> {
  const { project, problems } = await readProject(folder);
  if (project !== undefined) {
    return project;
  }
  const [first, ...others] = problems.filter(({ severity }) => severity === 'error');
  const file = first?.file ?? join(folder, MANIFEST_FILE);
  const name = basename(file);
  const message = first?.message ?? '';
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  throw new I99dashError(
    'MANIFEST_INVALID',
    `${message.startsWith(name) ? message : `${name}: ${message}`}${more}`,
    { file },
  );
}

interface Unreadable {
  file: string;
  /** The system's name for what went wrong. */
  reason: string;
}

function unreadable(
  kind: 'manifest' | 'config',
  { file, reason }: Unreadable,
): { manifest?: never; config?: never; problems: Problem[] } {
  const rule = `${kind}.unreadable` as const;
  const message = `${basename(file)} ${RULES[rule].text} (${reason})`;
  return { problems: [problemOf(rule, message, file)] };
}

/** The file's text, undefined when there is none. */
async function readText(file: string): Promise<string | Unreadable | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = systemErrorCode(error) ?? 'unknown';
    return reason === 'ENOENT' || reason === 'ENOTDIR' ? undefined : { file, reason };
  }
}
