import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import type { TestCounts } from '../support/counting-reporter';
import { installChromium } from './chromium';
import { runSuite } from './failing-suite/run';
import { installHost } from './install';
import { defaultVersion } from './versions';

/** Reads the counts of a suite without durations. */
function readCounts(results = ''): Omit<TestCounts, 'slowest'> {
  const { slowest, ...counts } = JSON.parse(results) as TestCounts;
  assert.equal(slowest?.length, counts.passed + counts.failed);
  return counts;
}

describe('the test host', function () {
  this.timeout(300_000);

  before(async function () {
    this.timeout(10 * 60_000);
    await installHost(defaultVersion);
    await installChromium();
  });

  it('resolves when every test passes', async () => {
    const { rejection, output, results } = await runSuite('passing');
    assert.equal(rejection, undefined, output);
    assert.deepEqual(readCounts(results), {
      ...{ passed: 2, failed: 0, skipped: 0 },
      ...{ failures: [], failedPatterns: [] },
    });
  });

  it('rejects with code 1 when a test fails, and shows the message and the stack', async () => {
    const { rejection, output, results } = await runSuite('failing');
    const text = stripVTControlCharacters(output);
    assert.equal(rejection?.code, 1, text);
    assert.match(text, /1 passing/);
    assert.match(text, /1 failing/);
    assert.match(text, /one and one are not three/);
    assert.match(text, /at \S*reckonsBadly \(.*failing\.suite\.ts:9:/);
    assert.deepEqual(readCounts(results), {
      ...{ passed: 1, failed: 1, skipped: 0 },
      failures: ['a suite with a failing test › fails: one and one are not three'],
      failedPatterns: ['^a suite with a failing test fails$'],
    });
  });

  it('rejects with code 1 when the extension host dies', async () => {
    const { rejection, output, results } = await runSuite('dying');
    assert.equal(rejection?.code, 1, output);
    assert.match(output, /The test run broke off: .*extension host ended/);
    assert.match(output, /Extension Host Process exited with code: null, signal: SIGKILL/);
    assert.equal(results, undefined);
  });

  it('rejects with code 1 when the run does not end in time', async () => {
    const { rejection, output } = await runSuite('endless', { I99DASH_TEST_DEADLINE_MS: '6000' });
    assert.equal(rejection?.code, 1, output);
    assert.match(output, /The test run broke off: no result within 6 s/);
  });

  it('names the versions it knows when asked for another one', async () => {
    const { rejection, output } = await runSuite('passing', {
      I99DASH_TEST_VSCODE_VERSION: '1.0.0',
    });
    assert.equal(rejection?.code, 1, output);
    assert.match(output, /no VS Code 1\.0\.0; it knows 1\.139\.1, 1\.105\.1/);
  });
});
