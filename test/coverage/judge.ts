import type { FileLines } from './measure';

/**
 * The required coverage of a file in per cent of its lines with code; a file below needs a reason.
 */
const LEAST_PERCENT = 80;

/** Returns the coverage in per cent, from 0 to 100. */
export function percent({ covered, total }: Pick<FileLines, 'covered' | 'total'>): number {
  return (100 * covered) / total;
}

/**
 * Checks the coverage of every file.
 * @param explained the files that may be below the limit, with the reason
 * @returns the violations, one line each; empty when there are none
 */
export function judge(
  rows: readonly FileLines[],
  explained: Readonly<Record<string, string>>,
): readonly string[] {
  const low = rows.filter((row) => percent(row) < LEAST_PERCENT);
  const unexplained = low
    .filter(({ file }) => explained[file] === undefined)
    .map((row) => `${row.file}: ${percent(row).toFixed(1)} % is less than ${LEAST_PERCENT} %`);
  const names = new Set(low.map(({ file }) => file));
  const stale = Object.keys(explained)
    .filter((file) => !names.has(file))
    .map((file) => `${file}: is explained, and not below ${LEAST_PERCENT} %`);
  return [...unexplained, ...stale];
}
