import type { Clock, Disposable } from '../platform/interfaces';
import type { Session } from './session';

/** Maximum interval between checks, in milliseconds. */
const TICK_MS = 15_000;
const SHORTEST_MS = 100;
/** A tick this late means that the computer slept, in milliseconds. */
const SLEPT_MS = 2 * TICK_MS;

/**
 * Keeps a session fresh in the background. Timers are only hints: each check reads the wall clock.
 */
export class KeepAlive implements Disposable {
  private timer: Disposable | undefined;
  private due = 0;
  private disposed = false;
  private looking: Promise<void> | undefined;
  private following: { again: boolean } | undefined;

  constructor(
    private readonly session: Session,
    private readonly clock: Clock,
  ) {}

  /** Checks now, after an event that may matter: startup, focus, a settings change. */
  wake(): Promise<void> {
    this.session.hurry();
    return this.look();
  }

  /**
   * Merges the stored state after a possible change, then checks. Coalesces repeated and spurious
   * notifications into one read at a time, and does not shorten a backoff. Never rejects.
   */
  async follow(): Promise<void> {
    if (this.following !== undefined) {
      this.following.again = true;
      return;
    }
    const following = { again: true };
    this.following = following;
    while (following.again && !this.disposed) {
      following.again = false;
      await this.session.restore().catch(() => undefined); // commands report invalid settings
    }
    this.following = undefined;
    await this.look();
  }

  dispose(): void {
    this.disposed = true;
    this.timer?.dispose();
  }

  /** Runs one check at a time. Concurrent callers share it. */
  private look(): Promise<void> {
    if (this.disposed) {
      return Promise.resolve();
    }
    this.looking ??= this.lookOnce().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async lookOnce(): Promise<void> {
    this.timer?.dispose();
    const dueAt = await this.session.keepAlive();
    if (this.disposed) {
      return;
    }
    const now = this.clock.now();
    const wait = dueAt === undefined ? TICK_MS : Math.min(TICK_MS, dueAt - now);
    const ms = Math.max(SHORTEST_MS, wait);
    this.due = now + ms;
    this.timer = this.clock.setTimer(ms, () => this.tick());
  }

  private tick(): void {
    if (this.clock.now() - this.due > SLEPT_MS) {
      this.session.hurry();
    }
    void this.look();
  }
}
