import { delimiter, dirname, join } from 'node:path';
import { isJsonObject, parseJson } from '../../platform/json';
import { CONFIG_FILE, PACKAGE_FILE } from '../../miniAppFolder';
import { readTextFile } from '../../platform/readTextFile';
import type { PublishableProject } from '../project/project';

/** The command that runs before a mini-app is packed. */
export interface Build {
  commandLine: string;
  /**
   * The file that defines the command: `buildCommand` in the configuration, or the `publish` script
   * in package.json.
   */
  file: typeof CONFIG_FILE | typeof PACKAGE_FILE;
}

type Builds = Pick<PublishableProject, 'buildCommand' | 'publishBuild'>;

/** Returns the build of a mini-app; undefined if it has none. */
export function projectBuild({ buildCommand, publishBuild }: Builds): Build | undefined {
  if (buildCommand !== undefined) {
    return { commandLine: buildCommand, file: CONFIG_FILE };
  }
  return publishBuild === undefined ? undefined : { commandLine: publishBuild, file: PACKAGE_FILE };
}

/** Returns the folder to pack: the output of the configured build, or else the app's own files. */
export function packedFolder({
  buildCommand,
  appRoot,
  distDir,
}: Pick<PublishableProject, 'buildCommand' | 'appRoot' | 'distDir'>): string {
  return buildCommand === undefined ? appRoot : distDir;
}

/**
 * Returns the environment in which a package manager runs a script of a package.json. It finds the
 * programs of the package's dependencies by name.
 * @param folder absolute folder of the package.json
 */
export async function scriptEnvironment(
  folder: string,
  base: NodeJS.ProcessEnv = process.env,
): Promise<NodeJS.ProcessEnv> {
  const file = join(folder, PACKAGE_FILE);
  const value = parseJson(await readTextFile(file).catch(() => ''))?.value;
  const { name, version } = isJsonObject(value) ? value : {};
  // The variable is named `Path` on Windows.
  const path = Object.keys(base).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  const folders = [...withParents(folder).map((each) => join(each, 'node_modules', '.bin'))];
  return {
    ...base,
    [path]: [...folders, base[path] ?? ''].filter((each) => each !== '').join(delimiter),
    INIT_CWD: folder,
    npm_lifecycle_event: 'publish',
    npm_package_json: file,
    ...(typeof name === 'string' ? { npm_package_name: name } : {}),
    ...(typeof version === 'string' ? { npm_package_version: version } : {}),
  };
}

function withParents(folder: string): string[] {
  const folders = [folder];
  for (let parent = dirname(folder); parent !== folders.at(-1); parent = dirname(parent)) {
    folders.push(parent);
  }
  return folders;
}
