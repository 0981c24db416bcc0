import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runCommand, type Command } from './command';
import { pickSlowest, type TestCounts } from './counting-reporter';

/** How a stage ended. */
export interface StageResult extends TestCounts {
  /** What the counts do not tell, such as that a run crashed. */
  readonly note?: string;
}

/** The note of a run whose pattern matched nothing. */
export const NO_TEST = 'no test ran';

/** The result of several runs as one. */
export function addUp(results: readonly StageResult[]): StageResult {
  const sum = (pick: (result: StageResult) => number): number =>
    results.reduce((total, result) => total + pick(result), 0);
  const note = results.map((result) => result.note ?? '').find((text) => text !== '');
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
    failures: results.flatMap(({ failures = [] }) => failures),
    slowest: pickSlowest(results.flatMap(({ slowest = [] }) => slowest)),
    ...(note === undefined ? {} : { note }),
  };
}

/**
 * The result of one check that is no run of tests.
 * @param title what it counts as; left out, it counts only when it has failed
 */
export function checkResult(succeeded: boolean, title?: string): StageResult {
  const passed = succeeded && title !== undefined ? 1 : 0;
  const failures = succeeded || title === undefined ? [] : [title];
  return { passed, failed: succeeded ? 0 : 1, skipped: 0, failures };
}

/** The command that runs mocha with the reporter that counts. @param args mocha's arguments: spec files and options */
export function mochaCommand(args: readonly string[]): Command {
  const mocha = path.join(path.dirname(require.resolve('mocha/package.json')), 'bin/mocha.js');
  const reporter = ['--reporter', path.join(__dirname, 'counting-reporter.ts')];
  return { file: process.execPath, args: [mocha, ...reporter, ...args] };
}

/**
 * Runs a command and reads its counts from the file that `I99DASH_TEST_RESULTS` names. A run that leaves none has crashed and counts as one
 * failure, and so does one that says it failed without a failed test, or that had no test.
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
