import { quantile } from './table';

/** One result of a bench. */
export interface BenchRow {
  what: string;
  measured: number;
  /** `×` for a ratio. */
  unit: string;
  /** The maximum allowed value; undefined for an informational result. */
  target?: number;
}

/**
 * Prints results as a table and returns whether all are within their targets. One that could not be
 * measured is not.
 */
export function printRows(rows: readonly BenchRow[]): boolean {
  const isFine = ({ measured, target }: BenchRow): boolean =>
    target === undefined || measured <= target;
  for (const row of rows) {
    const { what, measured, unit, target } = row;
    const verdict = target === undefined ? '' : `  ${isFine(row) ? 'ok' : 'MISSED'} (≤ ${target})`;
    const figure = measured.toFixed(unit === '×' ? 2 : unit === 's' ? 3 : 1);
    process.stdout.write(`${what.padEnd(38)}${figure.padStart(10)} ${unit}${verdict}\n`);
  }
  return rows.every(isFine);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * Returns the minimum of several durations of one operation, because other load only adds to them.
 */
export function least(values: readonly number[]): number {
  return values.length === 0 ? NaN : Math.min(...values);
}
