import { formatTable } from '../bench/table';
import { percent } from './judge';
import type { FileLines } from './measure';

/** Formats one row for each file and one for the total. */
export function formatCoverage(rows: readonly FileLines[]): string {
  const sum = (pick: (row: FileLines) => number): number =>
    rows.reduce((total, row) => total + pick(row), 0);
  const all = { covered: sum(({ covered }) => covered), total: sum(({ total }) => total) };
  const table = formatTable(
    ['file', 'lines', 'covered', '%'],
    [...rows.map((row) => cells(row.file, row)), cells(`${rows.length} files`, all)],
  );
  // The last column is not padded.
  const last = ['not covered', ...rows.map(({ uncovered }) => formatRanges(uncovered))];
  return table
    .split('\n')
    .map((line, index) => `${line}  ${last[index] ?? ''}`.trimEnd())
    .join('\n');
}

function cells(name: string, counts: Pick<FileLines, 'covered' | 'total'>): string[] {
  return [name, String(counts.total), String(counts.covered), percent(counts).toFixed(1)];
}

/**
 * Formats line numbers as ranges: `3, 7-9` for 3, 7, 8, 9.
 * @param lines in ascending order
 */
function formatRanges(lines: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const line of lines) {
    const last = ranges.at(-1);
    if (last?.[1] === line - 1) last[1] = line;
    else ranges.push([line, line]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(', ');
}
