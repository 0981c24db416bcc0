import type { Clock, Disposable } from '../platform/interfaces';
import type { Session } from './session';

/** Maximum interval between checks, in milliseconds. */
const MAX_INTERVAL_MS = 15_000;
const MIN_INTERVAL_MS = 100;
/** A tick this late means that the computer slept, in milliseconds. */
const SLEPT_MS = 2 * MAX_INTERVAL_MS;

/**
 * Keeps a session fresh in the background. Timers are only hints: each check reads the wall clock.
 */
export class RefreshScheduler implements Disposable {
  private timer: Disposable | undefined;
  private due = 0;
  private disposed = false;
  private running: Promise<void> | undefined;
  private storeChange: { again: boolean } | undefined;

  constructor(
    private readonly session: Session,
    private readonly clock: Clock,
  ) {}

  /** Checks now, after an event that may matter: startup, focus, a settings change. */
  trigger(): Promise<void> {
    this.session.resetBackoff();
    return this.run();
  }

  /**
   * Merges the stored state after a possible change, then checks. Coalesces repeated and spurious
   * notifications into one read at a time, and does not shorten a backoff. Never rejects.
   */
  async onStoreChanged(): Promise<void> {
    if (this.storeChange !== undefined) {
      this.storeChange.again = true;
      return;
    }
    const storeChange = { again: true };
    this.storeChange = storeChange;
    while (storeChange.again && !this.disposed) {
      storeChange.again = false;
      await this.session.restore().catch(() => undefined); // commands report invalid settings
    }
    this.storeChange = undefined;
    await this.run();
  }

  dispose(): void {
    this.disposed = true;
    this.timer?.dispose();
  }

  /** Runs one check at a time. Concurrent callers share it. */
  private run(): Promise<void> {
    if (this.disposed) {
      return Promise.resolve();
    }
    this.running ??= this.checkOnce().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async checkOnce(): Promise<void> {
    this.timer?.dispose();
    const dueAt = await this.session.checkNow();
    if (this.disposed) {
      return;
    }
    const now = this.clock.now();
    const wait = dueAt === undefined ? MAX_INTERVAL_MS : Math.min(MAX_INTERVAL_MS, dueAt - now);
    const ms = Math.max(MIN_INTERVAL_MS, wait);
    this.due = now + ms;
    this.timer = this.clock.setTimer(ms, () => this.tick());
  }

  private tick(): void {
    if (this.clock.now() - this.due > SLEPT_MS) {
      this.session.resetBackoff();
    }
    void this.run();
  }
}
