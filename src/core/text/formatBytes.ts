import { formatNumber } from './l10n';
import type { Clock } from '../platform/interfaces';

export type ByteUnit = 'kB' | 'MB' | 'GB';

const BYTES_IN: Record<ByteUnit, number> = { kB: 1e3, MB: 1e6, GB: 1e9 };

/** The units' names in `Intl`. */
const UNIT_NAMES: Record<ByteUnit, string> = { kB: 'kilobyte', MB: 'megabyte', GB: 'gigabyte' };

/** Returns the most readable unit for a number of bytes. */
export function chooseUnit(bytes: number): ByteUnit {
  return bytes < BYTES_IN.MB ? 'kB' : bytes < BYTES_IN.GB ? 'MB' : 'GB';
}

/** Formats bytes as a number of units: whole kB, rounded up, and one decimal for larger units. */
export function formatInUnit(bytes: number, unit: ByteUnit): string {
  return formatWithOptions(bytes, unit);
}

/** Formats bytes with their unit: `62 kB`, `12.4 MB`. */
export function formatBytes(bytes: number): string {
  const unit = chooseUnit(bytes);
  return formatWithOptions(bytes, unit, {
    style: 'unit',
    unit: UNIT_NAMES[unit],
    unitDisplay: 'short',
  });
}

function formatWithOptions(
  bytes: number,
  unit: ByteUnit,
  options: Intl.NumberFormatOptions = {},
): string {
  const amount = bytes / BYTES_IN[unit];
  const digits = unit === 'kB' ? 0 : 1;
  return formatNumber(unit === 'kB' ? Math.ceil(amount) : amount, {
    ...options,
    useGrouping: false,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** Milliseconds. The speed is the mean over this window, and is reported only after enough time. */
const WINDOW_MS = 3_000;
const ENOUGH_MS = 500;
/** Milliseconds. Progress events arrive much more often than the display needs. */
const SAMPLE_MS = 100;

/** The smoothed transfer rate of bytes. */
export class ByteRate {
  private samples: { at: number; bytes: number }[] = [];

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /**
   * @param bytes the total so far; a smaller one than before restarts the measurement
   * @returns bytes per second; undefined until enough is known
   */
  update(bytes: number): number | undefined {
    const at = this.clock.now();
    const last = this.samples.at(-1);
    if (last === undefined || bytes < last.bytes || at < last.at) {
      this.samples = [{ at, bytes }];
      return undefined;
    }
    if (at - last.at >= SAMPLE_MS) {
      this.samples.push({ at, bytes });
    }
    while (this.samples.length > 2 && at - (this.samples[1]?.at ?? at) >= WINDOW_MS) {
      this.samples.shift();
    }
    const [first] = this.samples;
    return first === undefined || at - first.at < ENOUGH_MS
      ? undefined
      : ((bytes - first.bytes) * 1_000) / (at - first.at);
  }
}
