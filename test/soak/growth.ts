import { formatTable } from '../bench/table';
import type { LegFigures } from './protocol';
import type { Vitals } from './vitals';

const MIB = 2 ** 20;

/** The allowed growth between warm-up and end, in the unit of {@link Vitals}. */
const GROWTH_LIMITS: Readonly<Record<keyof Vitals, number>> = {
  heapBytes: 10 * MIB,
  residentBytes: 10 * MIB,
  // A socket or a timer may be open at one measurement and closed at another.
  handles: 4,
  descriptors: 4,
  processListeners: 0,
  emitters: 10,
  abortSignals: 10,
  disposables: 10,
  temporaryFiles: 0,
  keptFiles: 0,
};

/** One measured value of a life of the extension host. */
export interface GrowthRow {
  readonly what: keyof Vitals;
  readonly start: number;
  readonly warm: number;
  readonly end: number;
  /** From the end of the warm-up to the end. */
  readonly growth: number;
  readonly limit: number;
}

/** Compares the measurements of the extension host. */
export function growthOf({ start, warm, end }: LegFigures): GrowthRow[] {
  return (Object.entries(GROWTH_LIMITS) as [keyof Vitals, number][]).map(([what, limit]) => ({
    ...{ what, limit },
    start: start[what],
    warm: warm[what],
    end: end[what],
    growth: end[what] - warm[what],
  }));
}

/** Checks whether a value is within its limit; one that could not be measured is not. */
export function isFlat({ growth, limit }: GrowthRow): boolean {
  return growth <= limit;
}

/** Formats the rows as a table with memory in MiB. */
export function formatGrowth(rows: readonly GrowthRow[]): string {
  const head = ['', 'start', 'warm', 'end', 'growth', 'limit', ''];
  const lines = rows.map((row) => {
    const tell = row.what.endsWith('Bytes')
      ? (bytes: number) => (bytes / MIB).toFixed(1)
      : (count: number) => String(count);
    const figures = [row.start, row.warm, row.end, row.growth, row.limit].map(tell);
    return [nameOf(row.what), ...figures, isFlat(row) ? 'ok' : 'GREW'];
  });
  return formatTable(head, lines);
}

/** `temporaryFiles` → `temporary files`, `heapBytes` → `heap, MiB`. */
function nameOf(what: string): string {
  const words = what
    .replace('Bytes', '')
    .replace(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);
  return what.endsWith('Bytes') ? `${words}, MiB` : words;
}
