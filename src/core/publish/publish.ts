import { join } from 'node:path';
import { stat } from 'node:fs/promises';
import type { ApiClient } from '../api/client';
import { promoteToBeta, type Submission } from '../api/miniApps';
import { I99dashError, throwIfCancelled } from '../errors';
import type { Clock, Logger, ProcessRunner, Transport } from '../ports';
import { MANIFEST_FILE } from '../miniAppFolder';
import type { Problem } from '../problem';
import { keepCache } from './checks/contents';
import { checkOutput } from './checks/output';
import { checkSource } from './checks/source';
import { withBundle, type Bundle } from './bundle';
import { collectFiles, sortByName, type BundleFile, type CollectedFiles } from './files';
import type { Project } from './project';
import { withPublishLock } from './publishLock';
import { StageClock, type Progress } from './stages';
import { readBackendState, submitOnce, type BackendState } from './submit';
import { upload } from './upload';

export type Track = 'production' | 'beta';

export interface PublishOptions {
  track: Track;
  /** What testers read; for the beta track alone. */
  releaseNotes?: string;
  /** Everything but the network. */
  dryRun?: boolean;
}

export interface PublishResult {
  appId: string;
  version: string;
  track: Track;
  dryRun: boolean;
  /** Lower-case hex. */
  sha256: string;
  /** Bytes of the packed bundle. */
  size: number;
  fileCount: number;
  bundleId?: string;
  reviewStatus?: string;
  /** ISO 8601. */
  publishedAt?: string;
}

export interface PublishPorts {
  api: ApiClient;
  transport: Transport;
  runner: ProcessRunner;
  logger: Logger;
  clock: Clock;
  /** Where the locks of all windows lie. */
  lockFolder: string;
  onProgress: (progress: Progress) => void;
  /** What a build prints, as it comes. */
  onBuildOutput: (text: string) => void;
  /** What the checks found that is no error. */
  onProblems?: (problems: readonly Problem[]) => void;
  /** The built worker script: what is large is read, packed and checked there. Without it everything happens in place. */
  worker?: string;
  /** Where what is known of scripts is kept between publishes, by their content. */
  baselineCache?: string;
}

/**
 * Publishes a mini-app: validate, build, pack, upload, submit, and for the beta track promote.
 * @throws NOTHING_TO_PUBLISH, VALIDATION_FAILED, BUILD_FAILED, UPLOAD_FAILED, PUBLISH_IN_PROGRESS, CancelledError and what the API client throws;
 * nothing is left behind then
 */
export async function publish(
  project: Project,
  options: PublishOptions,
  ports: PublishPorts,
  signal?: AbortSignal,
): Promise<PublishResult> {
  if (options.track === 'production' && options.releaseNotes !== undefined) {
    throw new I99dashError('VALIDATION_FAILED', 'Release notes are for the beta track alone.');
  }
  const stages = new StageClock(ports);
  if (options.dryRun === true) {
    return prepare({ project, ports, stages, signal }, (bundle) =>
      Promise.resolve(toResult(project, options, bundle)),
    );
  }
  const { id: appId, version } = project.manifest;
  const note = { backendUrl: ports.api.backendUrl, appId, version, folder: project.folder };
  return withPublishLock(ports.lockFolder, note, () => {
    const before = readBefore(ports, appId, signal);
    return prepare({ project, ports, stages, signal, before }, async (bundle) => {
      const delivered = await deliver(
        project,
        options,
        bundle,
        await before,
        ports,
        stages,
        signal,
      );
      return { ...toResult(project, options, bundle), ...delivered };
    });
  });
}

interface Preparation {
  project: Project;
  ports: PublishPorts;
  stages: StageClock;
  signal: AbortSignal | undefined;
  /** What the backend holds of the app; left out where the network is to stay untouched. */
  before?: Promise<BackendState | undefined>;
}

/** Everything up to the packed bundle, which is gone when `use` has ended. */
async function prepare<T>(
  { project, ports, stages, signal, before }: Preparation,
  use: (bundle: Bundle) => Promise<T>,
): Promise<T> {
  const { folder, buildCommand } = project;
  stages.enter('validate');
  const found = await checkSource(project, {
    ...(signal === undefined ? {} : { signal }),
    ...(before === undefined ? {} : { latestVersion: () => latestVersionOf(before) }),
  });
  assertNoErrors(found);
  if (buildCommand !== undefined) {
    stages.enter('build');
    await build(project, buildCommand, ports, signal);
  }
  stages.enter('pack');
  const root = buildCommand === undefined ? project.appRoot : project.distDir;
  const collected = withManifest(
    await collectFiles(root, folder, signal),
    await manifestFile(folder),
  );
  if (collected.leftOut.length > 0) {
    ports.logger.info(`Publish: left out ${collected.leftOut.join(', ')}.`);
  }
  const result = await packChecked(project, root, collected, ports, signal, (bundle, problems) => {
    ports.onProblems?.([...found, ...problems]);
    return use(bundle);
  });
  stages.finish();
  return result;
}

/** Packs and checks at the same time; a bundle that is not fit to be sent never gets to `use`. */
function packChecked<T>(
  project: Project,
  root: string,
  collected: CollectedFiles,
  ports: PublishPorts,
  signal: AbortSignal | undefined,
  use: (bundle: Bundle, problems: Problem[]) => Promise<T>,
): Promise<T> {
  const { files } = collected;
  const { worker, baselineCache: cacheFile, onProgress } = ports;
  return withBundle(
    collected,
    async (bundle) => {
      const { inspection = { found: [] } } = bundle;
      await keepCache(cacheFile, inspection);
      const problems = await checkOutput(project, root, files, inspection);
      throwIfCancelled(signal);
      assertNoErrors(problems);
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

/** @throws Error when the backend could not be asked */
async function latestVersionOf(
  before: Promise<BackendState | undefined>,
): Promise<string | undefined> {
  const state = await before;
  if (state === undefined) {
    throw new Error('unknown');
  }
  return state.latestVersion ?? undefined;
}

/** From the first byte that leaves the computer. Once the submission is sent, a cancellation comes too late. */
async function deliver(
  project: Project,
  { track, releaseNotes }: PublishOptions,
  bundle: Bundle,
  before: BackendState | undefined,
  ports: PublishPorts,
  stages: StageClock,
  signal?: AbortSignal,
): Promise<Submission & { bundleId: string }> {
  const { manifest } = project;
  const { id: appId, version } = manifest;
  stages.enter('upload', bundle.size);
  const bundleId = await upload(ports, appId, bundle, {
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done) => ports.onProgress({ stage: 'upload', done, total: bundle.size }),
  });
  throwIfCancelled(signal);
  stages.enter('submit');
  const request = { appId, version, manifest: { ...manifest }, bundleId };
  const submission = await submitOnce(ports, request, before);
  if (track === 'beta') {
    stages.enter('promote');
    const notes = releaseNotes === undefined ? {} : { releaseNotes };
    await promoteToBeta(ports.api, appId, { version, ...notes });
  }
  return { bundleId, ...submission };
}

/** A state that cannot be read is no reason not to publish; only then nothing is ever sent twice. */
async function readBefore(
  { api, logger }: PublishPorts,
  appId: string,
  signal?: AbortSignal,
): Promise<BackendState | undefined> {
  try {
    return await readBackendState(api, appId, signal);
  } catch (error) {
    logger.warn(`Publish: the backend's state could not be read before: ${String(error)}`);
    return undefined;
  }
}

async function build(
  project: Project,
  commandLine: string,
  { runner, onBuildOutput }: PublishPorts,
  signal?: AbortSignal,
): Promise<void> {
  const exitCode = await runner.run({
    commandLine,
    cwd: project.folder,
    onOutput: onBuildOutput,
    ...(signal === undefined ? {} : { signal }),
  });
  if (exitCode !== 0) {
    throw new I99dashError('BUILD_FAILED', `The build ended with exit code ${exitCode}.`);
  }
}

/** @throws VALIDATION_FAILED with the first error in words, and all problems as `problems` */
function assertNoErrors(problems: readonly Problem[]): void {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first !== undefined) {
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    throw new I99dashError('VALIDATION_FAILED', `${first.message}${more}`, {
      file: first.file,
      problems,
    });
  }
}

async function manifestFile(folder: string): Promise<BundleFile> {
  const path = join(folder, MANIFEST_FILE);
  return { name: MANIFEST_FILE, path, size: (await stat(path)).size };
}

/** The project's manifest lies over whatever the app's files hold under that name. */
function withManifest(collected: CollectedFiles, manifest: BundleFile): CollectedFiles {
  const others = collected.files.filter((file) => file.name !== manifest.name);
  if (others.length === 0) {
    throw new I99dashError('NOTHING_TO_PUBLISH', 'The mini-app has no files.');
  }
  return { ...collected, files: sortByName([...others, manifest]) };
}

function toResult(
  { manifest }: Project,
  { track, dryRun = false }: PublishOptions,
  { sha256, size, fileCount }: Bundle,
): PublishResult {
  const { id: appId, version } = manifest;
  return { appId, version, track, dryRun, sha256, size, fileCount };
}
