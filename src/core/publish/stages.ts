import type { Clock, Logger } from '../platform/interfaces';

export type Stage = 'validate' | 'build' | 'pack' | 'confirm' | 'upload' | 'submit' | 'promote';

export interface Progress {
  stage: Stage;
  /** Files packed or bytes sent so far, and the total. */
  done?: number;
  total?: number;
}

/** Reports the current stage to the progress, and the duration of each stage to the log. */
export class StageClock {
  private running: { stage: Stage; since: number } | undefined;

  constructor(
    private readonly deps: {
      clock: Clock;
      logger: Logger;
      onProgress: (progress: Progress) => void;
    },
  ) {}

  enter(stage: Stage, total?: number): void {
    this.finish();
    this.running = { stage, since: this.deps.clock.now() };
    this.deps.onProgress(total === undefined ? { stage } : { stage, done: 0, total });
  }

  finish(): void {
    if (this.running !== undefined) {
      const took = this.deps.clock.now() - this.running.since;
      this.deps.logger.info(`Publish: ${this.running.stage} took ${took} ms.`);
      this.running = undefined;
    }
  }
}
