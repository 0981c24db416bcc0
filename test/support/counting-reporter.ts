import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** A test and its duration. */
export interface TimedTest {
  readonly title: string;
  readonly ms: number;
}

/** The result of a mocha run. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The failures as title and message, one line each. */
  readonly failures?: readonly string[];
  /**
   * Patterns that match the failed tests by their full titles, to run them again. The pattern of a
   * failed hook matches all tests of its suite.
   */
  readonly failedPatterns?: readonly string[];
  /** The slowest tests, the slowest first. */
  readonly slowest?: readonly TimedTest[];
}

const SLOWEST = 10;

/** Returns the ten slowest tests, the slowest first. */
export function pickSlowest(tests: readonly TimedTest[]): TimedTest[] {
  return [...tests].sort((one, other) => other.ms - one.ms).slice(0, SLOWEST);
}

/**
 * Mocha's spec reporter, which also writes the counts, the failures and the slowest tests as JSON
 * to the file that `I99DASH_TEST_RESULTS` names.
 */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env['I99DASH_TEST_RESULTS'];
    if (file === undefined) return;
    const { EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_RUN_END } = Mocha.Runner.constants;
    const failed: string[] = [];
    const patterns: string[] = [];
    const timed: TimedTest[] = [];
    const time = (test: Mocha.Test): void => {
      if (test.duration !== undefined) timed.push({ title: title(test), ms: test.duration });
    };
    runner.on(EVENT_TEST_PASS, time);
    runner.on(EVENT_TEST_FAIL, (test: Mocha.Test, error: unknown) => {
      time(test);
      failed.push(`${title(test)}: ${firstLine(messageOf(error))}`);
      patterns.push(patternOf(test));
    });
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const counts: TestCounts = {
        passed: passes,
        failed: failures,
        skipped: pending,
        failures: failed,
        failedPatterns: patterns,
        slowest: pickSlowest(timed),
      };
      writeFileSync(file, JSON.stringify(counts));
    });
  }
}

function title(test: Mocha.Test): string {
  return test.titlePath().join(' › ');
}

function patternOf(test: Mocha.Test | Mocha.Hook): string {
  const isHook = test.type === 'hook';
  const name = isHook ? (test.parent?.fullTitle() ?? '') : test.fullTitle();
  const escaped = name.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
  return isHook ? `^${escaped}` : `^${escaped}$`;
}

/**
 * Returns the message of an error. Errors of a parallel run come from other processes as plain
 * objects.
 */
function messageOf(error: unknown): string {
  const isObject = typeof error === 'object' && error !== null;
  return isObject && 'message' in error ? String(error.message) : String(error);
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? '';
}
