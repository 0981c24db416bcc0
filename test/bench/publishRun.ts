/**
 * One measured process: what publishing does up to the packed bundle. Arguments: a request as JSON; prints a report as JSON.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { withBundle } from '../../src/core/publish/bundle';
import { checkBaseline } from '../../src/core/publish/checks/webviewBaseline';
import { collectFiles } from '../../src/core/publish/files';

export interface RunRequest {
  root: string;
  /** The built worker script. */
  worker: string;
  cacheFile: string;
  /** Relative to the root: the script that changes between the first time and the second. */
  changing: string;
}

export interface RunReport {
  /** Seconds. */
  first: number;
  again: number;
  /** Event-loop delay in milliseconds, over the sampling interval of {@link RESOLUTION_MS}. */
  delayP99: number;
  delayMax: number;
  /** The most the process grew, in bytes. */
  rssGrowth: number;
  heapGrowth: number;
  sha256: string;
  size: number;
  problems: number;
}

const RESOLUTION_MS = 5;
const SAMPLE_MS = 10;

async function publishOnce({ root, worker, cacheFile }: RunRequest) {
  const collected = await collectFiles(root, root);
  const checked = checkBaseline({ manifest: MANIFEST }, collected.files, { worker, cacheFile });
  return withBundle(
    collected,
    async ({ sha256, size }) => ({ sha256, size, problems: (await checked).length }),
    { worker },
  );
}

const MANIFEST = {
  id: 'bench',
  name: { en: 'Bench' },
  icon: './icon.svg',
  url: 'https://miniapps.i99dash.app/bench/',
  version: '1.0.0',
  category: 'other',
  safeWhileDriving: false,
  privileged: false,
} as const;

async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; value: T }> {
  const start = performance.now();
  const value = await work();
  return { seconds: (performance.now() - start) / 1000, value };
}

async function main(request: RunRequest): Promise<void> {
  const before = process.memoryUsage();
  const peak = { rss: before.rss, heapUsed: before.heapUsed };
  const sampler = setInterval(() => {
    const { rss, heapUsed } = process.memoryUsage();
    peak.rss = Math.max(peak.rss, rss);
    peak.heapUsed = Math.max(peak.heapUsed, heapUsed);
  }, SAMPLE_MS);
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const first = await timed(() => publishOnce(request));
  delay.disable();
  appendFileSync(join(request.root, request.changing), '// changed\n');
  delay.enable();
  const again = await timed(() => publishOnce(request));
  delay.disable();
  clearInterval(sampler);
  const report: RunReport = {
    first: first.seconds,
    again: again.seconds,
    delayP99: delay.percentile(99) / 1e6,
    delayMax: delay.max / 1e6,
    rssGrowth: peak.rss - before.rss,
    heapGrowth: peak.heapUsed - before.heapUsed,
    ...again.value,
  };
  process.stdout.write(JSON.stringify(report));
}

void main(JSON.parse(process.argv[2] ?? '{}') as RunRequest);
