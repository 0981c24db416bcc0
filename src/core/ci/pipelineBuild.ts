import { join } from 'node:path';
import { CONFIG_FILE } from '../miniAppFolder';
import { checkConfigText, readText } from '../publish/project/projectTexts';
import { readPublishBuild } from '../publish/project/publishScript';

/**
 * Returns the command line that builds a mini-app before the client publishes it. Undefined if the
 * client runs the build itself or the project has no build.
 */
export async function readPipelineBuild(folder: string): Promise<string | undefined> {
  const file = join(folder, CONFIG_FILE);
  const { config } = checkConfigText(await readText(file), file);
  return config?.buildCommand === undefined ? readPublishBuild(folder) : undefined;
}
