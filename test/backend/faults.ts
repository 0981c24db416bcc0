import type { BackendRequest, BackendResponse } from './exchange';

/** A fault of one exchange. */
export type Fault =
  /** The connection breaks. `after`: the request took effect and the response is lost. */
  | { kind: 'reset'; when?: 'before' | 'while-reading' | 'while-answering' | 'after' }
  /** No response is sent. */
  | { kind: 'hang'; when?: 'before' | 'after' }
  | { kind: 'delay'; ms: number }
  /** The response arrives in small chunks. */
  | { kind: 'drip'; intervalMs: number; chunkBytes?: number }
  /** An error envelope, or a bare status when `code` is null. */
  | {
      kind: 'status';
      status: number;
      code?: string | null;
      message?: string;
      retryAfter?: number | string;
    }
  | { kind: 'html'; status?: number }
  | { kind: 'half-json' }
  | { kind: 'empty'; status?: number }
  /** A well-formed envelope whose data has values of the wrong types. */
  | { kind: 'wrong-types' }
  /** A valid but very large JSON response, 50 MB by default. */
  | { kind: 'huge'; bytes?: number }
  | { kind: 'redirect'; location: string; status?: number }
  /** A custom fault; `next` is the real handler. Await an event here to hold a response back. */
  | {
      kind: 'custom';
      handler: (
        request: BackendRequest,
        next: () => Promise<BackendResponse>,
      ) => BackendResponse | Promise<BackendResponse>;
    };

export interface FaultRule {
  /** A string matches the whole path. A field that is left out matches everything. */
  readonly match?: { readonly method?: string; readonly path?: string | RegExp };
  /** Once by default. */
  readonly times?: number | 'always';
  readonly fault: Fault;
}

/** An injected rule. */
export interface InjectedFault {
  /** How often it has been applied. */
  readonly hits: number;
  remove(): void;
}

interface ActiveRule extends FaultRule {
  hits: number;
}

/** The pending faults. Of several that match, the one injected first is applied. */
export class Faults {
  private rules: ActiveRule[] = [];

  inject(rule: FaultRule): InjectedFault {
    const active: ActiveRule = { ...rule, hits: 0 };
    this.rules.push(active);
    const remove = () => {
      this.rules = this.rules.filter((candidate) => candidate !== active);
    };
    return {
      get hits() {
        return active.hits;
      },
      remove,
    };
  }

  /** Removes every rule. */
  clear(): void {
    this.rules = [];
  }

  /** Returns the fault for a request and counts it as used; undefined for a normal exchange. */
  take(method: string, path: string): Fault | undefined {
    const rule = this.rules.find(
      (candidate) => isLive(candidate) && matches(candidate, method, path),
    );
    if (rule === undefined) return undefined;
    rule.hits += 1;
    return rule.fault;
  }
}

function isLive({ times = 1, hits }: ActiveRule): boolean {
  return times === 'always' || hits < times;
}

function matches({ match = {} }: FaultRule, method: string, path: string): boolean {
  if (match.method !== undefined && match.method !== method) return false;
  if (match.path === undefined) return true;
  return typeof match.path === 'string' ? match.path === path : path.search(match.path) >= 0;
}
