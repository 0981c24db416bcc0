import { stageNames } from './arguments';
import type { JobOutcome } from './jobs';
import { addUp, NO_TEST, type StageResult } from './stage';

interface Row extends StageResult {
  readonly name: string;
  readonly seconds: number;
}

const COLUMNS = ['seconds', 'passed', 'failed', 'skipped'];
const WIDTH = 26;

/**
 * Returns the result of a whole run: a stage whose pattern matched in one job has no failure in
 * jobs where it did not match.
 */
export function totalResult(outcomes: readonly JobOutcome[]): StageResult {
  return addUp(stageRows(outcomes));
}

/**
 * Formats a table of the stages, with the jobs of each stage that has several, and the total time.
 * @param seconds the duration of the whole run
 */
export function formatStages(outcomes: readonly JobOutcome[], seconds: number): string {
  const header = COLUMNS.map((column) => column.padStart(9)).join('');
  const lines = stageRows(outcomes).flatMap((row) => {
    const jobs = outcomes.filter(({ stage }) => stage === row.name);
    return [formatRow(row.name, row), ...(jobs.length > 1 ? jobs.map(formatJob) : [])];
  });
  const total = formatRow('all, side by side', { ...totalResult(outcomes), name: '', seconds });
  return [`${'stage'.padEnd(WIDTH)}${header}`, ...lines, total].join('\n');
}

/** Formats the ten slowest tests. */
export function formatSlowest(outcomes: readonly JobOutcome[]): string {
  const { slowest = [] } = totalResult(outcomes);
  return slowest
    .map(({ title, ms }) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${title}`)
    .join('\n');
}

/** Formats the failures for the end of the log; '' when there are none. */
export function formatFailures(outcomes: readonly JobOutcome[]): string {
  const rows = stageRows(outcomes);
  return rows
    .flatMap(({ name, failures = [] }) => failures.map((failure) => `failed: ${name}: ${failure}`))
    .join('\n');
}

/** Formats the failures of tests that passed when they ran again; '' when there are none. */
export function formatUnsteady(outcomes: readonly JobOutcome[]): string {
  return stageRows(outcomes)
    .flatMap(({ name, unsteady = [] }) =>
      unsteady.map((failure) => `passed when run again: ${name}: ${failure}`),
    )
    .join('\n');
}

function stageRows(outcomes: readonly JobOutcome[]): Row[] {
  return stageNames.flatMap((stage) => {
    const jobs = outcomes.filter((outcome) => outcome.stage === stage);
    if (jobs.length === 0) return [];
    const results = jobs.flatMap(({ result }) => result ?? []);
    const ran = results.filter(({ note }) => note !== NO_TEST);
    const seconds = jobs.reduce((sum, job) => sum + job.seconds, 0);
    return { name: stage, seconds, ...addUp(ran.length === 0 ? results.slice(0, 1) : ran) };
  });
}

function formatJob({ name, seconds, result }: JobOutcome): string {
  return result === undefined
    ? `  ${name}: not run`
    : formatRow(`  ${name}`, { ...result, name, seconds });
}

function formatRow(title: string, { seconds, passed, failed, skipped, note = '' }: Row): string {
  const cells = [seconds.toFixed(1), passed, failed, skipped];
  const line = cells.map((cell) => String(cell).padStart(9)).join('');
  return `${title.padEnd(WIDTH)}${line}  ${note}`.trimEnd();
}
