import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** How a mocha run ended. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed, as title and message of one line each. */
  readonly failures?: readonly string[];
}

/** Mocha's spec reporter; at the end it also writes the counts and what failed, as JSON, to the file that `I99DASH_TEST_RESULTS` names. */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env['I99DASH_TEST_RESULTS'];
    if (file === undefined) return;
    const failed: string[] = [];
    runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test: Mocha.Test, error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      failed.push(`${test.titlePath().join(' › ')}: ${firstLine(message)}`);
    });
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const counts: TestCounts = {
        passed: passes,
        failed: failures,
        skipped: pending,
        failures: failed,
      };
      writeFileSync(file, JSON.stringify(counts));
    });
  }
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? '';
}
