import { formatNumber } from '../l10n';
import type { Clock } from '../ports';

export type ByteUnit = 'kB' | 'MB' | 'GB';

const BYTES_IN: Record<ByteUnit, number> = { kB: 1e3, MB: 1e6, GB: 1e9 };

/** The units as `Intl` knows them. */
const NAMES: Record<ByteUnit, string> = { kB: 'kilobyte', MB: 'megabyte', GB: 'gigabyte' };

/** The unit an amount of bytes is best told in. */
export function unitOf(bytes: number): ByteUnit {
  return bytes < BYTES_IN.MB ? 'kB' : bytes < BYTES_IN.GB ? 'MB' : 'GB';
}

/** An amount of bytes as a number of units: whole kB, rounded up, and one decimal of all that is larger. */
export function inUnit(bytes: number, unit: ByteUnit): string {
  return format(bytes, unit);
}

/** An amount of bytes as people read it: `62 kB`, `12.4 MB`. */
export function describeBytes(bytes: number): string {
  const unit = unitOf(bytes);
  return format(bytes, unit, { style: 'unit', unit: NAMES[unit], unitDisplay: 'short' });
}

function format(bytes: number, unit: ByteUnit, options: Intl.NumberFormatOptions = {}): string {
  const amount = bytes / BYTES_IN[unit];
  const digits = unit === 'kB' ? 0 : 1;
  return formatNumber(unit === 'kB' ? Math.ceil(amount) : amount, {
    ...options,
    useGrouping: false,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** Speed is the mean of the last seconds, and is told when there is enough to tell it from. In milliseconds. */
const WINDOW_MS = 3_000;
const ENOUGH_MS = 500;
/** Bytes are told much more often than anybody reads. */
const SAMPLE_MS = 100;

/** How fast bytes flow, smoothed. */
export class ByteRate {
  private samples: { at: number; bytes: number }[] = [];

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /**
   * @param bytes in all so far; fewer than before means a new start
   * @returns bytes per second, undefined until that can be told
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
