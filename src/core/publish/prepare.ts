import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { I99dashError, throwIfCancelled } from '../errors';
import { t } from '../text/l10n';
import { MANIFEST_FILE, PACKAGE_FILE } from '../miniAppFolder';
import type { Problem } from '../problem';
import { packedFolder, projectBuild, scriptEnvironment, type Build } from './build/projectBuild';
import { buildFailed } from './build/buildFailure';
import { buildLog } from './build/buildLog';
import { acquireBuildLock } from './build/buildLock';
import { packBundle, type Bundle } from './packing/bundle';
import { checkBuildOutput, readOutputFolders } from './checks/buildOutput';
import { keepCache } from './packing/inspectContents';
import { checkOutput } from './packing/checkOutput';
import { checkSource } from './checks/source';
import {
  changedWhilePacked,
  collectFiles,
  sortByName,
  type BundleFile,
  type CollectedFiles,
} from './bundle/files';
import { problemSentence } from './rules/problemSentence';
import { loadProject, noManifest, type Project, type PublishableProject } from './project/project';
import type { PublishDeps } from './publish';
import { countProblems } from './rules/rules';
import type { StageClock } from './stages';

/** A project that passed all checks. Its bundle is removed when it is disposed of. */
export interface PreparedApp extends AsyncDisposable {
  bundle: Bundle;
  /** The project with the packed manifest, which a build may have changed. */
  project: PublishableProject;
  /** Warnings and notes. */
  problems: readonly Problem[];
}

/**
 * Validates, builds, packs and checks a mini-app.
 * @param latestVersion the latest published version; without it, versions are not compared
 * @throws NOTHING_TO_PUBLISH, VALIDATION_FAILED, BUILD_FAILED
 * @throws MANIFEST_INVALID if the build made the manifest invalid
 * @throws UPLOAD_FAILED if the bundle cannot be written
 * @throws CancelledError
 */
export async function prepare(
  project: Project,
  deps: PublishDeps,
  stages: StageClock,
  latestVersion?: Promise<string | null | undefined>,
): Promise<PreparedApp> {
  const build = projectBuild(project);
  stages.enter('validate');
  const problems = await validate(project, deps, latestVersion);
  if (build === undefined) {
    stages.enter('pack');
    return pack(project, problems, deps);
  }
  stages.enter('build');
  using _lock = await acquireBuildLock(project.folder, deps.signal);
  const before = await readOutputFolders(project);
  await runBuild(project, build, deps);
  const ofOutput = await checkBuildOutput(project, before);
  deps.onBuilt?.(ofOutput);
  assertOutput(ofOutput);
  const built = await rereadManifest(project);
  const ofSource = built === project ? problems : await validate(built, deps, latestVersion);
  stages.enter('pack');
  return await pack(built, [...ofSource, ...ofOutput], deps);
}

/**
 * Packs the project and checks the packed files.
 * @param found the problems found so far
 * @throws as {@link prepare}
 */
async function pack(
  project: Project,
  found: readonly Problem[],
  deps: PublishDeps,
): Promise<PreparedApp> {
  const { logger, signal, worker, baselineCache: cacheFile } = deps;
  const { folder } = project;
  const root = packedFolder(project);
  const collected = withManifest(
    await collectFiles(root, folder, signal),
    await manifestFile(folder),
  );
  const { files, leftOut } = collected;
  if (leftOut.length > 0) {
    const names = leftOut.join(', ');
    logger.info(`Publish: left out ${leftOut.length} files and folders: ${names}.`);
  }
  const bundle = await packBundle(collected, {
    ...{ signal, worker, inspect: { cacheFile } },
    onFile: (done) => deps.onProgress({ stage: 'pack', done, total: files.length }),
  });
  return toPrepared(bundle, project, deps, async () => [
    ...found,
    ...(await checkBundle(project, root, files, bundle, deps)),
  ]);
}

/**
 * Checks a packed bundle, and reports all problems of the publish. Removes the bundle on failure.
 * @param check returns all warnings and notes
 * @throws what `check` throws
 */
export async function toPrepared(
  bundle: Bundle,
  project: PublishableProject,
  { logger, onProblems }: PublishDeps,
  check: () => Promise<readonly Problem[]>,
): Promise<PreparedApp> {
  const dispose = bundle[Symbol.asyncDispose];
  try {
    const problems = await check();
    for (const problem of problems) {
      const { severity, rule } = problem;
      logger.info(`Publish: ${severity} ${rule}: ${problemSentence(problem, project.folder)}`);
    }
    onProblems?.(problems);
    return { bundle, project, problems, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
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

/** @throws VALIDATION_FAILED, OFFLINE, CancelledError */
async function validate(
  project: Project,
  { signal }: PublishDeps,
  latestVersion?: Promise<string | null | undefined>,
): Promise<Problem[]> {
  const found = await checkSource(project, {
    ...(signal && { signal }),
    ...(latestVersion && { latestVersion: async () => (await latestVersion) ?? undefined }),
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

/**
 * Checks the packed files, and that the packed manifest is the one that is submitted.
 * @returns warnings and notes
 * @throws VALIDATION_FAILED, NOTHING_TO_PUBLISH, MANIFEST_INVALID
 * @throws CancelledError
 */
async function checkBundle(
  project: Project,
  root: string,
  files: readonly BundleFile[],
  { inspection = { found: [] } }: Bundle,
  { baselineCache, signal }: PublishDeps,
): Promise<Problem[]> {
  await keepCache(baselineCache, inspection);
  await assertManifestPacked(project);
  const problems = await checkOutput(project, root, files, inspection);
  throwIfCancelled(signal);
  assertNoErrors(problems, project);
  return problems;
}

async function runBuild(
  { folder, manifest }: Project,
  { commandLine, file }: Build,
  { runner, logger, onBuildOutput, signal }: PublishDeps,
): Promise<void> {
  const log = buildLog(logger);
  const exitCode = await runner.run({
    commandLine,
    cwd: folder,
    ...(file === PACKAGE_FILE ? { env: await scriptEnvironment(folder) } : {}),
    onOutput: (text) => {
      log(text);
      onBuildOutput(text);
    },
    ...(signal && { signal }),
  });
  if (exitCode !== 0) {
    throw buildFailed(manifest.id, commandLine, exitCode);
  }
}

/** @throws VALIDATION_FAILED with the first error in words, and all problems as `problems` */
export function assertNoErrors(
  problems: readonly Problem[],
  { folder, manifest }: PublishableProject,
): void {
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
