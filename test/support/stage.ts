import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runCommand } from './command';
import type { TestCounts } from './counting-reporter';

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
    ...(note === undefined ? {} : { note }),
  };
}

/** The result of a stage that is one check, not a run of tests. */
export function checkResult(succeeded: boolean): StageResult {
  return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped: 0 };
}

/**
 * Runs mocha in a process of its own.
 * @param args mocha's arguments: spec files and options
 * @param env further environment variables
 */
export function runMocha(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<StageResult> {
  const mocha = path.join(path.dirname(require.resolve('mocha/package.json')), 'bin/mocha.js');
  const reporter = ['--reporter', path.join(__dirname, 'counting-reporter.ts')];
  return countTests(async (results) => {
    return (
      (await runCommand(process.execPath, [mocha, ...reporter, ...args], {
        ...env,
        ...results,
      })) === 0
    );
  });
}

/**
 * Counts the tests of a run that leaves its counts in the file that `I99DASH_TEST_RESULTS` names. A run that leaves none has crashed and
 * counts as one failure, and so does one that says it failed without a failed test, or that had no test at all.
 * @param run gets the environment variable that the run must have; returns whether it succeeded
 */
export async function countTests(
  run: (env: Readonly<Record<string, string>>) => Promise<boolean>,
): Promise<StageResult> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'i99dash-results-'));
  const file = path.join(dir, 'results.json');
  try {
    const succeeded = await run({ I99DASH_TEST_RESULTS: file });
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
