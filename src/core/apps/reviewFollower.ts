import { describeError, isI99dashError } from '../errors';
import type { AppStatus, DeveloperStatus } from '../api/developerStatus';
import type { Clock, Disposable, Logger } from '../ports';
import type { FollowedReview, FollowedReviews } from './followedReviews';
import { reviewStateOf } from './reviewState';

const SHORTEST_MS = 15_000;
const LONGEST_MS = 10 * 60_000;
/** A review that takes longer is looked up by people, in milliseconds. */
export const FOLLOWED_MS = 7 * 24 * 3_600_000;

/** A review that has ended. */
export interface Decision {
  appId: string;
  /** Undefined when the backend does not say which version it decided on. */
  version?: string;
  state: 'approved' | 'rejected';
  /** The reviewer's words. */
  reason?: string;
}

export interface ReviewFollowerPorts {
  reviews: FollowedReviews;
  clock: Clock;
  logger: Logger;
  /** Whether somebody is looking at this window. */
  isFocused: () => boolean;
  /** Whose submissions count now; undefined while nobody is known to be signed in. */
  account: () => { backendUrl: string; devId: string } | undefined;
  /** Asks the backend in force, without ever prompting. */
  fetchStatus: (appId: string) => Promise<DeveloperStatus>;
  /** True for one caller alone among all windows, ever. */
  claim: (review: FollowedReview) => Promise<boolean>;
  tell: (decision: Decision) => void;
}

/** How long after one question the next is due, in milliseconds: often at first, ever more seldom as the submission ages. */
export function followInterval(ageMs: number): number {
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ageMs / 4));
}

/**
 * Follows the reviews of what was submitted from here, while the window has the focus, until there is a decision or the submission is a
 * week old. Each decision is told once.
 */
export class ReviewFollower implements Disposable {
  private timer: Disposable | undefined;
  private looking: Promise<void> | undefined;
  private disposed = false;
  /** When each app was asked for last in this window, in milliseconds since the epoch. */
  private readonly asked = new Map<string, number>();
  /** While a backend wants to be left alone, in milliseconds since the epoch. */
  private pause = { backendUrl: '', from: 0, until: 0 };
  /** Apps whose latest submission the backend has called undecided. */
  private readonly seenOpen = new Set<string>();

  constructor(private readonly ports: ReviewFollowerPorts) {}

  /** Begins to follow a submission of now, unless it is decided already. Never rejects: what cannot be written down is not followed. */
  async follow({ appId, version, reviewStatus }: FollowedSubmission): Promise<void> {
    const account = this.ports.account();
    const state = reviewStateOf(reviewStatus);
    if (account === undefined || state === 'approved' || state === 'rejected') {
      return;
    }
    const now = this.ports.clock.now();
    this.seenOpen.delete(appId);
    this.asked.set(appId, now);
    const { backendUrl, devId } = account;
    const review = { backendUrl, devId, appId, version, submittedAt: now };
    await this.ports.reviews.add(review).catch((error: unknown) => this.warn(review, error));
    this.schedule();
  }

  /** Looks at what is due. Something has happened that may matter: the start, the focus, a sign-in. Never rejects. */
  wake(): Promise<void> {
    if (this.disposed) {
      return Promise.resolve();
    }
    this.looking ??= this.look().finally(() => {
      this.looking = undefined;
      this.schedule();
    });
    return this.looking;
  }

  dispose(): void {
    this.disposed = true;
    this.timer?.dispose();
  }

  private schedule(): void {
    this.timer?.dispose();
    this.timer = undefined;
    const mine = this.mine();
    if (this.disposed || mine.length === 0 || !this.ports.isFocused()) {
      return; // the focus wakes it
    }
    const now = this.ports.clock.now();
    const next = mine.reduce((first, review) => Math.min(first, this.dueAt(review, now)), Infinity);
    this.timer = this.ports.clock.setTimer(Math.max(1_000, next - now), () => void this.wake());
  }

  private async look(): Promise<void> {
    for (const review of this.mine()) {
      const now = this.ports.clock.now();
      // One of the future is from a clock that has been set back since.
      const isOver = Math.abs(now - review.submittedAt) > FOLLOWED_MS;
      if (isOver || (this.ports.isFocused() && this.dueAt(review, now) <= now)) {
        this.asked.set(review.appId, now);
        const work = isOver ? this.giveUp(review) : this.ask(review);
        await work.catch((error: unknown) => this.noteFailure(review, error));
      }
    }
  }

  private giveUp(review: FollowedReview): Promise<void> {
    this.ports.logger.info(`Review: ${review.appId} is not followed any longer.`);
    return this.ports.reviews.remove(review);
  }

  private async ask(review: FollowedReview): Promise<void> {
    const status = await this.ports.fetchStatus(review.appId);
    const app = status.apps.find(({ appId }) => appId === review.appId);
    const decision = app === undefined ? undefined : this.decisionOn(review, app);
    if (decision === undefined || !this.isMine(review) || !this.ports.reviews.has(review)) {
      return;
    }
    if (await this.ports.claim(review)) {
      this.ports.tell(decision);
    }
    await this.ports.reviews.remove(review);
  }

  private noteFailure(review: FollowedReview, error: unknown): void {
    if (isI99dashError(error) && error.retryAfterMs !== undefined) {
      const from = this.ports.clock.now();
      const { backendUrl } = review;
      this.pause = { backendUrl, from, until: from + error.retryAfterMs };
    }
    this.warn(review, error);
  }

  private warn({ appId }: FollowedReview, error: unknown): void {
    this.ports.logger.warn(`Review: ${appId} could not be followed: ${describeError(error)}`);
  }

  /** A decision on another version counts once this submission was seen waiting: then it is the one that was decided. */
  private decisionOn(review: FollowedReview, app: AppStatus): Decision | undefined {
    const state = reviewStateOf(app.reviewStatus);
    if (state !== 'approved' && state !== 'rejected') {
      this.seenOpen.add(app.appId);
      return undefined;
    }
    const isThis = app.latestVersion === review.version;
    if (!isThis && !this.seenOpen.has(app.appId)) {
      return undefined;
    }
    return {
      appId: app.appId,
      state,
      ...(isThis ? { version: review.version } : {}),
      ...(state === 'rejected' && app.rejectionReason !== undefined
        ? { reason: app.rejectionReason }
        : {}),
    };
  }

  private dueAt({ backendUrl, appId, submittedAt }: FollowedReview, now: number): number {
    const last = this.asked.get(appId);
    // A window that has not asked yet asks at once, and so does one whose clock was set back.
    const due =
      last === undefined || last > now ? now : last + followInterval(Math.abs(last - submittedAt));
    const isPaused = this.pause.backendUrl === backendUrl && this.pause.from <= now;
    return isPaused ? Math.max(due, this.pause.until) : due;
  }

  private mine(): FollowedReview[] {
    return this.ports.reviews.list().filter((review) => this.isMine(review));
  }

  private isMine({ backendUrl, devId }: FollowedReview): boolean {
    const account = this.ports.account();
    return account?.backendUrl === backendUrl && account.devId === devId;
  }
}

/** What publishing tells of a submission. */
export interface FollowedSubmission {
  appId: string;
  version: string;
  reviewStatus: string;
}
