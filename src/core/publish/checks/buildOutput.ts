import { lstat, readdir } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { t } from '../../text/l10n';
import { CONFIG_FILE, PACKAGE_FILE } from '../../miniAppFolder';
import { sanitizeLine } from '../../text/sanitizeLine';
import type { Problem } from '../../problem';
import { readTextFile } from '../../platform/readTextFile';
import { isPage } from './baseline/codeFiles';
import { packedFolder } from '../build/projectBuild';
import { JsonText } from '../json/jsonText';
import type { Project } from '../project/project';
import { toProblem, type RuleId } from '../rules/rules';

/** Folders where builds write their output by convention. */
export const USUAL_FOLDERS: readonly string[] = ['out', 'build', 'public', 'dist'];
/** Folders that never hold output. */
const SKIPPED = /^(?:\..*|node_modules)$/u;
/** Folders with more entries are not compared. */
const MAX_ENTRIES = 5_000;

/** A stamp for each file of a folder; undefined if there are too many files. */
type Stamps = ReadonlyMap<string, string> | undefined;

/** The files of the folders that a build may write to, before it runs. */
export type OutputBefore = ReadonlyMap<string, Stamps>;

/** Reads the state of the folders that a build may write to. Never throws. */
export async function readOutputFolders(project: Project): Promise<OutputBefore> {
  const stamps = new Map<string, Stamps>();
  for (const folder of outputFolders(project)) {
    stamps.set(folder, await stampFiles(folder));
  }
  return stamps;
}

/**
 * Finds a build that wrote to a different folder than the packed one (an error if there is nothing
 * to pack), and a `distDir` that the build did not write.
 * @param before the state of the folders before the build
 */
export async function checkBuildOutput(project: Project, before: OutputBefore): Promise<Problem[]> {
  const packed = packedFolder(project);
  const after = await stampFiles(packed);
  if (isWritten(before.get(packed), after)) {
    return [];
  }
  const elsewhere = await findWritten(project, before);
  if (elsewhere !== undefined) {
    const words = describeElsewhere(project, elsewhere);
    const problem = await createProblem(project, 'output.elsewhere', words);
    const isEmpty = after?.size === 0;
    return [isEmpty ? { ...problem, severity: 'error' } : problem];
  }
  // A `publish` script may do something other than build.
  const isStale = project.buildCommand !== undefined && after !== undefined && after.size > 0;
  return isStale ? [await createProblem(project, 'output.stale', describeStale(project))] : [];
}

/** Returns the usual output folders of a project and the packed one, as absolute paths. */
export function outputFolders(
  project: Pick<Project, 'folder' | 'appRoot' | 'distDir' | 'buildCommand'>,
): string[] {
  const { folder, appRoot } = project;
  const usual = USUAL_FOLDERS.map((name) => join(folder, name));
  return [...new Set([packedFolder(project), appRoot, ...usual])];
}

/** Returns another folder that the build wrote, preferably one with a page at its root. */
async function findWritten(project: Project, before: OutputBefore): Promise<string | undefined> {
  const packed = packedFolder(project);
  const written: string[] = [];
  for (const folder of outputFolders(project)) {
    // The project folder contains every output, so it does not tell which one was written.
    const isOther = folder !== packed && folder !== resolve(project.folder);
    if (isOther && isWritten(before.get(folder), await stampFiles(folder))) {
      written.push(folder);
    }
  }
  for (const folder of written) {
    const names = await readdir(folder).catch(() => []);
    if (names.some(isPage)) {
      return folder;
    }
  }
  return written[0];
}

function isWritten(before: Stamps, after: Stamps): boolean {
  if (after === undefined) {
    return true;
  }
  return [...after].some(([file, stamp]) => before?.get(file) !== stamp);
}

async function stampFiles(root: string): Promise<Stamps> {
  const stamps = new Map<string, string>();
  const folders = [root];
  let entries = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const dirents = await readdir(folder, { withFileTypes: true }).catch(() => []);
    entries += dirents.length;
    if (entries > MAX_ENTRIES) {
      return undefined;
    }
    for (const dirent of dirents.filter(({ name }) => !SKIPPED.test(name))) {
      const path = join(folder, dirent.name);
      if (dirent.isDirectory()) {
        folders.push(path);
      } else {
        const stats = await lstat(path).catch(() => undefined);
        // The change time detects copies that preserve the modification time.
        stamps.set(path, `${stats?.size} ${stats?.mtimeMs} ${stats?.ctimeMs} ${stats?.ino}`);
      }
    }
  }
  return stamps;
}

function describeElsewhere(project: Project, written: string): string {
  const setting = project.buildCommand === undefined ? 'appRoot' : 'distDir';
  const packed = pathInProject(project, packedFolder(project));
  return t('The build wrote {0}, but {1} is {2}', pathInProject(project, written), setting, packed);
}

function describeStale(project: Project): string {
  return t('The build wrote no file in {0}', pathInProject(project, packedFolder(project)));
}

/** Returns a path as written in `sdk.config.json`: `./out`. */
export function pathInProject({ folder }: { folder: string }, path: string): string {
  return sanitizeLine(`./${relative(folder, path).split(sep).join('/')}`, Infinity);
}

/**
 * Creates a problem at the setting in `sdk.config.json` that names the folder, or else where the
 * build command is set.
 */
async function createProblem(project: Project, rule: RuleId, message: string): Promise<Problem> {
  const isConfigured = project.buildCommand !== undefined;
  const file = join(project.folder, CONFIG_FILE);
  const text = new JsonText(await readTextFile(file).catch(() => ''));
  const setting = isConfigured ? 'distDir' : 'appRoot';
  if (isConfigured || text.textAt([setting]) !== undefined) {
    const name = text.textAt([setting]) === undefined ? 'buildCommand' : setting;
    return toProblem(rule, message, file, text.rangeOf([name]));
  }
  const packageFile = join(project.folder, PACKAGE_FILE);
  const packageText = new JsonText(await readTextFile(packageFile).catch(() => ''));
  return toProblem(rule, message, packageFile, packageText.rangeOf(['scripts', 'publish']));
}
