import type { BackendRequest, BackendResponse } from './exchange';

/** What may go wrong with one exchange. */
export type Fault =
  /** The connection breaks. `after`: the request took effect and the answer is lost. */
  | { kind: 'reset'; when?: 'before' | 'while-reading' | 'while-answering' | 'after' }
  /** No answer ever comes. */
  | { kind: 'hang'; when?: 'before' | 'after' }
  | { kind: 'delay'; ms: number }
  /** The answer comes in small pieces. */
  | { kind: 'drip'; intervalMs: number; chunkBytes?: number }
  /** An error envelope, or with `code` null a bare status. */
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
  /** A valid but endless-looking JSON answer, 50 MB unless said. */
  | { kind: 'huge'; bytes?: number }
  | { kind: 'redirect'; location: string; status?: number }
  /** Anything else; `next` is the real handler. Await an event here to hold an answer back. */
  | {
      kind: 'custom';
      handler: (
        request: BackendRequest,
        next: () => Promise<BackendResponse>,
      ) => BackendResponse | Promise<BackendResponse>;
    };

export interface FaultRule {
  /** A string is the whole path. What is left out matches everything. */
  readonly match?: { readonly method?: string; readonly path?: string | RegExp };
  /** Once, unless said. */
  readonly times?: number | 'always';
  readonly fault: Fault;
}

/** A rule that was injected. */
export interface InjectedFault {
  /** How often it struck. */
  readonly hits: number;
  remove(): void;
}

interface ActiveRule extends FaultRule {
  hits: number;
}

/** The faults to come. Of several that match, the one injected first strikes. */
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

  /** Forgets every rule. */
  clear(): void {
    this.rules = [];
  }

  /** The fault for a request, counted as used; undefined for a clean exchange. */
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
