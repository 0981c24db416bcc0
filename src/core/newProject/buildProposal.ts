import { stat } from 'node:fs/promises';
import { isAbsolute, join, normalize, sep } from 'node:path';
import { readScriptRunner } from '../publish/project/packageCommands';
import { isJsonObject, parseJson } from '../platform/json';
import { PACKAGE_FILE } from '../miniAppFolder';
import { parsePackageScripts, readRunText } from '../publish/project/packageScripts';
import { readTextFile } from '../platform/readTextFile';
import { findBuildTool, findScriptOutput, findConfigOutput } from './buildTools';

/** The conventional name of the build script. */
const BUILD = 'build';
const HTML_PAGE = 'index.html';
/** The folders that can contain the page of a project without a build, the most likely first. */
const PAGE_FOLDERS = ['src', '.', 'public', 'www', 'app', 'dist', 'build', 'out'];
/** The usual output folders of builds, the most likely first. */
const OUTPUTS = ['dist', 'build', 'out', 'www'];
const TOOL_CONFIGS = ['ts', 'js', 'mjs', 'mts'].flatMap((extension) =>
  ['vite.config', 'astro.config', 'next.config'].map((name) => `${name}.${extension}`),
);
/** The maximum size of a tool's configuration file, in bytes. */
const MAX_CONFIG = 256 * 1024;

/** How to publish a folder that is not a mini-app yet. Paths begin with `./`. */
export interface BuildProposal {
  /** The proposed content of `sdk.config.json`. */
  config: { appRoot: string; distDir?: string; buildCommand?: string };
  /** The folder for pictures that are to be published. */
  pictures: string;
  /** Whether there is a page, or will be one after the build. */
  hasPage: boolean;
}

/**
 * Determines how to publish a folder: with the build of its package.json, or as it is. Never
 * throws.
 * @param root the folder or an ancestor that contains the lock file of a monorepo
 */
export async function proposeBuild(folder: string, root = folder): Promise<BuildProposal> {
  const text = await readTextFile(join(folder, PACKAGE_FILE)).catch(() => '');
  return Object.hasOwn(parsePackageScripts(text), BUILD)
    ? proposeScript(folder, root, text)
    : proposeFiles(folder);
}

async function proposeScript(
  folder: string,
  root: string,
  packageText: string,
): Promise<BuildProposal> {
  const buildCommand = `${await readScriptRunner(folder, root)} ${BUILD}`;
  const { scripts } = await readRunText('npm run build', folder);
  const script = scripts.map(({ text }) => text).join('\n');
  const tool = findBuildTool(script.split(/[\s"'`;&|()]+/u), listPackages(packageText));
  const named = findScriptOutput(script) ?? (await findConfiguredOutput(folder));
  const output = pathBelow(named) ?? (await existingOutput(folder, tool.output));
  const sources = (await isFolder(join(folder, 'src'))) ? 'src' : '.';
  return {
    config: { appRoot: path(sources), distDir: path(output), buildCommand },
    pictures: path(await picturesFolder(folder, tool.copied)),
    hasPage: true,
  };
}

async function proposeFiles(folder: string): Promise<BuildProposal> {
  for (const name of PAGE_FOLDERS) {
    if (await isFile(join(folder, name, HTML_PAGE))) {
      return { config: { appRoot: path(name) }, pictures: path(name), hasPage: true };
    }
  }
  return { config: { appRoot: './src' }, pictures: './src', hasPage: false };
}

/** Returns the tool's usual output folder, unless an earlier build wrote to another one. */
async function existingOutput(folder: string, usual: string): Promise<string> {
  for (const name of [usual, ...OUTPUTS]) {
    if (await isFile(join(folder, name, HTML_PAGE))) {
      return name;
    }
  }
  return usual;
}

async function picturesFolder(folder: string, usual: string): Promise<string> {
  for (const name of [usual, 'public', 'static']) {
    if (await isFolder(join(folder, name))) {
      return name;
    }
  }
  return usual;
}

async function findConfiguredOutput(folder: string): Promise<string | undefined> {
  for (const name of TOOL_CONFIGS) {
    const source = await readTextFile(join(folder, name), MAX_CONFIG).catch(() => '');
    const output = findConfigOutput(source);
    if (output !== undefined) {
      return output;
    }
  }
  return undefined;
}

function listPackages(packageText: string): string[] {
  const value = parseJson(packageText)?.value;
  return ['dependencies', 'devDependencies'].flatMap((field) => {
    const packages = isJsonObject(value) ? value[field] : undefined;
    return isJsonObject(packages) ? Object.keys(packages) : [];
  });
}

/**
 * Returns the path of a folder inside the project; undefined for the project folder itself and for
 * folders outside it.
 */
function pathBelow(output: string | undefined): string | undefined {
  const name = output === undefined ? '.' : normalize(output).split(sep).join('/');
  const trimmed = name.endsWith('/') ? name.slice(0, -1) : name;
  const isBelow = trimmed !== '.' && !/^\.\.(?:\/|$)/u.test(trimmed) && !isAbsolute(trimmed);
  return isBelow ? trimmed : undefined;
}

function path(name: string): string {
  return name === '.' ? '.' : `./${name}`;
}

async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() === true;
}

async function isFolder(folder: string): Promise<boolean> {
  return (await stat(folder).catch(() => undefined))?.isDirectory() === true;
}
