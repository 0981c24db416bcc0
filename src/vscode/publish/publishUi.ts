import type { Problem } from '../../core/problem';
import type { PublishResult } from '../../core/publish/publish';
import type { Progress } from '../../core/publish/stages';

/** Shows a publish to the user: its progress, a way to cancel it, and its result. */
export interface PublishUi {
  run<T>(title: string, task: (view: PublishView) => Promise<T>): Promise<T>;
  showResult(outcome: PublishOutcome): void;
}

/** The view of a running publish. */
export interface PublishView {
  /** Aborts when the user cancels. */
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
  onBuildOutput: (text: string) => void;
  onProblems: (problems: readonly Problem[]) => void;
  /** Hides the progress while it asks a question. */
  hideWhile: <T>(question: () => Promise<T>) => Promise<T>;
}

/** The outcome of a publish. */
export interface PublishOutcome {
  result: PublishResult;
  /** The warnings and notes of the checks. */
  problems: readonly Problem[];
  /**
   * Publishes the next version. Only for a version that is not new, if there was no confirmation.
   */
  bump?: { version: string; run: () => unknown };
}
