import type { Clock, Disposable } from '../ports';
import type { Session } from './session';

/** Longest time between two looks at the wall clock, in milliseconds. */
const TICK_MS = 15_000;
const SHORTEST_MS = 100;
/** A tick this much later than it should be means that the computer slept, in milliseconds. */
const SLEPT_MS = 2 * TICK_MS;

/** Looks after a session in the background. Timers are hints: each look reads the wall clock anew. */
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

  /** Looks now. Something has happened that may matter: the start, the focus, a change of settings. */
  wake(): Promise<void> {
    this.session.hurry();
    return this.look();
  }

  /**
   * The store may have changed: takes over what it holds, and looks. However often and falsely that is told, one reading at a time follows,
   * and what waits after a failure goes on waiting. Never rejects.
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
      await this.session.restore().catch(() => undefined); // the setting is wrong: commands say so
    }
    this.following = undefined;
    await this.look();
  }

  dispose(): void {
    this.disposed = true;
    this.timer?.dispose();
  }

  /** One look at a time; whoever comes meanwhile waits for the same. */
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
