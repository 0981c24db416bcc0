import { setImmediate as turn } from 'node:timers/promises';

/** Tracks pending work, so that a test with a fake clock knows when to take its next step. */
export class Activity {
  private running = 0;
  private waiting: (() => void)[] = [];

  /** Counts an I/O operation as pending until it settles. */
  async track<T>(work: Promise<T>): Promise<T> {
    this.running += 1;
    try {
      return await work;
    } finally {
      this.running -= 1;
      if (this.running === 0) {
        for (const resolve of this.waiting.splice(0)) resolve();
      }
    }
  }

  /** Resolves once all tracked work has ended and has started no further work. */
  async idle(): Promise<void> {
    await turn();
    while (this.running > 0) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
      await turn();
    }
  }
}
