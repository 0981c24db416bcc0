import type { Report } from './protocol';

/** The results of one parser. */
export interface Tried extends Pick<Report, 'runs' | 'accepted' | 'slowestMs'> {
  parser: string;
}

/**
 * Prints the number of inputs of each parser, how many it accepted, and the time of the slowest
 * one.
 */
export function printTable(seed: number, rows: readonly Tried[]): void {
  const line = (name: string, cells: readonly (string | number)[]): string =>
    `${name.padEnd(26)}${cells.map((cell) => String(cell).padStart(12)).join('')}\n`;
  const sum = (pick: (row: Tried) => number): number =>
    rows.reduce((all, row) => all + pick(row), 0);
  process.stdout.write(`\n${line(`seed ${seed}`, ['inputs', 'accepted', 'slowest ms'])}`);
  for (const { parser, runs, accepted, slowestMs } of rows) {
    process.stdout.write(line(parser, [runs, accepted, Math.round(slowestMs)]));
  }
  process.stdout.write(
    `${line('all', [sum(({ runs }) => runs), sum(({ accepted }) => accepted)])}\n`,
  );
}
