import { join } from 'node:path';
import { isI99dashError } from '../../errors';
import { MANIFEST_FILE } from '../../miniAppFolder';
import type { Problem } from '../../problem';
import { checkAppVersion } from '../checks/appVersion';
import { checkPackedAssets, checkSourceAssets } from '../checks/pictureChecks';
import { inspectContents, toProblems } from '../packing/inspectContents';
import type { FileFindings, OpenInspector } from '../packing/contentInspector';
import type { ManifestLocations } from '../project/manifestLocations';
import { checkPages } from '../checks/pages';
import { checkUnbuilt } from '../checks/unbuilt';
import type { FileProblemCache } from './fileProblemCache';
import { collectFiles, type BundleFile } from '../bundle/files';
import type { PartialProject } from '../project/project';
import { toProblem } from '../rules/rules';

/** The findings in a file, with its path. */
export type KnownFindings = FileFindings & { file: string };

export interface FileProblemsOptions {
  /** The cached findings of the previous run. */
  memo: FileProblemCache<KnownFindings>;
  signal?: AbortSignal | undefined;
  /**
   * Path of the built worker script, the file that caches script results, and whether the check
   * runs in the background: see `inspectContents`.
   */
  worker?: string | undefined;
  baselineCache?: string | undefined;
  isIdle?: boolean | undefined;
  openInspector?: OpenInspector | undefined;
}

/**
 * Finds the problems in a mini-app's files other than its two JSON files: pictures, and pages of
 * another version. Without a build, also pages that cannot start, scripts that the oldest cars
 * cannot run, and secrets. A build's output is unknown until it runs, so it is not checked; the
 * build of a `publish` script adds files to the existing ones.
 * @throws CancelledError
 */
export async function checkFiles(
  draft: PartialProject,
  places: ManifestLocations,
  options: FileProblemsOptions,
): Promise<Problem[]> {
  const { signal } = options;
  const { appRoot } = draft;
  const drift = await checkAppVersion(draft, signal);
  if (draft.buildCommand !== undefined) {
    return [...(await checkSourceAssets(draft, appRoot, places)), ...drift];
  }
  const mayGrow = draft.publishBuild !== undefined;
  const unbuilt = await checkUnbuilt(draft, places);
  try {
    const files = await listFiles(draft, signal);
    return [
      ...(mayGrow
        ? await checkSourceAssets(draft, appRoot, places)
        : await checkPackedAssets(draft, appRoot, files, places)),
      ...(await checkPages(draft, appRoot, files, places, { signal, mayGrow })),
      ...drift,
      ...unbuilt,
      ...(await contentProblems(draft, files, options)),
    ];
  } catch (error) {
    return [...drift, ...unbuilt, unfitFiles(error, draft)];
  }
}

/**
 * Converts an error that blocks publishing to a problem: a link that leads out of the project, a
 * file that cannot be read.
 * @throws the error itself if it has another cause
 */
export function unfitFiles(error: unknown, { appRoot }: Pick<PartialProject, 'appRoot'>): Problem {
  if (!isI99dashError(error, 'VALIDATION_FAILED')) {
    throw error;
  }
  return toProblem('files.unfit', error.message, error.file ?? appRoot);
}

/**
 * Returns the files that would be packed. The project's manifest replaces any file with its name. A
 * missing folder has no files: the missing pictures are reported instead.
 */
async function listFiles(
  { appRoot, folder }: PartialProject,
  signal: AbortSignal | undefined,
): Promise<readonly BundleFile[]> {
  const manifest = { name: MANIFEST_FILE, path: join(folder, MANIFEST_FILE), size: 0 };
  try {
    const { files } = await collectFiles(appRoot, folder, signal);
    return [...files.filter(({ name }) => name !== MANIFEST_FILE), manifest];
  } catch (error) {
    if (isI99dashError(error, 'NOTHING_TO_PUBLISH')) {
      return [manifest];
    }
    throw error;
  }
}

async function contentProblems(
  draft: PartialProject,
  files: readonly BundleFile[],
  { memo, baselineCache: cacheFile, ...options }: FileProblemsOptions,
): Promise<Problem[]> {
  const paths = new Map(files.map(({ name, path }) => [name, path]));
  const look = async (changed: readonly BundleFile[]): Promise<KnownFindings[]> => {
    const { found } = await inspectContents(changed, { ...options, cacheFile });
    return found.map((findings) => ({ ...findings, file: paths.get(findings.name) ?? '' }));
  };
  // All results are evaluated together, because what one script defines affects others.
  const found = await memo.problemsOf(files, draft.appRoot, look, options.signal);
  return toProblems({ found }, draft, files);
}
