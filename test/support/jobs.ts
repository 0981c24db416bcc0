import type { StageName } from './arguments';
import { wasInterrupted } from './command';
import type { StageResult } from './stage';

/** A part of the test run that runs by itself, beside others. */
export interface Job {
  readonly name: string;
  /** The stage that it is a part of. */
  readonly stage: StageName;
  /** The jobs that must have succeeded before. */
  readonly after: readonly string[];
  /** @param print gets what the job prints, as it comes; undefined: the job prints to the screen */
  readonly run: (print: Print | undefined) => Promise<StageResult>;
}

/** Takes a piece of a job's output. */
export type Print = (chunk: Buffer) => void;

/** How a job ended; `result` is undefined for one that did not run because one before it failed. */
export interface JobOutcome {
  readonly name: string;
  readonly stage: StageName;
  readonly seconds: number;
  readonly result: StageResult | undefined;
}

/** What happens while jobs run. */
export interface JobEvents {
  readonly started: (name: string) => void;
  /** @param output everything that the job printed */
  readonly ended: (outcome: JobOutcome, output: Buffer) => void;
}

/**
 * Runs jobs, a few at a time: whenever there is room, the first in the list that waits for no other starts.
 * @param limit how many run at a time; with 1, each prints to the screen
 * @returns the outcomes, in the order of the list
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
    // Without work only jobs are left that a pass through the list has not given up yet.
    if (work.size > 0) await Promise.race(work.values());
  }
  return jobs.flatMap(({ name }) => outcomes.get(name) ?? []);
}
