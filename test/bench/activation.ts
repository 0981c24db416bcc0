/**
 * Measures activation inside a real VS Code. To run it alone: `tsx test/bench/activation.ts`, after
 * `node esbuild.config.mjs --production`.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runIntegrationTests } from '../integration/run';
import { buildSuite } from '../support/build-suite';
import type { Activation } from './activations';
import { least, median, printRows, type BenchRow } from './rows';

const STARTS = 5;
const OURS = 'i99dash.i99dash';
const GIT = 'vscode.git';

/**
 * Starts VS Code several times and reports the minimum of each time and the median of the ratios
 * within one start.
 */
export async function benchActivation(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'i99-bench-'));
  try {
    const suite = await buildSuite(join(__dirname, 'activationSuite.ts'), folder);
    const report = join(folder, 'report.json');
    const starts: Record<string, Activation>[] = [];
    for (let start = 0; start < STARTS; start++) {
      await runIntegrationTests({ suite, env: { I99DASH_BENCH_REPORT: report } });
      starts.push(JSON.parse(await readFile(report, 'utf8')) as Record<string, Activation>);
    }
    return rowsOf(starts);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function rowsOf(starts: readonly Readonly<Record<string, Activation>>[]): BenchRow[] {
  const ms = (id: string, pick: (times: Activation) => number): number[] =>
    starts.map(({ [id]: times }) => (times === undefined ? NaN : pick(times)));
  const total = ({ loadCode, callActivate }: Activation): number => loadCode + callActivate;
  const ours = ms(OURS, total);
  const git = ms(GIT, total);
  const ratios = ours.map((time, start) => time / (git[start] ?? NaN));
  return [
    { what: 'activation with code loading', measured: least(ours), unit: 'ms', target: 20 },
    { what: 'of it, code loading', measured: least(ms(OURS, (of) => of.loadCode)), unit: 'ms' },
    { what: 'activation of vscode.git', measured: least(git), unit: 'ms' },
    { what: 'activation ÷ that of vscode.git', measured: median(ratios), unit: '×', target: 0.5 },
  ];
}

if (require.main === module) {
  benchActivation().then(printRows, (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
