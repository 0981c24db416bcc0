import { CancelledError } from '../errors';
import { Emitter } from '../platform/events';
import type { Clock } from '../platform/interfaces';
import type { AppsSnapshot } from './loadApps';

export interface AppsModelDeps {
  /** Same contract as {@link loadApps}. */
  load: (signal: AbortSignal) => Promise<AppsSnapshot>;
  clock: Clock;
}

/** Caches the developer's apps and keeps the previous data while they are loaded again. */
export class AppsModel {
  private known: AppsSnapshot | undefined;
  private lastFailure: Error | undefined;
  private loadedAt = -Infinity;
  private loading: { done: Promise<void>; controller: AbortController } | undefined;
  private readonly changes = new Emitter<void>();

  constructor(private readonly deps: AppsModelDeps) {}

  readonly onDidChange = this.changes.event;

  /** Undefined until the first load has succeeded. */
  get snapshot(): AppsSnapshot | undefined {
    return this.known;
  }

  /** The error of the last load. Undefined when it succeeded. */
  get failure(): Error | undefined {
    return this.lastFailure;
  }

  /**
   * Loads the apps now, after a load in progress has finished. Never rejects: see {@link failure}.
   */
  async refresh(): Promise<void> {
    if (this.loading !== undefined) {
      await this.loading.done;
    }
    // Callers that waited for the same load share a new one.
    await (this.loading?.done ?? this.load());
  }

  /**
   * Loads the apps unless the cache is younger than `ms` milliseconds. Joins a load in progress.
   * Never rejects.
   */
  async refreshIfOlder(ms: number): Promise<void> {
    const age = this.deps.clock.now() - this.loadedAt;
    const isFresh = this.lastFailure === undefined && age >= 0 && age < ms;
    await (this.loading?.done ?? (isFresh ? undefined : this.load()));
  }

  /** Marks the cache as stale. */
  expire(): void {
    this.loadedAt = -Infinity;
  }

  /** Clears the cache for a different account and drops late responses. */
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
    const startedAt = this.deps.clock.now();
    const [known, failure] = await this.deps.load(signal).then(
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
