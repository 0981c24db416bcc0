import assert from 'node:assert/strict';
import { runFailedAgain, runJobs, type Job, type JobOutcome } from '../../support/jobs';
import {
  formatFailures,
  formatSlowest,
  formatStages,
  formatUnsteady,
  totalResult,
} from '../../support/report';
import { NO_TEST, type StageResult } from '../../support/stage';

const PASSED: StageResult = { passed: 1, failed: 0, skipped: 0 };
const FAILED: StageResult = { passed: 0, failed: 1, skipped: 0, failures: ['it does: no'] };

describe('jobs of a test run', () => {
  let log: string[];
  const finish = new Map<string, (result: StageResult) => void>();

  beforeEach(() => {
    log = [];
    finish.clear();
  });

  const job = (name: string, after: readonly string[] = []): Job => ({
    ...{ name, after, stage: 'unit' },
    run: (print) => {
      print?.(Buffer.from(`${name} prints`));
      return new Promise((resolve) => finish.set(name, resolve));
    },
  });
  const run = (jobs: readonly Job[], limit = 2): Promise<JobOutcome[]> =>
    runJobs(jobs, limit, {
      started: (name) => log.push(`+${name}`),
      ended: ({ name }, output) => log.push(`-${name}: ${output.toString()}`),
    });
  /** Ends a job and lets the jobs that wait for it start. */
  const end = async (name: string, result = PASSED): Promise<void> => {
    finish.get(name)?.(result);
    await new Promise(setImmediate);
  };

  it('start in list order, limited to the allowed number at a time', async () => {
    const outcomes = run([job('one'), job('two'), job('three')]);
    assert.deepEqual(log, ['+one', '+two']);
    await end('two');
    assert.deepEqual(log, ['+one', '+two', '-two: two prints', '+three']);
    await end('one');
    await end('three');
    assert.deepEqual(
      (await outcomes).map(({ name }) => name),
      ['one', 'two', 'three'],
    );
  });

  it('wait for their dependencies and let others run in the meantime', async () => {
    const outcomes = run([job('tests', ['build']), job('build'), job('lint')], 2);
    assert.deepEqual(log, ['+build', '+lint']);
    await end('build');
    assert.equal(log.at(-1), '+tests');
    await end('lint');
    await end('tests');
    assert.equal((await outcomes).length, 3);
  });

  it('do not run when a dependency has failed', async () => {
    const outcomes = run([job('tests', ['package']), job('package', ['build']), job('build')]);
    await end('build', FAILED);
    const results = (await outcomes).map(({ result }) => result?.failed);
    assert.deepEqual(results, [undefined, undefined, 1]);
    assert.deepEqual(log, ['+build', '-build: build prints']);
  });

  it('do not wait for a dependency that is not in the list', async () => {
    const outcomes = run([job('tests', ['package'])]);
    await end('tests');
    assert.equal((await outcomes)[0]?.result, PASSED);
  });
});

describe('the second run of failed tests', () => {
  const REFUSED: StageResult = {
    ...{ passed: 5, failed: 2, skipped: 0 },
    failures: ['a suite › one: no', 'a suite › two: no'],
    failedPatterns: ['^a suite one$', '^a suite two$'],
  };
  const outcome = (result: StageResult): JobOutcome => ({
    ...{ name: 'ui', stage: 'ui', seconds: 1, result },
  });
  const again = async (
    first: StageResult,
    second: StageResult,
  ): Promise<{ asked: string[]; outcomes: JobOutcome[] }> => {
    const asked: string[] = [];
    const job: Job = {
      ...{ name: 'ui', stage: 'ui', after: [] },
      run: () => Promise.resolve(first),
      runAgain: (pattern) => {
        asked.push(pattern);
        return Promise.resolve(second);
      },
    };
    const events = { started: () => undefined, ended: () => undefined };
    return { asked, outcomes: await runFailedAgain([job], [outcome(first)], 2, events) };
  };

  it('counts a test that passes then as passed, and names its failure', async () => {
    const second: StageResult = {
      ...{ passed: 1, failed: 1, skipped: 0 },
      failures: ['a suite › two: still no'],
      failedPatterns: ['^a suite two$'],
    };
    const { asked, outcomes } = await again(REFUSED, second);
    assert.deepEqual(asked, ['^a suite one$|^a suite two$']);
    const { passed, failed } = totalResult(outcomes);
    assert.deepEqual({ passed, failed }, { passed: 6, failed: 1 });
    assert.equal(formatFailures(outcomes), 'failed: ui: a suite › two: still no');
    assert.equal(formatUnsteady(outcomes), 'passed when run again: ui: a suite › one: no');
  });

  it('changes nothing when it crashes', async () => {
    const { outcomes } = await again(REFUSED, { ...FAILED, failures: [], note: 'crashed' });
    assert.equal(formatFailures(outcomes).split('\n').length, 2);
    assert.equal(formatUnsteady(outcomes), '');
  });

  for (const [what, first] of [
    ['without failures', PASSED],
    ['that crashed', { ...FAILED, failures: [], note: 'crashed' }],
    ['that also failed outside its tests', { ...REFUSED, failed: 3 }],
    ['with many failures', { ...REFUSED, failed: 11, failedPatterns: Array(11).fill('^a$') }],
  ] as const) {
    it(`does not happen for a job ${what}`, async () => {
      const { asked, outcomes } = await again(first, PASSED);
      assert.deepEqual(asked, []);
      assert.equal(outcomes[0]?.result, first);
    });
  }
});

describe('report of a test run', () => {
  const outcome = (name: string, result: StageResult | undefined): JobOutcome => ({
    ...{ name, stage: 'ui', seconds: 61.04, result },
  });

  it('contains the time of each stage and job, and the jobs that did not run', () => {
    const text = formatStages([outcome('ui 1', PASSED), outcome('ui 2', undefined)], 100);
    assert.equal(
      text,
      [
        'stage                       seconds   passed   failed  skipped',
        'ui                            122.1        1        0        0',
        '  ui 1                         61.0        1        0        0',
        '  ui 2: not run',
        'all, side by side             100.0        1        0        0',
      ].join('\n'),
    );
  });

  it('lists failures by stage', () => {
    assert.equal(formatFailures([outcome('ui 1', FAILED)]), 'failed: ui: it does: no');
  });

  it('lists the longest tests of all jobs, the longest first', () => {
    const slow = (title: string, ms: number): JobOutcome =>
      outcome(title, { ...PASSED, slowest: [{ title, ms }] });
    assert.equal(
      formatSlowest([slow('short', 900), slow('long', 12_340)]),
      '   12.3 s  long\n    0.9 s  short',
    );
  });

  it('does not count jobs without tests when a pattern matched in others', () => {
    const none: StageResult = { passed: 0, failed: 1, skipped: 0, note: NO_TEST };
    assert.equal(totalResult([outcome('ui 1', none), outcome('ui 2', PASSED)]).failed, 0);
    assert.equal(totalResult([outcome('ui 1', none), outcome('ui 2', none)]).failed, 1);
  });
});
