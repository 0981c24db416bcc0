import assert from 'node:assert/strict';
import { AppsModel } from '../../../src/core/apps/appsModel';
import type { AppsSnapshot } from '../../../src/core/apps/loadApps';
import { CancelledError, I99dashError } from '../../../src/core/errors';
import { FakeClock } from '../../support/fakes';

function snapshotOf(appsTotal: number): AppsSnapshot {
  const status = { isDeveloper: true, hasPendingRequest: false, apps: [], appsTotal };
  return { status, mine: [], betas: [] };
}

interface Question {
  signal: AbortSignal;
  answer: (snapshot: AppsSnapshot) => void;
  fail: (error: Error) => void;
}

describe('apps model', () => {
  let clock: FakeClock;
  let questions: Question[];
  let changes: number;
  let model: AppsModel;

  beforeEach(() => {
    clock = new FakeClock();
    questions = [];
    changes = 0;
    const load = (signal: AbortSignal) =>
      new Promise<AppsSnapshot>((answer, fail) => questions.push({ signal, answer, fail }));
    model = new AppsModel({ clock, load });
    model.onDidChange(() => (changes += 1));
  });

  const question = (index: number): Question => questions[index] ?? assert.fail('not asked');

  it('holds the latest answer of the backend', async () => {
    const refreshed = model.refresh();
    assert.deepEqual([model.snapshot, changes], [undefined, 0]);
    question(0).answer(snapshotOf(1));
    await refreshed;
    assert.deepEqual([model.snapshot?.status.appsTotal, changes], [1, 1]);
  });

  it('survives a failure, which is shown until the next answer', async () => {
    const first = model.refresh();
    question(0).answer(snapshotOf(1));
    await first;
    const second = model.refresh();
    question(1).fail(new I99dashError('OFFLINE', 'nowhere'));
    await second;
    assert.deepEqual([model.snapshot?.status.appsTotal, model.failure?.message], [1, 'nowhere']);
    const third = model.refreshIfOlder(60_000);
    question(2).answer(snapshotOf(2));
    await third;
    assert.deepEqual([model.snapshot?.status.appsTotal, model.failure], [2, undefined]);
  });

  it('is fetched again only when it is old or expired, or the clock was set back', async () => {
    const first = model.refreshIfOlder(60_000);
    question(0).answer(snapshotOf(1));
    await first;
    clock.advance(59_999);
    await model.refreshIfOlder(60_000);
    assert.equal(questions.length, 1);
    clock.advance(1);
    void model.refreshIfOlder(60_000);
    assert.equal(questions.length, 2);
    question(1).answer(snapshotOf(1));
    await model.refreshIfOlder(60_000);
    model.expire();
    void model.refreshIfOlder(60_000);
    assert.equal(questions.length, 3);
    question(2).answer(snapshotOf(1));
    await model.refreshIfOlder(60_000);
    clock.jump(-3_600_000);
    void model.refreshIfOlder(60_000);
    assert.equal(questions.length, 4);
  });

  it('is fetched once for concurrent callers, and once more for all that force a refresh', async () => {
    const lenient = [model.refreshIfOlder(0), model.refreshIfOlder(0)];
    const strict = [model.refresh(), model.refresh()];
    assert.equal(questions.length, 1);
    question(0).answer(snapshotOf(1));
    await Promise.all(lenient);
    await new Promise(setImmediate);
    assert.equal(questions.length, 2);
    question(1).answer(snapshotOf(2));
    await Promise.all(strict);
    assert.equal(model.snapshot?.status.appsTotal, 2);
  });

  it('is cleared with the account and not restored by a late answer', async () => {
    const late = model.refresh();
    model.forget();
    assert.equal(question(0).signal.aborted, true);
    const next = model.refresh();
    question(1).answer(snapshotOf(2));
    await next;
    question(0).answer(snapshotOf(1));
    await late;
    assert.equal(model.snapshot?.status.appsTotal, 2);
    model.forget();
    assert.equal(model.snapshot, undefined);
  });

  it('is unchanged when a request is cancelled', async () => {
    const asked = model.refresh();
    question(0).fail(new CancelledError());
    await asked;
    assert.deepEqual([model.failure, changes], [undefined, 0]);
  });
});
