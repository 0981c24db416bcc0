/**
 * Measures the cost of editing: the extension host's time for each edit of a manifest of 200 lines,
 * and the time from opening to the first problems. To run it alone: `tsx test/bench/editing.ts
 * [--edits=2000]`.
 */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';
import type { EditingReport, EditingRequest } from './editingRun';
import { printRows, type BenchRow } from './rows';
import { quantile } from './table';

const run = promisify(execFile);
const ROOT = join(__dirname, '../..');
/** The number of new processes, for what happens once in each. */
const OPENINGS = 5;

/** Runs the bench and returns its figures; a row misses its target when `measured` is above it. */
export async function benchEditing({ edits = 2000 } = {}): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'i99dash-bench-'));
  try {
    const app = join(folder, 'app');
    await cp(join(ROOT, 'test/fixtures/mini-apps/tyre-pressure'), app, { recursive: true });
    await writeFile(join(app, 'manifest.json'), manifestOf200Lines());
    const script = await buildScript(folder);
    const reports: EditingReport[] = [];
    for (let opening = 0; opening < OPENINGS; opening++) {
      const request: EditingRequest = { folder: app, edits: opening === 0 ? edits : 0 };
      const { stdout } = await run(process.execPath, [script, JSON.stringify(request)]);
      reports.push(JSON.parse(stdout) as EditingReport);
    }
    const { wall, cpu } = reports[0]?.edits ?? { wall: [], cpu: [] };
    const of = (pick: (report: EditingReport) => number): number =>
      quantile(reports.map(pick), 0.5);
    return [
      { what: 'an edit, p50', measured: quantile(wall, 0.5), unit: 'ms' },
      { what: 'an edit, p99', measured: quantile(wall, 0.99), unit: 'ms' },
      // Unlike elapsed time, processor time does not include other processes.
      {
        what: 'an edit, processor time, p99',
        measured: quantile(cpu, 0.99),
        unit: 'ms',
        target: 10,
      },
      { what: 'opening: loading the rules', measured: of(({ loading }) => loading), unit: 'ms' },
      {
        what: 'opening: first problems of the text',
        measured: of(({ firstText }) => firstText),
        unit: 'ms',
      },
      {
        what: 'opening: first problems of all files',
        measured: of(({ firstFiles }) => firstFiles),
        unit: 'ms',
      },
      { what: 'all files again, none changed', measured: of(({ again }) => again), unit: 'ms' },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Returns a manifest of 200 lines, most of them translations. */
function manifestOf200Lines(): string {
  const locales = Array.from({ length: 75 }, (_, index) =>
    String.fromCharCode(97 + Math.floor(index / 26), 97 + (index % 26)),
  );
  const texts = (text: string): Record<string, string> =>
    Object.fromEntries(locales.map((locale) => [locale, `${text} (${locale})`]));
  const manifest = {
    id: 'tyre-pressure',
    name: texts('Tyre pressure'),
    description: texts('All four tyres at a glance'),
    icon: './icon.png',
    coverImage: './cover.png',
    url: 'https://miniapps.i99dash.app/tyre-pressure/',
    version: '1.0.0',
    category: 'vehicle',
    tags: ['tyres', 'tpms', 'safety'],
    requires: { dilink: ['di5.0', 'di5.1'], vehicleCapabilities: ['ac.get', 'ac.set'] },
    permissions: Array.from({ length: 12 }, (_, index) => `vehicle.tyres.read-${index}`),
    network: Array.from({ length: 7 }, (_, index) => `https://api${index}.example.com`),
  };
  return JSON.stringify(manifest, null, 2);
}

async function buildScript(folder: string): Promise<string> {
  const outfile = join(folder, 'editingRun.js');
  await build({
    entryPoints: [join(__dirname, 'editingRun.ts')],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    minify: true,
    logLevel: 'error',
  });
  return outfile;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { edits: { type: 'string', default: '2000' } } });
  process.stdout.write(`${availableParallelism()} cores, Node ${process.version}\n`);
  printRows(await benchEditing({ edits: Number(values.edits) }));
}

if (require.main === module) {
  void main();
}
