import { setTimeout as delay } from 'node:timers/promises';
import type { ErrorCode } from '../../../src/core/errors';
import type { Fault } from '../../backend/faults';
import type { Elsewhere } from './elsewhere';

/** Once: a retry succeeds. Always: until the fault is removed. */
export type Times = 'once' | 'always';

/** One way in which an exchange with the backend fails. */
export interface NetworkFault {
  readonly name: string;
  /** Whether the backend has processed the request. */
  readonly handled: boolean;
  /** The error code, unless a rule of the call overrides it. */
  readonly code: 'OFFLINE' | 'TIMEOUT' | 'SERVER' | 'PROTOCOL';
  /** The status of a rejection. */
  readonly status?: number;
  /** True for an invalid answer with a success status. */
  readonly isNonsense?: true;
  /**
   * How long the backend asks to wait, in milliseconds. A date may be read as up to two seconds
   * less.
   */
  readonly retryAfterMs?: number;
  /** Ends only at a deadline of the client. The backend reports when it has started. */
  readonly isEndless?: true;
  /** Affects a connection that has served a request before. */
  readonly isKept?: true;
  /** The origin that receives the request instead. */
  readonly detour?: string;
  /** The behavior of the backend; undefined if the request never reaches it. */
  readonly backend?: (elsewhere: Elsewhere, onEndless: () => void) => Fault;
}

const ASKED_MS = 4_000;
const HOUR_MS = 3_600_000;
/** The delay between the spaces of a slow answer. */
const DROP_MS = 10;
/** More than any test waits for. */
const DROPS = 10_000;

/** A host that no lookup finds. */
export const UNKNOWN_HOST = 'nowhere.invalid';

const unreached: NetworkFault[] = [
  { name: 'connection refused', code: 'OFFLINE', handled: false, detour: 'http://127.0.0.1:1' },
  { name: 'no such host', code: 'OFFLINE', handled: false, detour: `http://${UNKNOWN_HOST}` },
];

const broken: NetworkFault[] = [
  lost('reset before the request is read', false, { kind: 'reset', when: 'before' }),
  lost('reset while the request is read', false, { kind: 'reset', when: 'while-reading' }),
  lost('reset while answering', true, { kind: 'reset', when: 'while-answering' }),
  lost('reset instead of the answer', true, { kind: 'reset', when: 'after' }),
  kept('kept connection, reset before the request is read', false, 'before'),
  kept('kept connection, reset instead of the answer', true, 'after'),
  endless('hang before it is handled', false, (begin) => hanging(begin, 'before')),
  endless('hang after it was handled', true, (begin) => hanging(begin, 'after')),
  endless('answer that drips', true, dripping),
];

const refusals: NetworkFault[] = [
  ...[400, 401, 403, 404, 409, 413, 422, 500].map((status) =>
    refusal(String(status), { kind: 'status', status }),
  ),
  ...[429, 503].flatMap((status) => [
    busy(`${status}, come back in seconds`, status, ASKED_MS, () => String(ASKED_MS / 1000)),
    busy(`${status}, come back at a date`, status, ASKED_MS, () =>
      new Date(Date.now() + ASKED_MS).toUTCString(),
    ),
  ]),
  busy('503, come back in an hour', 503, HOUR_MS, () => String(HOUR_MS / 1000)),
  refusal('web page of a gateway (502)', { kind: 'html', status: 502 }),
];

const nonsense: NetworkFault[] = [
  senseless('web page in place of data', false, () => ({ kind: 'html', status: 200 })),
  senseless('half JSON', true, () => ({ kind: 'half-json' })),
  senseless('empty answer', true, () => answering(() => '')),
  senseless('JSON of another shape', true, () =>
    answering((body) =>
      body === '' ? '{"success":true,"data":{"unheard":["of"]},"error":null}' : otherShape(body),
    ),
  ),
  senseless('50 MB', false, () => ({ kind: 'huge' })),
];

const redirects: NetworkFault[] = [
  redirect('redirect to another origin', ({ httpsUrl }) => `${httpsUrl}/elsewhere`, 307),
  redirect('redirect to http', ({ httpUrl }) => `${httpUrl}/elsewhere`, 308),
  redirect('redirect in a loop', () => '', 302),
];

/** All faults in the order of the table columns. */
export const FAULTS: readonly NetworkFault[] = [
  ...unreached,
  ...broken,
  ...refusals,
  ...nonsense,
  ...redirects,
];

function lost(name: string, handled: boolean, fault: Fault): NetworkFault {
  return { name, handled, code: 'OFFLINE', backend: () => fault };
}

function kept(name: string, handled: boolean, when: 'before' | 'after'): NetworkFault {
  return { ...lost(name, handled, { kind: 'reset', when }), isKept: true };
}

function endless(
  name: string,
  handled: boolean,
  fault: (onEndless: () => void) => Fault,
): NetworkFault {
  const backend = (_: Elsewhere, onEndless: () => void): Fault => fault(onEndless);
  return { name, handled, code: 'TIMEOUT', isEndless: true, backend };
}

function refusal(name: string, fault: Fault & { status?: number }): NetworkFault {
  const status = fault.status === undefined ? {} : { status: fault.status };
  return { name, handled: false, code: 'SERVER', ...status, backend: () => fault };
}

function busy(
  name: string,
  status: number,
  retryAfterMs: number,
  header: () => string,
): NetworkFault {
  const body = JSON.stringify({ success: false, data: null, error: { code: 'BUSY' } });
  const handler = () => ({ status, headers: { 'retry-after': header() }, body });
  const fault: Fault = { kind: 'custom', handler };
  return { name, handled: false, code: 'SERVER', status, retryAfterMs, backend: () => fault };
}

function senseless(name: string, handled: boolean, backend: () => Fault): NetworkFault {
  return { name, handled, code: 'PROTOCOL', isNonsense: true, backend };
}

function redirect(
  name: string,
  target: (elsewhere: Elsewhere) => string,
  status: number,
): NetworkFault {
  const backend = (elsewhere: Elsewhere): Fault => ({
    kind: 'custom',
    // An empty target redirects to the same URL.
    handler: ({ path }) => ({
      status,
      headers: { location: target(elsewhere) || path },
      body: '',
    }),
  });
  return { name, handled: false, code: 'PROTOCOL', status, backend };
}

/** Sends no answer. */
function hanging(onEndless: () => void, when: 'before' | 'after'): Fault {
  return {
    kind: 'custom',
    handler: async (_request, next) => {
      if (when === 'after') await next();
      onEndless();
      return new Promise<never>(() => undefined);
    },
  };
}

/** Handles the request and appends spaces to its answer, one at a time. */
function dripping(onEndless: () => void): Fault {
  async function* drops(body: string): AsyncGenerator<Buffer> {
    yield Buffer.from(body);
    for (let drop = 0; drop < DROPS; drop++) {
      await delay(DROP_MS, undefined, { ref: false });
      yield Buffer.from(' ');
      if (drop === 0) onEndless();
    }
  }
  return {
    kind: 'custom',
    handler: async (_request, next) => {
      const { status, body } = await next();
      const headers = { 'content-type': 'application/json' };
      return { status, headers, body: drops(typeof body === 'string' ? body : '') };
    },
  };
}

/** Handles the request and keeps only the status of its answer. */
function answering(change: (body: string) => string): Fault {
  return {
    kind: 'custom',
    handler: async (_request, next) => {
      const { status, body } = await next();
      const text = typeof body === 'string' ? body : '';
      return { status, headers: { 'content-type': 'application/json' }, body: change(text) };
    },
  };
}

/** Replaces every text by a number, every list by an object and everything else by a list. */
function otherShape(text: string): string {
  const swap = (value: unknown): unknown => {
    if (Array.isArray(value)) return { items: value };
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, swap(inner)]));
    }
    return typeof value === 'string' ? 42 : [value];
  };
  const answer = JSON.parse(text) as Record<string, unknown>;
  const isEnvelope = 'success' in answer;
  return JSON.stringify(isEnvelope ? { ...answer, data: swap(answer['data']) } : swap(answer));
}

/** The outcome of a cell; undefined is success. */
export type Outcome = ErrorCode | undefined;
