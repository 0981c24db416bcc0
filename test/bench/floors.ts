import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { median, type BenchRow } from './rows';

const run = promisify(execFile);

/** What packing a folder takes at least, in seconds. */
export interface Floors {
  gzip: number;
  /** Undefined where pigz is not installed. */
  pigz: number | undefined;
  read: number;
}

/** Measures each floor once. */
export async function measureFloors(folder: string): Promise<Floors> {
  return {
    gzip: await timeShell('tar cf - . | gzip -6 | sha256sum', folder),
    pigz: await timeShell('command -v pigz && tar cf - . | pigz -6 | sha256sum', folder).catch(
      () => undefined,
    ),
    read: await timeShell('find . -type f -exec cat {} + | sha256sum', folder),
  };
}

/** Returns the median of each floor. */
export function floorRows(floors: readonly Floors[]): BenchRow[] {
  const row = (what: string, pick: (each: Floors) => number | undefined): BenchRow => ({
    ...{ what, unit: 's' },
    measured: median(floors.map((each) => pick(each) ?? NaN)),
  });
  const rows = [
    row('tar | gzip -6 | sha256sum', ({ gzip }) => gzip),
    row('tar | pigz -6 | sha256sum', ({ pigz }) => pigz),
    row('cat | sha256sum', ({ read }) => read),
  ];
  return rows.filter(({ measured }) => !Number.isNaN(measured));
}

/** Returns the median of the rounds' ratios to `tar | gzip -6 | sha256sum`. */
export function medianRatio(seconds: readonly number[], floors: readonly Floors[]): number {
  return median(seconds.map((each, round) => each / (floors[round]?.gzip ?? NaN)));
}

/** Returns the duration of a command in seconds. */
async function timeShell(command: string, cwd: string): Promise<number> {
  const start = performance.now();
  await run('sh', ['-c', command], { cwd });
  return (performance.now() - start) / 1000;
}
