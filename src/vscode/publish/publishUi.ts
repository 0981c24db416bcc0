import type { Problem } from '../../core/problem';
import type { PublishResult } from '../../core/publish/publish';
import type { Progress } from '../../core/publish/stages';

/** Where people watch a publish, stop it, and read how it ended. */
export interface PublishUi {
  run<T>(title: string, task: (view: PublishView) => Promise<T>): Promise<T>;
  showResult(outcome: PublishOutcome): void;
}

/** What a publish under way shows. */
export interface PublishView {
  /** Aborts when the person cancels. */
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
  onBuildOutput: (text: string) => void;
  onProblems: (problems: readonly Problem[]) => void;
  /** Asks something with nothing else in the way. */
  hideWhile: <T>(question: () => Promise<T>) => Promise<T>;
}

/** How a publish ended. */
export interface PublishOutcome {
  result: PublishResult;
  /** What the checks found that is no error. */
  problems: readonly Problem[];
  /** For a version that was not new, and nobody was asked about it: publishes the next one. */
  bump?: { version: string; run: () => unknown };
}
