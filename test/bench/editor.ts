/**
 * Measures the extension inside a real VS Code. To run it alone: `tsx test/bench/editor.ts`, after
 * `node esbuild.config.mjs --production`.
 */
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../host/paths';
import { runIntegrationTests } from '../integration/run';
import { buildSuite } from '../support/build-suite';
import { generateTestKey } from '../support/ssh-key';
import { startBackendProcess } from './backend-process';
import type { EditorBenchReport, EditorBenchRequest, HostCost } from './editorSuite';
import { floorRows, medianRatio } from './floors';
import { LARGE_APP, writeMiniApp } from './publishTree';
import { least, median, printRows, type BenchRow } from './rows';

const MIB = 2 ** 20;
const ROUNDS = 5;
const SCRIPT = 'src/app.js';
const SAMPLE = join(repositoryRoot, 'test/fixtures/mini-apps/tyre-pressure');

/** Runs the bench and returns its figures. */
export async function benchEditor(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'i99-bench-'));
  const key = await generateTestKey({ folder });
  const backend = await startBackendProcess(key.publicKeyPath);
  try {
    const workspace = join(folder, 'workspace');
    await writeMiniApp(join(workspace, 'large'), LARGE_APP);
    // Outside the workspace, so that nothing has looked at them before; no two are alike.
    const largeApps = [];
    for (let round = 0; round < ROUNDS; round++) {
      const app = join(folder, 'others', `large-${round}`);
      await writeMiniApp(app, { ...LARGE_APP, binaries: LARGE_APP.binaries - 1 - round });
      largeApps.push(app);
    }
    const smallApps = [];
    for (let round = 0; round < ROUNDS; round++) {
      const app = join(workspace, `small-${round}`);
      await writeSmallApp(app);
      smallApps.push(app);
    }
    const request: EditorBenchRequest = {
      ...{ largeApps, smallApps, script: SCRIPT, keyPath: key.path, backendUrl: backend.url },
      report: join(folder, 'report.json'),
    };
    await runIntegrationTests({
      suite: await buildSuite(join(__dirname, 'editorSuite.ts'), folder),
      folder: workspace,
      env: { I99DASH_BENCH_REQUEST: JSON.stringify(request) },
    });
    return rowsOf(JSON.parse(await readFile(request.report, 'utf8')) as EditorBenchReport);
  } finally {
    await backend.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Writes the sample with an information-level problem in its script: as an app for newer cars only,
 * it may use newer features.
 */
async function writeSmallApp(folder: string): Promise<void> {
  await cp(SAMPLE, folder, { recursive: true });
  const manifestFile = join(folder, 'manifest.json');
  const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as object;
  const requires = { schema: 1, dilink: ['di5.1'], modernWebview: true };
  await writeFile(manifestFile, JSON.stringify({ ...manifest, requires }, null, 2));
  await appendFile(join(folder, SCRIPT), '\nstructuredClone({});\n');
}

function rowsOf({ problems, large, small }: EditorBenchReport): BenchRow[] {
  const floors = large.map((each) => each.floors);
  const most = (figure: keyof HostCost): number =>
    Math.max(...large.flatMap(({ first, again }) => [first[figure], again[figure]]));
  const seconds = (when: 'first' | 'again'): number[] =>
    large.map(({ [when]: { duration } }) => duration / 1000);
  return [
    { what: 'a manifest is opened: first problems', measured: problems.opened, unit: 'ms' },
    {
      what: 'nothing is opened: first problems',
      measured: problems.unopened / 1000,
      unit: 's',
      target: 2,
    },
    ...floorRows(floors),
    { what: 'publish 52 MB: first', measured: median(seconds('first')), unit: 's' },
    {
      what: 'first ÷ tar | gzip',
      measured: medianRatio(seconds('first'), floors),
      unit: '×',
      target: 1.1,
    },
    { what: 'publish 52 MB: again', measured: median(seconds('again')), unit: 's' },
    {
      what: 'again ÷ tar | gzip',
      measured: medianRatio(seconds('again'), floors),
      unit: '×',
      target: 0.7,
    },
    { what: 'event-loop delay, p99', measured: most('delayP99'), unit: 'ms', target: 30 },
    { what: 'event-loop delay, max', measured: most('delayMax'), unit: 'ms' },
    // Unlike a delay, processor time does not include other processes.
    { what: 'longest block, processor time', measured: most('cpuMax'), unit: 'ms', target: 50 },
    { what: 'rss growth', measured: most('rssGrowth') / MIB, unit: 'MiB', target: 64 },
    {
      what: 'publish 47 kB: first, after opening it',
      measured: small[0]?.first ?? NaN,
      unit: 'ms',
      target: 90,
    },
    {
      what: 'publish 47 kB: another app',
      measured: least(small.slice(1).map(({ first }) => first)),
      unit: 'ms',
      target: 80,
    },
    {
      what: 'publish 47 kB: again',
      measured: least(small.map(({ again }) => again)),
      unit: 'ms',
      target: 45,
    },
  ];
}

if (require.main === module) {
  benchEditor().then(printRows, (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
