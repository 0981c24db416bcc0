import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runCommand, type Command } from './command';
import { pickSlowest, type TestCounts } from './counting-reporter';

/** The result of a stage. */
export interface StageResult extends TestCounts {
  /** Information beyond the counts, such as that a run crashed. */
  readonly note?: string;
  /** The failures of tests that passed when they ran again. */
  readonly unsteady?: readonly string[];
}

/** The note of a run whose pattern matched no test. */
export const NO_TEST = 'no test ran';

/** Combines the results of several runs. */
export function addUp(results: readonly StageResult[]): StageResult {
  const sum = (pick: (result: StageResult) => number): number =>
    results.reduce((total, result) => total + pick(result), 0);
  const note = results.map((result) => result.note ?? '').find((text) => text !== '');
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
    failures: results.flatMap(({ failures = [] }) => failures),
    unsteady: results.flatMap(({ unsteady = [] }) => unsteady),
    slowest: pickSlowest(results.flatMap(({ slowest = [] }) => slowest)),
    ...(note === undefined ? {} : { note }),
  };
}

/**
 * Combines the result of a run with that of a second run of its failed tests. A test that passes in
 * the second run counts as passed, and as unsteady. A second run that crashed changes nothing.
 */
export function withSecondRun(first: StageResult, second: StageResult): StageResult {
  if (second.note !== undefined) return first;
  const { failures = [], failedPatterns = [] } = first;
  const stillFailed = new Set(second.failedPatterns);
  return {
    ...addUp([{ ...first, failed: 0, failures: [] }, second]),
    failedPatterns: second.failedPatterns ?? [],
    unsteady: failures.filter((_, index) => !stillFailed.has(failedPatterns[index] ?? '')),
  };
}

/**
 * Returns the result of a single check that is not a test run.
 * @param title the title it is counted under; without one, it is counted only when it has failed
 * @param reason appended to the title of a failed check
 */
export function checkResult(succeeded: boolean, title?: string, reason = ''): StageResult {
  const passed = succeeded && title !== undefined ? 1 : 0;
  const failures =
    succeeded || title === undefined ? [] : [[title, reason].filter(Boolean).join(': ')];
  return { passed, failed: succeeded ? 0 : 1, skipped: 0, failures };
}

/**
 * Returns the command that runs mocha with the counting reporter.
 * @param args mocha's arguments: spec files and options
 */
export function mochaCommand(args: readonly string[]): Command {
  const mocha = path.join(path.dirname(require.resolve('mocha/package.json')), 'bin/mocha.js');
  const reporter = ['--reporter', path.join(__dirname, 'counting-reporter.ts')];
  return { file: process.execPath, args: [mocha, ...reporter, ...args] };
}

/**
 * Runs a command and reads its counts from the file that `I99DASH_TEST_RESULTS` names. A run
 * without that file has crashed and counts as one failure, as does a run that exits with an error
 * but no failed test, or that has no test.
 */
export async function countTests(command: Command): Promise<StageResult> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'i99dash-results-'));
  const file = path.join(dir, 'results.json');
  try {
    const env = { ...command.env, I99DASH_TEST_RESULTS: file };
    const succeeded = (await runCommand({ ...command, env })) === 0;
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) return { passed: 0, failed: 1, skipped: 0, note: 'crashed' };
    return judge(JSON.parse(text) as TestCounts, succeeded);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function judge(counts: TestCounts, succeeded: boolean): StageResult {
  if (counts.passed + counts.failed === 0) return { ...counts, failed: 1, note: NO_TEST };
  if (!succeeded && counts.failed === 0) {
    return { ...counts, failed: 1, note: 'failed outside its tests' };
  }
  return counts;
}
