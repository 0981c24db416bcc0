import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { takeCoverage } from 'node:v8';
import Mocha from 'mocha';
import CountingReporter from '../support/counting-reporter';
import { mapStackTraces } from '../support/source-maps';

/**
 * Runs the tests inside VS Code, on a desktop and in the test host: every compiled `*.test.js`
 * beside this module. `I99DASH_TEST_GREP` filters the tests by title; `I99DASH_TEST_LIST` names a
 * file to write their titles to instead of running them.
 * @throws Error when a test failed, or when none ran
 */
export async function run(): Promise<void> {
  mapStackTraces();
  const grep = process.env['I99DASH_TEST_GREP'];
  const isCounted = process.env['NODE_V8_COVERAGE'] !== undefined;
  const mocha = new ListableMocha({
    ui: 'bdd',
    color: true,
    // A timeout for tests that hang, which no busy machine reaches.
    timeout: 300_000,
    forbidOnly: true,
    reporter: CountingReporter,
    ...(grep === undefined || grep === '' ? {} : { grep }),
  });
  for (const file of testFiles(__dirname)) mocha.addFile(file);
  const list = process.env['I99DASH_TEST_LIST'];
  if (list !== undefined) {
    writeFileSync(list, JSON.stringify(mocha.listTitles()));
    return;
  }
  const { failures, tests } = await new Promise<{ failures: number; tests: number }>((resolve) => {
    const runner = mocha.run((failed) =>
      resolve({ failures: failed, tests: runner.stats?.tests ?? 0 }),
    );
  });
  // VS Code may end the extension host before Node writes its coverage.
  if (isCounted) takeCoverage();
  if (tests === 0) throw new Error('no test ran');
  if (failures > 0) throw new Error(`${failures} failed`);
}

/** A test run whose tests can be listed without running them. */
class ListableMocha extends Mocha {
  listTitles(): string[] {
    this.loadFiles();
    const titles: string[] = [];
    this.suite.eachTest((test) => {
      titles.push(test.fullTitle());
    });
    return titles;
  }
}

function testFiles(dir: string): string[] {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  const tests = names.filter((name) => name.endsWith('.test.js')).sort();
  return tests.map((name) => path.join(dir, name));
}
