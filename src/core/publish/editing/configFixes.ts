import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isPage } from '../checks/baseline/codeFiles';
import { packedFolder } from '../build/projectBuild';
import { outputFolders, pathInProject } from '../checks/buildOutput';
import { findBuildCommand } from '../checks/unbuilt';
import { validateConfig } from '../project/config';
import { configFields } from '../project/configFields';
import { resolvePaths } from '../project/project';
import { fix, type Fix } from './fix';
import { insertProperty, replaceValue } from '../json/jsonEdit';
import { nodeAt, readTree } from '../json/jsonTree';

/**
 * Returns fixes that set `sdk.config.json` to the folder that the build writes: one for each usual
 * output folder with a page, the most recently written first.
 * @param folder absolute folder of the mini-app
 */
export async function outputFolderFixes(text: string, folder: string): Promise<Fix[]> {
  const tree = readTree(text);
  const { config } = validateConfig(text, '');
  if (tree?.type !== 'object' || config === undefined) {
    return [];
  }
  const project = resolvePaths(folder, config);
  const setting = config.buildCommand === undefined ? 'appRoot' : 'distDir';
  const order = configFields([]).map(({ name }) => name);
  const node = nodeAt(tree, [setting]);
  const folders = await foldersWithPage(project);
  return folders.flatMap((path, index) => {
    const value = pathInProject(project, path);
    const edit =
      node === undefined
        ? insertProperty(text, tree, [], setting, value, order)
        : replaceValue(node, value);
    const kind = node === undefined ? 'setRequired' : 'setValue';
    return edit === undefined
      ? []
      : [{ ...fix(kind, setting, value, [edit]), preferred: index === 0 }];
  });
}

/**
 * What makes `sdk.config.json` run the `build` script of package.json. A build that leaves its
 * output in another folder than the usual one is told of when it runs.
 * @param folder of the mini-app, absolute
 */
export async function buildCommandFix(text: string, folder: string): Promise<Fix | undefined> {
  const tree = readTree(text);
  const { config } = validateConfig(text, '');
  const command = await findBuildCommand(folder);
  if (tree?.type !== 'object' || config === undefined || command === undefined) {
    return undefined;
  }
  const order = configFields([]).map(({ name }) => name);
  const edit = insertProperty(text, tree, [], 'buildCommand', command, order);
  return edit === undefined ? undefined : fix('setRequired', 'buildCommand', command, [edit]);
}

async function foldersWithPage(project: ReturnType<typeof resolvePaths>): Promise<string[]> {
  const found: { path: string; writtenMs: number }[] = [];
  for (const path of outputFolders(project)) {
    const names = await readdir(path).catch(() => []);
    const page = names.find(isPage);
    const isOther = path !== packedFolder(project) && path !== project.folder;
    const stats =
      page === undefined || !isOther
        ? undefined
        : await stat(join(path, page)).catch(() => undefined);
    if (stats !== undefined) {
      found.push({ path, writtenMs: stats.mtimeMs });
    }
  }
  return found.sort((a, b) => b.writtenMs - a.writtenMs).map(({ path }) => path);
}
