import type { Clock } from '../core/ports';
import type { Problem } from '../core/problem';
import { ByteRate } from '../core/publish/amounts';
import type { PublishResult } from '../core/publish/publish';
import type { Progress } from '../core/publish/stages';
import { isI99dashError } from '../core/errors';
import type { BuildTerminal } from './buildTerminal';
import { withQuietProgress } from './progress';
import { describeProgress, showResult } from './publishMessages';

/** Where people watch a publish, stop it, and read how it ended. */
export interface PublishSurface {
  /** True: whatever the settings say, nothing is sent before a person has said yes to what is packed. */
  readonly asksAlways?: true;
  watch<T>(title: string, task: (view: PublishView) => Promise<T>): Promise<T>;
  tell(outcome: PublishOutcome): void;
}

/** What a publish under way shows. */
export interface PublishView {
  /** Aborts when the person cancels. */
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
  onBuildOutput: (text: string) => void;
  onProblems: (problems: readonly Problem[]) => void;
  /** Asks something with nothing else in the way. */
  aside: <T>(question: () => Promise<T>) => Promise<T>;
}

/** How a publish ended. */
export interface PublishOutcome {
  result: PublishResult;
  /** What the checks found that is no error. */
  problems: readonly Problem[];
  /** For a version that was published before, and nobody was asked about it: publishes the next one. */
  bump?: { version: string; run: () => unknown };
}

/** The notification, and a terminal for what a build prints. */
export function notificationSurface(clock: Clock, buildTerminal: BuildTerminal): PublishSurface {
  return {
    watch: (title, task) =>
      withQuietProgress(title, (signal, report, aside) => {
        const rate = new ByteRate(clock);
        return task({
          signal,
          aside,
          onProgress: (now) => report(describeProgress(now, rate)),
          onBuildOutput: (text) => buildTerminal.write(text),
          onProblems: () => undefined, // asked about, or told of in the end
        }).catch((error: unknown) => {
          if (isI99dashError(error, 'BUILD_FAILED')) {
            buildTerminal.reveal();
          }
          throw error;
        });
      }),
    tell: showResult,
  };
}
