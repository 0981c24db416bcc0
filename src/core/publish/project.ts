import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { I99dashError, systemErrorCode } from '../errors';
import { isJsonObject, parseJson } from '../json';
import { CONFIG_FILE, MANIFEST_FILE } from '../miniAppFolder';
import { validateManifest, type Manifest } from './manifest';

/** A mini-app on disk whose manifest keeps every rule. */
export interface Project {
  /** Absolute. */
  folder: string;
  manifest: Manifest;
  /** Absolute. Where the sources, or a vanilla app's files, are. */
  appRoot: string;
  /** Absolute. Where the build leaves its output. */
  distDir: string;
  /** A shell command, run in the folder. */
  buildCommand?: string;
}

/**
 * Reads a mini-app.
 * @throws NOTHING_TO_PUBLISH (no manifest), MANIFEST_INVALID (with the first problem in words)
 */
export async function loadProject(folder: string): Promise<Project> {
  const manifestFile = join(folder, MANIFEST_FILE);
  const text = await readText(manifestFile);
  if (text === undefined) {
    throw new I99dashError('NOTHING_TO_PUBLISH', `There is no ${MANIFEST_FILE} in ${folder}.`);
  }
  const { manifest, problems } = validateManifest(text, manifestFile);
  if (manifest === undefined) {
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    throw new I99dashError(
      'MANIFEST_INVALID',
      `manifest.json: ${problems[0]?.message ?? ''}${more}`,
      {
        file: manifestFile,
      },
    );
  }
  return { folder, manifest, ...(await loadConfig(folder)) };
}

async function loadConfig(folder: string): Promise<Omit<Project, 'folder' | 'manifest'>> {
  const file = join(folder, CONFIG_FILE);
  const text = (await readText(file)) ?? '{}';
  const config = parseJson(text.replace(/^\uFEFF/u, ''))?.value;
  if (!isJsonObject(config)) {
    throw new I99dashError('MANIFEST_INVALID', `${CONFIG_FILE} is not a JSON object.`, { file });
  }
  const textOf = (key: string, fallback: string): string => {
    const value = config[key] ?? fallback;
    if (typeof value !== 'string') {
      throw new I99dashError('MANIFEST_INVALID', `${CONFIG_FILE}: "${key}" must be text.`, {
        file,
      });
    }
    return value;
  };
  const buildCommand = textOf('buildCommand', '').trim();
  return {
    appRoot: resolve(folder, textOf('appRoot', './src')),
    distDir: resolve(folder, textOf('distDir', './dist')),
    ...(buildCommand === '' ? {} : { buildCommand }),
  };
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ENOTDIR') {
      return undefined;
    }
    throw new I99dashError('MANIFEST_INVALID', `${file} cannot be read.`, { file, cause: error });
  }
}
