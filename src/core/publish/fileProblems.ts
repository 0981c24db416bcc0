import { join } from 'node:path';
import { isI99dashError } from '../errors';
import { MANIFEST_FILE } from '../miniAppFolder';
import type { Problem } from '../problem';
import { checkAppVersion } from './checks/appVersion';
import { checkPackedAssets, checkSourceAssets } from './checks/assets';
import { inspectContents, problemsOf } from './checks/contents';
import type { FileFindings, OpenInspector } from './checks/contentInspector';
import type { ManifestPlaces } from './checks/manifestPlaces';
import { checkPages } from './checks/pages';
import type { FileMemo } from './fileMemo';
import { collectFiles, type BundleFile } from './files';
import type { Draft } from './project';
import { problemOf } from './rules';

/** What was found in a file, by its path. */
export type KnownFindings = FileFindings & { file: string };

export interface FileProblemsOptions {
  /** What is known of the files since the last time. */
  memo: FileMemo<KnownFindings>;
  signal?: AbortSignal | undefined;
  /** The built worker script, and where what is known of scripts is kept: see `inspectContents`. */
  worker?: string | undefined;
  baselineCache?: string | undefined;
  openInspector?: OpenInspector | undefined;
}

/**
 * The problems that a mini-app's files have and its two JSON files alone do not tell: pictures, pages of another version, and, where there
 * is no build, pages that cannot start, scripts that the oldest cars cannot run and secrets. What a build makes is not known without it, so
 * nothing of it is told; the build of a `publish` script adds files to those that are there.
 * @throws CancelledError
 */
export async function findFileProblems(
  draft: Draft,
  places: ManifestPlaces,
  options: FileProblemsOptions,
): Promise<Problem[]> {
  const { signal } = options;
  const { appRoot } = draft;
  const drift = await checkAppVersion(draft, signal);
  if (draft.buildCommand !== undefined) {
    return [...(await checkSourceAssets(draft, appRoot, places)), ...drift];
  }
  const mayGrow = draft.publishBuild !== undefined;
  try {
    const files = await filesOf(draft, signal);
    return [
      ...(mayGrow
        ? await checkSourceAssets(draft, appRoot, places)
        : await checkPackedAssets(draft, appRoot, files, places)),
      ...(await checkPages(draft, appRoot, files, places, { signal, mayGrow })),
      ...drift,
      ...(await contentProblems(draft, files, options)),
    ];
  } catch (error) {
    return [...drift, unfitFiles(error, draft)];
  }
}

/**
 * What publishing refuses, as a problem: a link that leads out of the project, a file that cannot be read.
 * @throws the error itself when it is about something else
 */
export function unfitFiles(error: unknown, { appRoot }: Pick<Draft, 'appRoot'>): Problem {
  if (!isI99dashError(error, 'VALIDATION_FAILED')) {
    throw error;
  }
  return problemOf('files.unfit', error.message, error.file ?? appRoot);
}

/**
 * What would be packed: the project's manifest lies over whatever has its name. A folder that is not there has no files: the pictures that
 * are missing tell of it.
 */
async function filesOf(
  { appRoot, folder }: Draft,
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
  draft: Draft,
  files: readonly BundleFile[],
  { memo, signal, worker, baselineCache: cacheFile, openInspector }: FileProblemsOptions,
): Promise<Problem[]> {
  const paths = new Map(files.map(({ name, path }) => [name, path]));
  const look = async (changed: readonly BundleFile[]): Promise<KnownFindings[]> => {
    const options = { signal, worker, cacheFile, openInspector };
    const { found } = await inspectContents(changed, options);
    return found.map((findings) => ({ ...findings, file: paths.get(findings.name) ?? '' }));
  };
  // What a script brings counts for others, too: all of it is judged together.
  const found = await memo.problemsOf(files, draft.appRoot, look, signal);
  return problemsOf({ found }, draft, files);
}
