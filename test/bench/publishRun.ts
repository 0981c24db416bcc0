/**
 * One measured process: publishes up to the packed bundle. Arguments: a request as JSON; prints a
 * report as JSON.
 */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { ApiClient } from '../../src/core/api/client';
import { systemClock, type Transport } from '../../src/core/platform/interfaces';
import { loadProject } from '../../src/core/publish/project/project';
import { publish, type PublishDeps } from '../../src/core/publish/publish';

export interface RunRequest {
  /** The mini-app's folder. */
  folder: string;
  /** The built worker script. */
  worker: string;
  cacheFile: string;
  /** Publishes to this backend; without it, a dry run is measured. */
  backend?: { url: string; keyPath: string };
  /** The script that changes between the first and the second run, relative to the folder. */
  changing: string;
}

export interface RunReport {
  /** Durations in seconds. */
  first: number;
  again: number;
  /** Event-loop delay in milliseconds, over the sampling interval of {@link RESOLUTION_MS}. */
  delayP99: number;
  delayMax: number;
  /** The maximum growth of the process's memory in bytes. */
  rssGrowth: number;
  heapGrowth: number;
  /**
   * The maximum memory of the packing process in bytes; 0 where the system does not report it (only
   * Linux does).
   */
  workerRss: number;
  sha256: string;
  size: number;
}

const PAGE_BYTES = 4096;
const RESOLUTION_MS = 5;
const SAMPLE_MS = 10;

/** Publishes once; without a backend, only up to the packed bundle. */
async function publishOnce(
  { folder, worker, cacheFile }: RunRequest,
  { transport, api }: Network,
  dryRun: boolean,
): Promise<Pick<RunReport, 'sha256' | 'size'>> {
  const deps: PublishDeps = {
    api,
    transport,
    runner: { run: unwanted },
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    clock: systemClock,
    lockFolder: join(dirname(cacheFile), 'locks'),
    worker,
    baselineCache: cacheFile,
    onProgress: ignore,
    onBuildOutput: ignore,
  };
  const project = await loadProject(folder);
  const outcome = await publish(project, { track: 'production', dryRun }, deps);
  assert.ok(outcome.kind === 'published');
  const { sha256, size } = outcome.result;
  return { sha256, size };
}

type Network = Pick<PublishDeps, 'transport' | 'api'>;

const ignore = (): void => undefined;
const unwanted = (): Promise<never> => Promise.reject(new Error('not wanted in this run'));

/** Returns a signed-in session. */
async function connect({ url, keyPath }: NonNullable<RunRequest['backend']>): Promise<Network> {
  const [{ createUndiciTransport }, { openKeyFile }, { openSession }] = await Promise.all([
    import('../../src/core/http/undiciTransport'),
    import('../../src/core/ssh/privateKey'),
    import('./latency'),
  ]);
  const session = openSession(url);
  await session.signInWithKey(await openKeyFile(keyPath), { source: 'ssh', keyPath });
  const transport = createUndiciTransport();
  return { transport, api: new ApiClient(url, transport, session) };
}

function noNetwork(): Network {
  const transport: Transport = { send: unwanted };
  return { transport, api: new ApiClient('https://127.0.0.1', transport, { getToken: unwanted }) };
}

async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; value: T }> {
  const start = performance.now();
  const value = await work();
  return { seconds: (performance.now() - start) / 1000, value };
}

/** Returns the size in bytes; 0 when it is unknown. */
function rssOf(child: ChildProcess | undefined): number {
  try {
    const pages = readFileSync(`/proc/${child?.pid ?? 0}/statm`, 'utf8').split(' ')[1];
    return Number(pages) * PAGE_BYTES;
  } catch {
    return 0;
  }
}

async function main(request: RunRequest): Promise<void> {
  const { backend } = request;
  const network = backend === undefined ? noNetwork() : await connect(backend);
  const publishNow = () => publishOnce(request, network, backend === undefined);
  const before = process.memoryUsage();
  const peak = { rss: before.rss, heapUsed: before.heapUsed };
  let child: ChildProcess | undefined;
  let workerRss = 0;
  subscribe('child_process', (started) => {
    child = (started as { process: ChildProcess }).process;
  });
  const sampler = setInterval(() => {
    const { rss, heapUsed } = process.memoryUsage();
    peak.rss = Math.max(peak.rss, rss);
    workerRss = Math.max(workerRss, rssOf(child));
    peak.heapUsed = Math.max(peak.heapUsed, heapUsed);
  }, SAMPLE_MS);
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const first = await timed(publishNow);
  delay.disable();
  appendFileSync(join(request.folder, request.changing), '// changed\n');
  delay.enable();
  const again = await timed(publishNow);
  delay.disable();
  clearInterval(sampler);
  const report: RunReport = {
    first: first.seconds,
    again: again.seconds,
    delayP99: delay.percentile(99) / 1e6,
    delayMax: delay.max / 1e6,
    rssGrowth: peak.rss - before.rss,
    heapGrowth: peak.heapUsed - before.heapUsed,
    workerRss,
    ...again.value,
  };
  process.stdout.write(JSON.stringify(report));
}

void main(JSON.parse(process.argv[2] ?? '{}') as RunRequest).then(() => process.exit(0));
