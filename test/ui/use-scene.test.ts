import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../host/paths';
import type { TestCounts } from '../support/counting-reporter';
import { packagedExtension } from './packaged-extension';

const run = promisify(execFile);

/** Runs the suite in the folder beside this file in its own process. */
async function runLeavingSuite(): Promise<TestCounts> {
  const vsix = await packagedExtension();
  const folder = await mkdtemp(path.join(tmpdir(), 'i99dash-leaving-'));
  const results = path.join(folder, 'results.json');
  const mocha = path.join(path.dirname(require.resolve('mocha/package.json')), 'bin/mocha.js');
  const reporter = path.join(repositoryRoot, 'test/support/counting-reporter.ts');
  const suite = path.join(__dirname, 'leaving-suite/leaves.suite.ts');
  const options = ['--no-config', '-n', 'import=tsx', '--extension', 'ts', '--reporter', reporter];
  const env = { ...process.env, I99DASH_TEST_VSIX: vsix, I99DASH_TEST_RESULTS: results };
  try {
    const { output } = await run(process.execPath, [mocha, ...options, suite], { env }).then(
      ({ stdout }) => ({ output: stdout }),
      (error: unknown) => {
        const { stdout, stderr } = error as { stdout: string; stderr: string };
        return { output: stdout + stderr };
      },
    );
    assert.ok(existsSync(results), output);
    return JSON.parse(await readFile(results, 'utf8')) as TestCounts;
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('useScene', function () {
  this.timeout(600_000);

  it('fails only the test that leaves something on screen and names its screenshot', async () => {
    const { passed, failures = [] } = await runLeavingSuite();
    assert.equal(passed, 2, failures.join('\n'));
    assert.equal(failures.length, 2, failures.join('\n'));
    const [notification = '', picker = ''] = failures;
    assert.match(
      notification,
      /^a suite › leaves a notification: .*left on screen: .*Diagnostics/u,
    );
    assert.match(picker, /^a suite › leaves a picker: .*left on screen: the picker/u);
    for (const failure of failures) {
      const [, screenshot = ''] = / \(screenshot: (\S+\.png)\)$/u.exec(failure) ?? [];
      assert.ok(existsSync(path.join(repositoryRoot, screenshot)), failure);
    }
  });
});
