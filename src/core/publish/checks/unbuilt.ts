import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { t } from '../../text/l10n';
import { CONFIG_FILE, PACKAGE_FILE } from '../../miniAppFolder';
import type { Problem } from '../../problem';
import { readTextFile } from '../../platform/readTextFile';
import { packedFolder, projectBuild } from '../build/projectBuild';
import { JsonText } from '../json/jsonText';
import { readScriptRunner } from '../project/packageCommands';
import { parsePackageScripts } from '../project/packageScripts';
import type { PartialProject } from '../project/project';
import { readPublishBuild } from '../project/publishScript';
import { toProblem } from '../rules/rules';
import { pathInProject, USUAL_FOLDERS } from './buildOutput';
import type { ManifestLocations } from '../project/manifestLocations';

const RULE = 'output.unbuilt';
const DIST = 'dist';

/**
 * Warns of a project that seems to need a build but has none, because its sources would be
 * published instead of the build's output. Does not warn if the project's own `publish` script
 * builds, or if the output folder of a build is published.
 */
export async function checkUnbuilt(
  project: PartialProject,
  places: ManifestLocations,
): Promise<Problem[]> {
  const { folder, appRoot } = project;
  const isOutput = USUAL_FOLDERS.includes(basename(packedFolder(project))) && appRoot !== folder;
  if (project.isBuilt === true || projectBuild(project) !== undefined || isOutput) {
    return [];
  }
  const reason = await findReason(folder);
  if (reason === undefined || (await readPublishBuild(folder)) !== undefined) {
    return [];
  }
  const packed = pathInProject(project, packedFolder(project));
  const words = t('{0}, but no buildCommand is set: {1} is published as it is', reason, packed);
  const file = join(folder, CONFIG_FILE);
  const config = await readTextFile(file).catch(() => undefined);
  if (config === undefined) {
    return [places.problem(RULE, words, ['url'])];
  }
  const text = new JsonText(config);
  const setting = text.textAt(['appRoot']) === undefined ? [] : ['appRoot'];
  const { start } = text.rangeOf(setting);
  const end = { ...start, character: start.character + 1 };
  return [
    toProblem(RULE, words, file, setting.length === 0 ? { start, end } : text.rangeOf(setting)),
  ];
}

/** Returns why the project seems to need a build, as text to display; undefined if it does not. */
async function findReason(folder: string): Promise<string | undefined> {
  const text = await readTextFile(join(folder, PACKAGE_FILE)).catch(() => '');
  const { build = '' } = parsePackageScripts(text);
  if (build.trim() !== '') {
    return t('{0} has a "build" script', PACKAGE_FILE);
  }
  const names = await readdir(join(folder, DIST)).catch(() => []);
  return names.length > 0 ? t('There is a {0} folder', DIST) : undefined;
}

/** Returns the command that runs the project's `build` script; undefined without such a script. */
export async function findBuildCommand(folder: string): Promise<string | undefined> {
  const text = await readTextFile(join(folder, PACKAGE_FILE)).catch(() => '');
  if ((parsePackageScripts(text)['build'] ?? '').trim() === '') {
    return undefined;
  }
  return `${await readScriptRunner(folder, folder)} build`;
}
