import type { Problem } from '../../problem';
import type { Project } from '../project/project';
import { checkAppVersion } from './appVersion';
import { checkSourceAssets } from './pictureChecks';
import { ManifestLocations } from '../project/manifestLocations';
import { checkPublishedVersion, type LatestVersion } from './publishedVersion';
import { checkRequires } from './requires';
import { checkUnbuilt } from './unbuilt';

/**
 * Checks a mini-app before it is built: contradictory requirements, pages with a different version
 * than the manifest, pictures, a missing build, and a version that is already published.
 * @param options.latestVersion without it, or if it rejects, an `info` problem reports that the
 * published version was not compared
 * @throws OFFLINE, CancelledError
 */
export async function checkSource(
  project: Project,
  { latestVersion, signal }: { latestVersion?: LatestVersion; signal?: AbortSignal } = {},
): Promise<Problem[]> {
  const { manifest, folder, appRoot } = project;
  const places = await ManifestLocations.read(folder);
  const found = await Promise.all([
    checkPublishedVersion(manifest, places, latestVersion, signal),
    checkSourceAssets(project, appRoot, places),
    checkAppVersion(project, signal),
    checkUnbuilt(project, places),
  ]);
  return [...checkRequires(manifest, places), ...found.flat()];
}
