import type { StageName } from './arguments';
import { wasInterrupted } from './command';
import { withSecondRun, type StageResult } from './stage';

/** A part of the test run that runs on its own beside others. */
export interface Job {
  readonly name: string;
  /** The stage it belongs to. */
  readonly stage: StageName;
  /** The jobs that must succeed first. */
  readonly after: readonly string[];
  /**
   * Runs the job.
   * @param print receives the output as it arrives; undefined: the job prints to the terminal
   */
  readonly run: (print: Print | undefined) => Promise<StageResult>;
  /**
   * Runs some of its tests again; left out for a job that cannot.
   * @param pattern matches the full titles of the tests
   */
  readonly runAgain?: (pattern: string, print: Print | undefined) => Promise<StageResult>;
}

/** Receives a chunk of a job's output. */
export type Print = (chunk: Buffer) => void;

/**
 * The outcome of a job; `result` is undefined for one that was skipped because a job before it
 * failed.
 */
export interface JobOutcome {
  readonly name: string;
  readonly stage: StageName;
  readonly seconds: number;
  readonly result: StageResult | undefined;
}

/** Callbacks for the progress of jobs. */
export interface JobEvents {
  readonly started: (name: string) => void;
  /**
   * Called when a job has ended.
   * @param output the job's whole output
   */
  readonly ended: (outcome: JobOutcome, output: Buffer) => void;
}

/**
 * Runs jobs with limited concurrency: whenever a slot is free, the first job in the list that waits
 * for no other starts.
 * @param limit how many jobs run at a time; with 1, each prints to the terminal
 * @returns the outcomes in the order of the list
 */
export async function runJobs(
  jobs: readonly Job[],
  limit: number,
  events: JobEvents,
): Promise<JobOutcome[]> {
  const waiting = new Set(jobs);
  const outcomes = new Map<string, JobOutcome>();
  const work = new Map<string, Promise<void>>();
  const names = new Set(jobs.map(({ name }) => name));
  const before = ({ after }: Job): string[] => after.filter((name) => names.has(name));

  const end = (outcome: JobOutcome, output: Buffer): void => {
    outcomes.set(outcome.name, outcome);
    work.delete(outcome.name);
    events.ended(outcome, output);
  };
  const start = async ({ name, stage, run }: Job): Promise<void> => {
    events.started(name);
    const chunks: Buffer[] = [];
    const began = performance.now();
    const result = await run(limit === 1 ? undefined : (chunk) => chunks.push(chunk));
    end(
      { name, stage, seconds: (performance.now() - began) / 1000, result },
      Buffer.concat(chunks),
    );
  };

  while (waiting.size > 0 || work.size > 0) {
    for (const job of waiting) {
      const needed = before(job).map((name) => outcomes.get(name));
      const isHopeless = needed.some(
        (each) => each !== undefined && (each.result?.failed ?? 1) > 0,
      );
      if (isHopeless || wasInterrupted()) {
        waiting.delete(job);
        const { name, stage } = job;
        outcomes.set(name, { name, stage, seconds: 0, result: undefined });
      } else if (work.size < limit && needed.every((each) => each !== undefined)) {
        waiting.delete(job);
        work.set(job.name, start(job));
      }
    }
    // Without running jobs, the next pass starts or skips the remaining ones.
    if (work.size > 0) await Promise.race(work.values());
  }
  return jobs.flatMap(({ name }) => outcomes.get(name) ?? []);
}

/** Jobs with more failures are not run again: the failures have a cause in common. */
const MOST_FAILURES = 10;

/**
 * Runs the failed tests of each job once more, one job at a time and beside nothing else, and
 * combines the results. Leaves out jobs that crashed, that cannot be run in part, or that have many
 * failures. A failed hook runs its whole suite again.
 * @param limit with 1, each job prints to the terminal
 * @returns the outcomes in the same order
 */
export async function runFailedAgain(
  jobs: readonly Job[],
  outcomes: readonly JobOutcome[],
  limit: number,
  events: JobEvents,
): Promise<JobOutcome[]> {
  const combined: JobOutcome[] = [];
  for (const outcome of outcomes) {
    const { name, stage, seconds, result } = outcome;
    const runAgain = jobs.find((job) => job.name === name)?.runAgain;
    const { failed = 0, failedPatterns = [] } = result ?? {};
    const isSuitable = failed > 0 && failed <= MOST_FAILURES && failed === failedPatterns.length;
    if (result === undefined || runAgain === undefined || !isSuitable) {
      combined.push(outcome);
      continue;
    }
    const run = (print: Print | undefined) => runAgain(failedPatterns.join('|'), print);
    const again = { name: `${name}, failed tests again`, stage, after: [], run };
    const [second] = await runJobs([again], limit, events);
    combined.push(
      second?.result === undefined
        ? outcome
        : {
            ...{ name, stage, seconds: seconds + second.seconds },
            result: withSecondRun(result, second.result),
          },
    );
  }
  return combined;
}
