import { setImmediate as turn } from 'node:timers/promises';

/** Knows when nothing is under way any more, so that a test with a fake clock can take its next step. */
export class Activity {
  private running = 0;
  private waiting: (() => void)[] = [];

  /** Counts a piece of I/O while it lasts. */
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

  /** Resolves once all that is tracked has ended and has started nothing new. */
  async idle(): Promise<void> {
    await turn();
    while (this.running > 0) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
      await turn();
    }
  }
}
