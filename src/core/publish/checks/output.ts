import type { Problem } from '../../problem';
import type { BundleFile } from '../files';
import type { Project } from '../project';
import { checkPackedAssets } from './assets';
import { ManifestPlaces } from './manifestPlaces';
import { checkSecrets } from './secrets';

/**
 * What can be told about the files that are about to be packed: pictures and secrets.
 * @param root the absolute folder that the files' names are relative to
 * @throws CancelledError
 */
export async function checkOutput(
  project: Project,
  root: string,
  files: readonly BundleFile[],
  { signal }: { signal?: AbortSignal } = {},
): Promise<Problem[]> {
  const places = await ManifestPlaces.read(project.folder);
  return [
    ...(await checkPackedAssets(project, root, files, places)),
    ...(await checkSecrets(files, signal)),
  ];
}
