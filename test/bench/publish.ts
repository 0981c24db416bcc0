/**
 * Measures publishing up to the packed bundle. To run it alone: `tsx test/bench/publish.ts
 * [--rounds=5] [--scale=1] [--growth]`; `--growth` also runs a tree ten times as large.
 */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';
import { generateTestKey } from '../support/ssh-key';
import { installHost } from '../host/install';
import { defaultVersion } from '../host/versions';
import { startBackendProcess } from './backend-process';
import { floorRows, measureFloors, medianRatio, type Floors } from './floors';
import type { RunReport, RunRequest } from './publishRun';
import { LARGE_APP, writeMiniApp, type TreeShape } from './publishTree';
import { least, median, printRows, type BenchRow } from './rows';

const run = promisify(execFile);
const ROOT = join(__dirname, '../..');
const MIB = 2 ** 20;

export interface PublishBenchOptions {
  /**
   * How often everything is measured. The result is the median, for a ratio that of the rounds; a
   * small app is measured four times as often, and its result is the minimum.
   */
  rounds?: number;
  /** The size of the tree as a multiple of 52 MB. */
  scale?: number;
  /** Whether to measure the memory for a tree ten times as large as well. */
  growth?: boolean;
}

/** Runs the bench and returns its figures; a row misses its target when `measured` is above it. */
export async function benchPublish({
  rounds = 5,
  scale = 1,
  growth = false,
}: PublishBenchOptions = {}): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'i99dash-bench-'));
  try {
    const scripts = await buildScripts(join(folder, 'build'));
    const shape = scaled(LARGE_APP, scale);
    const rows = await measureLarge(join(folder, 'large'), shape, rounds, scripts);
    if (growth) {
      const { report } = await measureOnce(join(folder, 'huge'), scaled(shape, 10), scripts);
      rows.push(
        {
          what: 'rss growth, ten times the tree',
          measured: report.rssGrowth / MIB,
          unit: 'MiB',
          target: 48,
        },
        { what: 'heap growth, ten times the tree', measured: report.heapGrowth / MIB, unit: 'MiB' },
      );
    }
    // Other load affects short runs more, so they need more rounds to hit a quiet moment.
    rows.push(...(await measureSmall(join(folder, 'small'), 4 * rounds, scripts)));
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Scripts {
  /** The runtime of VS Code, whose memory use and times differ from those of other versions. */
  node: string;
  script: string;
  worker: string;
}

async function buildScripts(outdir: string): Promise<Scripts> {
  await build({
    entryPoints: {
      run: join(__dirname, 'publishRun.ts'),
      worker: join(ROOT, 'src/core/publish/publishWorker.ts'),
    },
    outdir,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    minify: true,
    logLevel: 'error',
  });
  const { node } = await installHost(defaultVersion);
  return { node, script: join(outdir, 'run.js'), worker: join(outdir, 'worker.js') };
}

/** The floors and the product alternate, so that all run under the same load. */
async function measureLarge(
  root: string,
  shape: TreeShape,
  rounds: number,
  scripts: Scripts,
): Promise<BenchRow[]> {
  const floors: Floors[] = [];
  const reports: RunReport[] = [];
  await writeMiniApp(join(root, 'app'), shape);
  for (let round = 0; round < rounds; round++) {
    floors.push(await measureFloors(join(root, 'app', 'src')));
    reports.push(await runLarge(root, round, scripts));
  }
  const of = (pick: (report: RunReport) => number): number => median(reports.map(pick));
  const most = (pick: (report: RunReport) => number): number => Math.max(...reports.map(pick));
  return [
    ...floorRows(floors),
    { what: 'validate, check, pack: first', measured: of(({ first }) => first), unit: 's' },
    {
      what: 'first ÷ tar | gzip',
      measured: medianRatio(
        reports.map(({ first }) => first),
        floors,
      ),
      unit: '×',
      target: 1.1,
    },
    { what: 'one script changed: again', measured: of(({ again }) => again), unit: 's' },
    {
      what: 'again ÷ tar | gzip',
      measured: medianRatio(
        reports.map(({ again }) => again),
        floors,
      ),
      unit: '×',
      target: 0.7,
    },
    {
      what: 'event-loop delay, p99',
      measured: of(({ delayP99 }) => delayP99),
      unit: 'ms',
      target: 30,
    },
    { what: 'event-loop delay, max', measured: of(({ delayMax }) => delayMax), unit: 'ms' },
    {
      what: 'rss growth',
      measured: most(({ rssGrowth }) => rssGrowth) / MIB,
      unit: 'MiB',
      target: 64,
    },
    { what: 'heap growth', measured: most(({ heapGrowth }) => heapGrowth) / MIB, unit: 'MiB' },
    {
      what: 'process for packing: rss',
      measured: most(({ workerRss }) => workerRss) / MIB,
      unit: 'MiB',
    },
  ];
}

/**
 * Measures a whole publish of a mini-app of 47 kB over loopback with the backend in another
 * process; `first` includes loading the code.
 */
async function measureSmall(root: string, rounds: number, scripts: Scripts): Promise<BenchRow[]> {
  const key = await generateTestKey({ folder: root });
  const backend = await startBackendProcess(key.publicKeyPath);
  try {
    const reports = [];
    for (let round = 0; round < rounds; round++) {
      const app = join(root, `app-${round}`);
      await cp(join(ROOT, 'test/fixtures/mini-apps/tyre-pressure'), app, { recursive: true });
      reports.push(
        await runChild({
          folder: app,
          cacheFile: join(root, `cache-${round}.json`),
          changing: 'src/app.js',
          backend: { url: backend.url, keyPath: key.path },
          ...scripts,
        }),
      );
    }
    const first = 1000 * least(reports.map((report) => report.first));
    const again = 1000 * least(reports.map((report) => report.again));
    return [
      { what: 'small app over loopback, first', measured: first, unit: 'ms', target: 80 },
      { what: 'small app over loopback, again', measured: again, unit: 'ms', target: 80 },
    ];
  } finally {
    await backend.stop();
  }
}

async function measureOnce(
  root: string,
  shape: TreeShape,
  scripts: Scripts,
): Promise<{ report: RunReport }> {
  await writeMiniApp(join(root, 'app'), shape);
  return { report: await runLarge(root, 0, scripts) };
}

function runLarge(root: string, round: number, scripts: Scripts): Promise<RunReport> {
  return runChild({
    folder: join(root, 'app'),
    cacheFile: join(root, `cache-${round}.json`),
    changing: `src/code/0/code-${round}.js`,
    ...scripts,
  });
}

async function runChild({ node, script, ...request }: RunRequest & Scripts): Promise<RunReport> {
  const { stdout } = await run(node, [script, JSON.stringify(request)]);
  return JSON.parse(stdout) as RunReport;
}

function scaled(shape: TreeShape, factor: number): TreeShape {
  const { binaries, scripts } = shape;
  return {
    ...shape,
    binaries: Math.ceil(binaries * factor),
    scripts: Math.ceil(scripts * factor),
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      scale: { type: 'string', default: '1' },
      growth: { type: 'boolean', default: false },
    },
  });
  const { rounds, scale, growth } = values;
  process.stdout.write(`${availableParallelism()} cores, Node ${process.version}\n`);
  printRows(await benchPublish({ rounds: Number(rounds), scale: Number(scale), growth }));
}

if (require.main === module) {
  void main();
}
