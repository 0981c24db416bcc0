import { readdirSync } from 'node:fs';
import path from 'node:path';
import { takeCoverage } from 'node:v8';
import Mocha from 'mocha';
import CountingReporter from '../support/counting-reporter';
import { mapStackTraces } from '../support/source-maps';

/**
 * The test run inside VS Code, on a desktop and in the test host alike: every compiled `*.test.js` beside this module.
 * `I99DASH_TEST_GREP` chooses among the tests by title.
 * @throws Error when a test failed, or when none ran
 */
export async function run(): Promise<void> {
  mapStackTraces();
  const grep = process.env['I99DASH_TEST_GREP'];
  const isCounted = process.env['NODE_V8_COVERAGE'] !== undefined;
  const mocha = new Mocha({
    ui: 'bdd',
    color: true,
    // What is counted runs slower.
    timeout: isCounted ? 60_000 : 20_000,
    forbidOnly: true,
    reporter: CountingReporter,
    ...(grep === undefined || grep === '' ? {} : { grep }),
  });
  for (const file of testFiles(__dirname)) mocha.addFile(file);
  const { failures, tests } = await new Promise<{ failures: number; tests: number }>((resolve) => {
    const runner = mocha.run((failed) =>
      resolve({ failures: failed, tests: runner.stats?.tests ?? 0 }),
    );
  });
  // VS Code may end the extension host before Node writes what ran.
  if (isCounted) takeCoverage();
  if (tests === 0) throw new Error('no test ran');
  if (failures > 0) throw new Error(`${failures} failed`);
}

function testFiles(dir: string): string[] {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  const tests = names.filter((name) => name.endsWith('.test.js')).sort();
  return tests.map((name) => path.join(dir, name));
}
