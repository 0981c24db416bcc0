import type { Problem } from '../../problem';
import type { BundleFile } from '../bundle/files';
import type { Project } from '../project/project';
import { checkPackedAssets, checkPlaceholderIcon } from '../checks/pictureChecks';
import { checkPages } from '../checks/pages';
import type { Inspection } from './contentInspector';
import { toProblems } from './inspectContents';
import { ManifestLocations } from '../project/manifestLocations';

/**
 * Checks packed files: pictures, pages and what they load, secrets, and what the WebView does not
 * run.
 * @param root the absolute folder that the files' names are relative to
 * @param inspection the results collected while the files were packed
 */
export async function checkOutput(
  project: Project,
  root: string,
  files: readonly BundleFile[],
  inspection: Inspection,
): Promise<Problem[]> {
  const places = await ManifestLocations.read(project.folder);
  return [
    ...(await checkPackedAssets(project, root, files, places)),
    ...(await checkPlaceholderIcon(project, files, places)),
    ...(await checkPages(project, root, files, places)),
    ...toProblems(inspection, project, files),
  ];
}
