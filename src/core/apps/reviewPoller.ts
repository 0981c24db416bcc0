import { describeError, isI99dashError } from '../errors';
import type { AppStatus, DeveloperStatus } from '../api/developerStatus';
import type { Clock, Disposable, Logger } from '../platform/interfaces';
import type { FollowedReview, FollowedReviews } from './followedReviews';
import { toReviewState } from './reviewState';

const SHORTEST_MS = 15_000;
const LONGEST_MS = 10 * 60_000;
/** How long a review is polled, in milliseconds. Afterwards the user has to check it. */
export const FOLLOWED_MS = 7 * 24 * 3_600_000;

/** The result of a review. */
export interface ReviewDecision {
  appId: string;
  /** Undefined when the backend does not report which version was reviewed. */
  version?: string;
  state: 'approved' | 'rejected';
  /** The reviewer's comment. */
  reason?: string;
}

export interface ReviewFollowerDeps {
  reviews: FollowedReviews;
  clock: Clock;
  logger: Logger;
  /** Whether this window has the focus. */
  isFocused: () => boolean;
  /** The account whose submissions are polled. Undefined while there is no known session. */
  account: () => { backendUrl: string; devId: string } | undefined;
  /** Calls the current backend without ever prompting the user. */
  fetchStatus: (appId: string) => Promise<DeveloperStatus>;
  /** Resolves to true for only one caller across all windows. */
  claim: (review: FollowedReview) => Promise<boolean>;
  notify: (decision: ReviewDecision) => void;
}

/**
 * Computes the poll interval from the age of a submission, both in milliseconds. It grows with the
 * age.
 */
export function followInterval(ageMs: number): number {
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ageMs / 4));
}

/**
 * Polls the reviews of submissions made from this computer while the window has the focus, until
 * the review ends or the submission is a week old. Reports each result once.
 */
export class ReviewPoller implements Disposable {
  private timer: Disposable | undefined;
  private looking: Promise<void> | undefined;
  private disposed = false;
  /** Time of the last request per app in this window, in milliseconds since the epoch. */
  private readonly asked = new Map<string, number>();
  /** The delay that a backend requested (`Retry-After`), in milliseconds since the epoch. */
  private pause = { backendUrl: '', from: 0, until: 0 };
  /** Apps whose latest submission was reported as still in review. */
  private readonly seenOpen = new Set<string>();

  constructor(private readonly deps: ReviewFollowerDeps) {}

  /**
   * Starts to poll a new submission unless its review has already ended. Never rejects: a
   * submission that cannot be stored is not polled.
   */
  async follow({ appId, version, reviewStatus }: FollowedSubmission): Promise<void> {
    const account = this.deps.account();
    const state = toReviewState(reviewStatus);
    if (account === undefined || state === 'approved' || state === 'rejected') {
      return;
    }
    const now = this.deps.clock.now();
    this.seenOpen.delete(appId);
    this.asked.set(appId, now);
    const { backendUrl, devId } = account;
    const review = { backendUrl, devId, appId, version, submittedAt: now };
    await this.deps.reviews.add(review).catch((error: unknown) => this.warn(review, error));
    this.schedule();
  }

  /** Polls the reviews that are due. Called after start, focus and sign-in. Never rejects. */
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
    if (this.disposed || mine.length === 0 || !this.deps.isFocused()) {
      return; // polling resumes when the window gets the focus
    }
    const now = this.deps.clock.now();
    const next = mine.reduce((first, review) => Math.min(first, this.dueAt(review, now)), Infinity);
    this.timer = this.deps.clock.setTimer(Math.max(1_000, next - now), () => void this.wake());
  }

  private async look(): Promise<void> {
    for (const review of this.mine()) {
      const now = this.deps.clock.now();
      // A timestamp in the future means that the clock was set back.
      const isOver = Math.abs(now - review.submittedAt) > FOLLOWED_MS;
      if (isOver || (this.deps.isFocused() && this.dueAt(review, now) <= now)) {
        this.asked.set(review.appId, now);
        const work = isOver ? this.giveUp(review) : this.ask(review);
        await work.catch((error: unknown) => this.noteFailure(review, error));
      }
    }
  }

  private giveUp(review: FollowedReview): Promise<void> {
    this.deps.logger.info(`Review: ${review.appId} is not followed any longer.`);
    return this.deps.reviews.remove(review);
  }

  private async ask(review: FollowedReview): Promise<void> {
    const status = await this.deps.fetchStatus(review.appId);
    const app = status.apps.find(({ appId }) => appId === review.appId);
    const decision = app === undefined ? undefined : this.decisionOn(review, app);
    if (decision === undefined || !this.isMine(review) || !this.deps.reviews.has(review)) {
      return;
    }
    if (await this.deps.claim(review)) {
      this.deps.notify(decision);
    }
    await this.deps.reviews.remove(review);
  }

  private noteFailure(review: FollowedReview, error: unknown): void {
    if (isI99dashError(error) && error.retryAfterMs !== undefined) {
      const from = this.deps.clock.now();
      const { backendUrl } = review;
      this.pause = { backendUrl, from, until: from + error.retryAfterMs };
    }
    this.warn(review, error);
  }

  private warn({ appId }: FollowedReview, error: unknown): void {
    this.deps.logger.warn(`Review: ${appId} could not be followed: ${describeError(error)}`);
  }

  /**
   * Accepts a result for another version only after this submission was seen in review, because
   * then the result belongs to it.
   */
  private decisionOn(review: FollowedReview, app: AppStatus): ReviewDecision | undefined {
    const state = toReviewState(app.reviewStatus);
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
    // Due immediately when this window has not polled yet or the clock was set back.
    const due =
      last === undefined || last > now ? now : last + followInterval(Math.abs(last - submittedAt));
    const isPaused = this.pause.backendUrl === backendUrl && this.pause.from <= now;
    return isPaused ? Math.max(due, this.pause.until) : due;
  }

  private mine(): FollowedReview[] {
    return this.deps.reviews.list().filter((review) => this.isMine(review));
  }

  private isMine({ backendUrl, devId }: FollowedReview): boolean {
    const account = this.deps.account();
    return account?.backendUrl === backendUrl && account.devId === devId;
  }
}

/** The result of a submission, as publishing reports it. */
export interface FollowedSubmission {
  appId: string;
  version: string;
  reviewStatus: string;
}
