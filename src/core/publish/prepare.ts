import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { I99dashError, throwIfCancelled } from '../errors';
import { t } from '../text/l10n';
import { MANIFEST_FILE, PACKAGE_FILE } from '../miniAppFolder';
import type { Logger, ProcessRunner } from '../platform/interfaces';
import type { Problem } from '../problem';
import { packedFolder, projectBuild, scriptEnvironment, type Build } from './build/projectBuild';
import { buildFailed } from './build/buildFailure';
import { acquireBuildLock } from './build/buildLock';
import { withBundle, type Bundle } from './packing/bundle';
import { checkBuildOutput, readOutputFolders } from './checks/buildOutput';
import { keepCache } from './packing/inspectContents';
import { checkOutput } from './packing/checkOutput';
import type { LatestVersion } from './checks/publishedVersion';
import { checkSource } from './checks/source';
import {
  changedWhilePacked,
  collectFiles,
  sortByName,
  type BundleFile,
  type CollectedFiles,
} from './bundle/files';
import { problemSentence } from './rules/problemSentence';
import { loadProject, noManifest, type Project } from './project/project';
import { countProblems } from './rules/rules';
import type { Progress, StageClock } from './stages';

/** The dependencies of {@link prepare}. */
export interface PreparationDeps {
  runner: ProcessRunner;
  logger: Logger;
  onProgress: (progress: Progress) => void;
  /** Called with a build's output as it arrives. */
  onBuildOutput: (text: string) => void;
  /**
   * Called after each build with the problems in its output folder, including errors; empty if
   * there are none.
   */
  onBuilt?: (problems: readonly Problem[]) => void;
  /** Called with the warnings and notes that the checks found. */
  onProblems?: (problems: readonly Problem[]) => void;
  /**
   * Path of the built worker script, which reads, packs and checks large projects. Without it,
   * everything runs on this thread.
   */
  worker?: string;
  /** The file that caches script results between publishes, by content. */
  baselineCache?: string;
}

export interface PrepareInput {
  project: Project;
  deps: PreparationDeps;
  stages: StageClock;
  signal: AbortSignal | undefined;
  /** Requests the latest published version; left out if no network request is wanted. */
  latestVersion?: LatestVersion;
}

/** A mini-app that passed all checks. */
export interface PreparedApp {
  bundle: Bundle;
  /** The project with the packed manifest, which a build may have changed. */
  project: Project;
  /** Warnings and notes. */
  problems: readonly Problem[];
}

/**
 * Validates, builds, checks and packs a mini-app. Removes the bundle when `use` ends.
 * @throws NOTHING_TO_PUBLISH, VALIDATION_FAILED, BUILD_FAILED
 * @throws MANIFEST_INVALID if the build made the manifest invalid
 * @throws UPLOAD_FAILED if the bundle cannot be written
 * @throws CancelledError
 */
export async function prepare<T>(
  preparation: PrepareInput,
  use: (fit: PreparedApp) => Promise<T>,
): Promise<T> {
  const { stages, signal } = preparation;
  const { folder } = preparation.project;
  const build = projectBuild(preparation.project);
  stages.enter('validate');
  const problems = await validate(preparation);
  if (build === undefined) {
    return prepareOutput({ ...preparation, problems }, use);
  }
  stages.enter('build');
  const releaseBuildLock = await acquireBuildLock(folder, signal);
  try {
    const built = await afterBuild({ ...preparation, problems }, build);
    return await prepareOutput(built, (fit) => {
      releaseBuildLock();
      return use(fit);
    });
  } finally {
    releaseBuildLock();
  }
}

/** The project with the warnings and notes found so far. */
interface CheckedInput extends PrepareInput {
  problems: readonly Problem[];
}

/**
 * Builds, and checks the folder that the build wrote and the manifest, if the build changed it.
 * @throws as {@link prepare}
 */
async function afterBuild(checked: CheckedInput, build: Build): Promise<CheckedInput> {
  const { deps, signal } = checked;
  const before = await readOutputFolders(checked.project);
  await runBuild(checked.project, build, deps, signal);
  const ofOutput = await checkBuildOutput(checked.project, before);
  deps.onBuilt?.(ofOutput);
  assertOutput(ofOutput);
  const project = await rereadManifest(checked.project);
  const now = { ...checked, project };
  const problems = project === checked.project ? checked.problems : await validate(now);
  return { ...now, problems: [...problems, ...ofOutput] };
}

/**
 * Packs the project and checks the packed files.
 * @throws as {@link prepare}
 */
async function prepareOutput<T>(
  checked: CheckedInput,
  use: (fit: PreparedApp) => Promise<T>,
): Promise<T> {
  const { project, deps, stages, signal } = checked;
  const { folder } = project;
  stages.enter('pack');
  const root = packedFolder(project);
  const collected = withManifest(
    await collectFiles(root, folder, signal),
    await manifestFile(folder),
  );
  const { leftOut } = collected;
  if (leftOut.length > 0) {
    const names = leftOut.join(', ');
    deps.logger.info(`Publish: left out ${leftOut.length} files and folders: ${names}.`);
  }
  const result = await packChecked(project, root, collected, deps, signal, (bundle, ofOutput) => {
    const problems = [...checked.problems, ...ofOutput];
    for (const problem of problems) {
      const { severity, rule } = problem;
      deps.logger.info(`Publish: ${severity} ${rule}: ${problemSentence(problem, folder)}`);
    }
    deps.onProblems?.(problems);
    return use({ bundle, project, problems });
  });
  stages.finish();
  return result;
}

/**
 * @throws NOTHING_TO_PUBLISH if the build wrote to a different folder than the packed one, which is
 * empty
 */
function assertOutput(problems: readonly Problem[]): void {
  const error = problems.find(({ severity }) => severity === 'error');
  if (error !== undefined) {
    const { message, file } = error;
    throw new I99dashError('NOTHING_TO_PUBLISH', message, { file, problems });
  }
}

/** @throws VALIDATION_FAILED, CancelledError */
async function validate({ project, latestVersion, signal }: PrepareInput): Promise<Problem[]> {
  const found = await checkSource(project, {
    ...(signal === undefined ? {} : { signal }),
    ...(latestVersion === undefined ? {} : { latestVersion }),
  });
  assertNoErrors(found, project);
  return found;
}

/**
 * Reads the manifest again after the build: the build may write it, and the user may edit it
 * in the meantime.
 * @returns the same object if nothing has changed
 * @throws NOTHING_TO_PUBLISH, MANIFEST_INVALID
 * @throws VALIDATION_FAILED if the ID or version has changed, because the lock and the confirmation
 * depend on them
 */
async function rereadManifest(project: Project): Promise<Project> {
  const { manifest } = await loadProject(project.folder);
  if (manifest.id !== project.manifest.id || manifest.version !== project.manifest.version) {
    const message = t(
      '{0} has another id or version than before the build. Publish once more.',
      MANIFEST_FILE,
    );
    throw new I99dashError('VALIDATION_FAILED', message, {
      file: join(project.folder, MANIFEST_FILE),
    });
  }
  return isDeepStrictEqual(manifest, project.manifest) ? project : { ...project, manifest };
}

/** Packs and checks at the same time. Does not call `use` if a check fails. */
function packChecked<T>(
  project: Project,
  root: string,
  collected: CollectedFiles,
  deps: PreparationDeps,
  signal: AbortSignal | undefined,
  use: (bundle: Bundle, problems: Problem[]) => Promise<T>,
): Promise<T> {
  const { files } = collected;
  const { worker, baselineCache: cacheFile, onProgress } = deps;
  return withBundle(
    collected,
    async (bundle) => {
      const { inspection = { found: [] } } = bundle;
      await keepCache(cacheFile, inspection);
      await assertManifestPacked(project);
      const problems = await checkOutput(project, root, files, inspection);
      throwIfCancelled(signal);
      assertNoErrors(problems, project);
      return use(bundle, problems);
    },
    {
      signal,
      worker,
      inspect: { cacheFile },
      onFile: (done) => onProgress({ stage: 'pack', done, total: files.length }),
    },
  );
}

async function runBuild(
  { folder, manifest }: Project,
  { commandLine, file }: Build,
  { runner, onBuildOutput }: PreparationDeps,
  signal?: AbortSignal,
): Promise<void> {
  const exitCode = await runner.run({
    commandLine,
    cwd: folder,
    ...(file === PACKAGE_FILE ? { env: await scriptEnvironment(folder) } : {}),
    onOutput: onBuildOutput,
    ...(signal === undefined ? {} : { signal }),
  });
  if (exitCode !== 0) {
    throw buildFailed(manifest.id, commandLine, exitCode);
  }
}

/** @throws VALIDATION_FAILED with the first error in words, and all problems as `problems` */
function assertNoErrors(problems: readonly Problem[], { folder, manifest }: Project): void {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first !== undefined) {
    const message = countProblems(errors.length, manifest.id, problemSentence(first, folder));
    throw new I99dashError('VALIDATION_FAILED', message, { file: first.file, problems });
  }
}

/**
 * @throws VALIDATION_FAILED if the manifest on disk is not the one about to be submitted
 * @throws NOTHING_TO_PUBLISH, MANIFEST_INVALID
 */
async function assertManifestPacked({ folder, manifest }: Project): Promise<void> {
  const { manifest: now } = await loadProject(folder);
  if (!isDeepStrictEqual(now, manifest)) {
    throw changedWhilePacked({ name: MANIFEST_FILE, path: join(folder, MANIFEST_FILE) });
  }
}

/**
 * Returns the entry of the manifest. Does not record its state: it may be a link, or be rewritten
 * with the same content, which is compared later.
 * @throws NOTHING_TO_PUBLISH if the build removed it
 */
async function manifestFile(folder: string): Promise<BundleFile> {
  const path = join(folder, MANIFEST_FILE);
  const { size } = await stat(path).catch((cause: unknown) => {
    throw noManifest(folder, cause);
  });
  return { name: MANIFEST_FILE, path, size, linksTo: MANIFEST_FILE };
}

/** Replaces any file that has the manifest's name with the project's manifest. */
function withManifest(collected: CollectedFiles, manifest: BundleFile): CollectedFiles {
  const others = collected.files.filter((file) => file.name !== manifest.name);
  if (others.length === 0) {
    throw new I99dashError('NOTHING_TO_PUBLISH', t('The mini-app has no files.'));
  }
  return { ...collected, files: sortByName([...others, manifest]) };
}
