import type { Clock, Disposable } from '../../src/core/platform/interfaces';

/** A wall clock that can be set; its timers use the underlying real time. */
export class SkewedClock implements Clock {
  private skew = 0;

  constructor(private readonly real: Clock) {}

  now(): number {
    return this.real.now() + this.skew;
  }

  setTimer(ms: number, callback: () => void): Disposable {
    return this.real.setTimer(ms, callback);
  }

  /** Sets the clock forward, or back when `ms` is negative. */
  set(ms: number): void {
    this.skew += ms;
  }
}
