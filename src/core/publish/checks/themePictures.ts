import { realpath, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { isInside } from '../../platform/paths';
import type { Problem } from '../../problem';
import { symlinkEscapes } from '../bundle/files';
import type { ManifestLocations } from '../project/manifestLocations';
import { listPicturePaths, THEME_PICTURES } from '../project/pictureFields';
import { RULES, sentence } from '../rules/rules';
import { checkAssets } from './pictureChecks';
import { findSimilarFile } from './nameIndex';

/**
 * Checks the pictures that a theme names: each must exist in its folder under exactly that name,
 * and have the format and the dimensions of its field.
 * @param theme `theme.json` without values that break a rule
 */
export async function checkThemePictures(
  theme: unknown,
  folder: string,
  places: ManifestLocations,
): Promise<Problem[]> {
  const named = listPicturePaths(THEME_PICTURES, theme);
  const problems = await checkAssets(named, folder, places, {
    sizeOf: async (path) => {
      const stats = await stat(join(folder, path)).catch(() => undefined);
      return stats?.isFile() === true ? stats.size : undefined;
    },
    findSimilar: (path) => findSimilarFile(folder, posix.normalize(path)),
    similarRule: 'asset.missing',
    describeMissing: (path) => sentence(path, RULES['asset.missing'].text),
  });
  const boundary = await realpath(folder).catch(() => folder);
  for (const { path, at } of named) {
    const real = await realpath(join(folder, path)).catch(() => undefined);
    if (real !== undefined && !isInside(real, boundary)) {
      const { message } = symlinkEscapes({ name: path, path: join(folder, path) });
      problems.push(places.problem('files.unfit', message, at));
    }
  }
  return problems;
}
