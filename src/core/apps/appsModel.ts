import { CancelledError } from '../errors';
import { Emitter } from '../events';
import type { Clock } from '../ports';
import type { AppsSnapshot } from './loadApps';

export interface AppsModelPorts {
  /** As {@link loadApps} does. */
  load: (signal: AbortSignal) => Promise<AppsSnapshot>;
  clock: Clock;
}

/** The developer's apps as they were told last, kept while they are asked for anew. */
export class AppsModel {
  private known: AppsSnapshot | undefined;
  private lastFailure: Error | undefined;
  private loadedAt = -Infinity;
  private loading: { done: Promise<void>; controller: AbortController } | undefined;
  private readonly changes = new Emitter<void>();

  constructor(private readonly ports: AppsModelPorts) {}

  readonly onDidChange = this.changes.event;

  /** Undefined until the backend has told for the first time. */
  get snapshot(): AppsSnapshot | undefined {
    return this.known;
  }

  /** Why the last attempt told nothing; undefined when it did. */
  get failure(): Error | undefined {
    return this.lastFailure;
  }

  /** Asks the backend now, after a question that is under way. Never rejects: see {@link failure}. */
  async refresh(): Promise<void> {
    if (this.loading !== undefined) {
      await this.loading.done;
    }
    // Others who waited for the same share one new question.
    await (this.loading?.done ?? this.load());
  }

  /** Asks the backend unless it told what it knows less than this many milliseconds ago, or is being asked. Never rejects. */
  async refreshIfOlder(ms: number): Promise<void> {
    const age = this.ports.clock.now() - this.loadedAt;
    const isFresh = this.lastFailure === undefined && age >= 0 && age < ms;
    await (this.loading?.done ?? (isFresh ? undefined : this.load()));
  }

  /** What is known is older than it seems. */
  expire(): void {
    this.loadedAt = -Infinity;
  }

  /** Somebody else's apps are wanted from now on: nothing known counts, and no late answer either. */
  forget(): void {
    this.loading?.controller.abort();
    this.loading = undefined;
    this.known = undefined;
    this.lastFailure = undefined;
    this.expire();
    this.changes.fire();
  }

  private load(): Promise<void> {
    const controller = new AbortController();
    const done = this.ask(controller.signal).finally(() => {
      if (this.loading?.controller === controller) {
        this.loading = undefined;
      }
    });
    this.loading = { done, controller };
    return done;
  }

  private async ask(signal: AbortSignal): Promise<void> {
    const startedAt = this.ports.clock.now();
    const [known, failure] = await this.ports.load(signal).then(
      (snapshot) => [snapshot, undefined] as const,
      (error: unknown) => [this.known, asError(error)] as const,
    );
    if (signal.aborted || failure instanceof CancelledError) {
      return;
    }
    this.known = known;
    this.lastFailure = failure;
    this.loadedAt = startedAt;
    this.changes.fire();
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
