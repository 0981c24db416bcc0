/** Measures the extension inside a real VS Code. Alone: `tsx test/bench/editor.ts`, after `node esbuild.config.mjs --production`. */
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../host/paths';
import { runIntegrationTests } from '../integration/run';
import { buildSuite } from '../support/build-suite';
import { generateTestKey } from '../support/ssh-key';
import { startBackendProcess } from './backend-process';
import type { EditorBenchReport, EditorBenchRequest } from './editorSuite';
import { LARGE_APP, writeMiniApp } from './publishTree';
import { median, printRows, type BenchRow } from './rows';

const MIB = 2 ** 20;
const ROUNDS = 3;
const SAMPLE = join(repositoryRoot, 'test/fixtures/mini-apps/tyre-pressure');

/** Runs the bench and returns its figures. */
export async function benchEditor(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'i99-bench-'));
  const key = await generateTestKey({ folder });
  const backend = await startBackendProcess(key.publicKeyPath);
  try {
    const workspace = join(folder, 'workspace');
    const largeApp = join(workspace, 'large');
    await writeMiniApp(largeApp, LARGE_APP);
    const smallApps = [];
    for (let round = 0; round < ROUNDS; round++) {
      const app = join(workspace, `small-${round}`);
      await cp(SAMPLE, app, { recursive: true });
      smallApps.push(app);
    }
    const request: EditorBenchRequest = {
      ...{ largeApp, smallApps, keyPath: key.path, backendUrl: backend.url },
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

function rowsOf({ large, small }: EditorBenchReport): BenchRow[] {
  return [
    { what: 'publish 52 MB: first', measured: large.first / 1000, unit: 's' },
    { what: 'publish 52 MB: again', measured: large.again / 1000, unit: 's' },
    { what: 'event-loop delay, p99', measured: large.delayP99, unit: 'ms', target: 30 },
    { what: 'event-loop delay, max', measured: large.delayMax, unit: 'ms' },
    { what: 'rss growth', measured: large.rssGrowth / MIB, unit: 'MiB', target: 64 },
    {
      what: 'publish 47 kB: first of all',
      measured: small[0]?.first ?? NaN,
      unit: 'ms',
    },
    {
      what: 'publish 47 kB: another app',
      measured: median(small.slice(1).map(({ first }) => first)),
      unit: 'ms',
      target: 80,
    },
    {
      what: 'publish 47 kB: again',
      measured: median(small.map(({ again }) => again)),
      unit: 'ms',
      target: 80,
    },
  ];
}

if (require.main === module) {
  benchEditor().then(printRows, (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
