import { join } from 'node:path';
import { stat } from 'node:fs/promises';
import type { ApiClient } from '../api/client';
import { requestUpload, submitBundle, type Submission } from '../api/miniApps';
import { I99dashError, throwIfCancelled } from '../errors';
import type { Clock, Logger, ProcessRunner, Transport } from '../ports';
import { MANIFEST_FILE } from '../miniAppFolder';
import { checkAssets } from './assets';
import { withBundle, type Bundle } from './bundle';
import { collectFiles, sortByName, type BundleFile } from './files';
import type { Project } from './project';
import { isUploadUrlRefused, uploadBundle } from './upload';

export type Stage = 'validate' | 'build' | 'pack' | 'upload' | 'submit';

export interface Progress {
  stage: Stage;
  /** Files packed or bytes sent so far, of how many in all. */
  done?: number;
  total?: number;
}

export interface PublishResult {
  appId: string;
  version: string;
  track: 'production';
  dryRun: false;
  /** Lower-case hex. */
  sha256: string;
  /** Bytes of the packed bundle. */
  size: number;
  fileCount: number;
  bundleId: string;
  reviewStatus: string;
  /** ISO 8601. */
  publishedAt?: string;
}

export interface PublishPorts {
  api: ApiClient;
  transport: Transport;
  runner: ProcessRunner;
  logger: Logger;
  clock: Clock;
  onProgress: (progress: Progress) => void;
  /** What a build prints, as it comes. */
  onBuildOutput: (text: string) => void;
}

/**
 * Publishes a mini-app: validate, build, pack, upload, submit.
 * @throws NOTHING_TO_PUBLISH, VALIDATION_FAILED, BUILD_FAILED, UPLOAD_FAILED, CancelledError and what the API
 * client throws; nothing is left behind then
 */
export async function publish(
  project: Project,
  ports: PublishPorts,
  signal?: AbortSignal,
): Promise<PublishResult> {
  const { folder } = project;
  const stages = new StageClock(ports);
  stages.enter('validate');
  await assertAssets(project, project.appRoot, 'ignore');
  if (project.buildCommand !== undefined) {
    stages.enter('build');
    await build(project, project.buildCommand, ports, signal);
  }
  const root = project.buildCommand === undefined ? project.appRoot : project.distDir;
  stages.enter('pack');
  const files = withManifest(await collectFiles(root, folder, signal), await manifestFile(folder));
  await assertAssets(project, root, 'error');
  return withBundle(
    files,
    async (bundle) => {
      stages.enter('upload', bundle.size);
      const bundleId = await upload(project, bundle, ports, signal);
      throwIfCancelled(signal);
      stages.enter('submit');
      const manifest = { ...project.manifest };
      const submission = await submitBundle(ports.api, { manifest, bundleId });
      stages.finish();
      return toResult(project, bundle, bundleId, submission);
    },
    {
      ...(signal === undefined ? {} : { signal }),
      onFile: (done) => ports.onProgress({ stage: 'pack', done, total: files.length }),
    },
  );
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

/** An upload address that the storage no longer takes is asked for anew once. */
async function upload(
  project: Project,
  bundle: Bundle,
  { api, transport, onProgress }: PublishPorts,
  signal?: AbortSignal,
): Promise<string> {
  const { id } = project.manifest;
  const announced = { appId: id, contentLength: bundle.size, sha256: bundle.sha256 };
  const attempt = async (): Promise<string> => {
    const { uploadUrl, bundleId } = await requestUpload(api, announced, signal);
    await uploadBundle(transport, uploadUrl, bundle, {
      ...(signal === undefined ? {} : { signal }),
      onProgress: (done) => onProgress({ stage: 'upload', done, total: bundle.size }),
    });
    return bundleId;
  };
  try {
    return await attempt();
  } catch (error) {
    if (!isUploadUrlRefused(error)) {
      throw error;
    }
  }
  return attempt();
}

async function assertAssets(
  project: Project,
  root: string,
  missing: 'error' | 'ignore',
): Promise<void> {
  const [first] = await checkAssets(project.manifest, root, { missing });
  if (first !== undefined) {
    throw new I99dashError('VALIDATION_FAILED', first.message, {
      file: join(project.folder, MANIFEST_FILE),
    });
  }
}

async function manifestFile(folder: string): Promise<BundleFile> {
  const path = join(folder, MANIFEST_FILE);
  return { name: MANIFEST_FILE, path, size: (await stat(path)).size };
}

/** The project's manifest lies over whatever the app's files hold under that name. */
function withManifest(files: BundleFile[], manifest: BundleFile): BundleFile[] {
  const others = files.filter((file) => file.name !== manifest.name);
  if (others.length === 0) {
    throw new I99dashError('NOTHING_TO_PUBLISH', 'The mini-app has no files.');
  }
  return sortByName([...others, manifest]);
}

function toResult(
  { manifest }: Project,
  bundle: Bundle,
  bundleId: string,
  submission: Submission,
): PublishResult {
  return {
    appId: manifest.id,
    version: manifest.version,
    track: 'production',
    dryRun: false,
    sha256: bundle.sha256,
    size: bundle.size,
    fileCount: bundle.fileCount,
    bundleId,
    ...submission,
  };
}

/** Tells the progress which stage runs, and the log how long each took. */
class StageClock {
  private running: { stage: Stage; since: number } | undefined;

  constructor(private readonly ports: PublishPorts) {}

  enter(stage: Stage, total?: number): void {
    this.finish();
    this.running = { stage, since: this.ports.clock.now() };
    this.ports.onProgress(total === undefined ? { stage } : { stage, done: 0, total });
  }

  finish(): void {
    if (this.running !== undefined) {
      const took = this.ports.clock.now() - this.running.since;
      this.ports.logger.info(`Publish: ${this.running.stage} took ${took} ms.`);
      this.running = undefined;
    }
  }
}
