import assert from 'node:assert/strict';
import { isI99dashError, type I99dashError } from '../../../src/core/errors';
import { FakeClock, HastyClock } from '../../support/fakes';
import type { Call } from './calls';
import { Cell, type CellParts } from './cell';
import type { Elsewhere } from './elsewhere';
import type { NetworkFault, Outcome, Times } from './networkFaults';
import { expectedOutcome } from './rules';

/** The time limit of a cell on the busiest computer, in milliseconds. A longer one hangs. */
const CELL_MS = 30_000;
/** No flow sends one call more often while it always fails. */
const MOST_ATTEMPTS = 12;
/** An HTTP date has whole seconds, and parsing takes time. */
const DATE_LOSS_MS = 2_000;

/** One fault of one call, once or always. */
export interface CellCase {
  readonly call: Call;
  readonly fault: NetworkFault;
  readonly times: Times;
}

/** The outcome of a cell and what is wrong with it; '' if nothing is. */
export interface CellResult {
  readonly outcome: Outcome | 'HANGS' | 'UNCODED';
  readonly complaint: string;
}

/** Runs a flow while one of its calls fails, and again after recovery. */
export async function runCell(
  cellCase: CellCase,
  parts: CellParts,
  elsewhere: Elsewhere,
): Promise<CellResult> {
  const { call, fault, times } = cellCase;
  const cell = await Cell.open(parts, call.isHasty ? new HastyClock() : new FakeClock());
  try {
    await call.prepare?.(cell);
    cell.network.arm(cell.backend, elsewhere, { match: call.match, fault, times });
    const end = await within(CELL_MS, endOf(call.run(cell)));
    if (end === 'HANGS') {
      return { outcome: end, complaint: 'it hangs' };
    }
    if (end !== undefined && !isI99dashError(end)) {
      return { outcome: 'UNCODED', complaint: end.message };
    }
    const complaint = await complaintOf(() => judge(cell, cellCase, end));
    return { outcome: end?.code, complaint };
  } finally {
    await cell.close();
  }
}

async function judge(
  cell: Cell,
  { call, fault, times }: CellCase,
  failure: I99dashError | undefined,
): Promise<void> {
  const expected = expectedOutcome(call, fault, times);
  assert.equal(failure?.code, expected, failure?.message ?? 'it went well');
  judgeWire(cell, fault, times);
  judgeSecrets(cell, failure);
  const done = call.effect?.(cell);
  assert.ok(done === undefined || done <= 1, `it was done ${done ?? 0} times`);
  assert.ok(done !== 0 || failure !== undefined, 'it says it was done, and it was not');
  await call.truth?.(cell, failure, fault);
  cell.network.heal(cell.backend);
  if (failure !== undefined && done !== 1) {
    await (call.recover ?? call.run)(cell);
    assert.equal(call.effect?.(cell) ?? 1, 1, 'it was done once when all was well again');
  }
  await (call.ends ?? isSignedIn)(cell);
}

function isSignedIn({ session }: Cell): void {
  assert.equal(session.state.kind, 'signedIn', 'the session when all is well again');
}

/** Checks the sent requests: not too many, not too soon, and no token where it does not belong. */
function judgeWire(
  { network, backend }: Cell,
  { retryAfterMs, name }: NetworkFault,
  times: Times,
): void {
  const { attempts } = network;
  assert.ok(attempts.length > 0, 'the flow makes the call');
  assert.ok(attempts.length <= MOST_ATTEMPTS, `it was sent ${attempts.length} times`);
  if (retryAfterMs !== undefined) {
    const least = name.includes('date') ? retryAfterMs - DATE_LOSS_MS : retryAfterMs;
    const waits = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0));
    const told = times === 'once' ? waits.slice(0, 1) : waits;
    const soonest = Math.min(Infinity, ...told);
    assert.ok(soonest >= least, `it was sent again after ${soonest} ms`);
  }
  const open = [...network.sent, ...backend.requests].filter(({ path }) =>
    /^\/(storage|api\/v1\/(auth|oauth))\//u.test(path),
  );
  assert.ok(!open.some(({ hasAuthorization }) => hasAuthorization), 'a token where none belongs');
}

/** The text shown to the user or logged. */
function judgeSecrets({ network, logger }: Cell, failure: I99dashError | undefined): void {
  const texts = [...logger.lines];
  for (let error: unknown = failure; error instanceof Error; error = error.cause) {
    texts.push(error.message, JSON.stringify(error));
  }
  const told = texts.filter((text) => [...network.secrets].some((each) => text.includes(each)));
  assert.deepEqual(told.length, 0, 'a secret was told');
}

async function endOf(work: Promise<unknown>): Promise<Error | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error('what was thrown is no error')),
  );
}

async function complaintOf(check: () => Promise<void>): Promise<string> {
  try {
    await check();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T | 'HANGS'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'HANGS'>((resolve) => {
    timer = setTimeout(() => resolve('HANGS'), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
