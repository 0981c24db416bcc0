import { isJsonObject, type JsonObject } from '../json';
import type { StateStore } from '../ports';

const KEY = 'i99dash.followedReviews';

/** A submission whose review is followed. */
export interface FollowedReview {
  backendUrl: string;
  devId: string;
  appId: string;
  version: string;
  /** Milliseconds since the epoch. */
  submittedAt: number;
}

/** The submissions whose reviews are followed, in the state that all windows share: one per app, the latest. */
export class FollowedReviews {
  constructor(private readonly store: StateStore) {}

  list(): FollowedReview[] {
    const stored = this.store.get(KEY);
    return (Array.isArray(stored) ? stored : []).filter(isFollowedReview);
  }

  async add(review: FollowedReview): Promise<void> {
    await this.store.update(KEY, [
      ...this.list().filter((other) => !sameApp(other, review)),
      review,
    ]);
  }

  /** Whether this very submission is still followed. */
  has(review: FollowedReview): boolean {
    return this.list().some((other) => sameSubmission(other, review));
  }

  async remove(review: FollowedReview): Promise<void> {
    await this.store.update(
      KEY,
      this.list().filter((other) => !sameSubmission(other, review)),
    );
  }
}

function sameApp(a: FollowedReview, b: FollowedReview): boolean {
  return a.backendUrl === b.backendUrl && a.devId === b.devId && a.appId === b.appId;
}

function sameSubmission(a: FollowedReview, b: FollowedReview): boolean {
  return sameApp(a, b) && a.version === b.version && a.submittedAt === b.submittedAt;
}

/** Another version of the extension may have written it. */
function isFollowedReview(value: unknown): value is FollowedReview & JsonObject {
  return (
    isJsonObject(value) &&
    ['backendUrl', 'devId', 'appId', 'version'].every((name) => typeof value[name] === 'string') &&
    typeof value['submittedAt'] === 'number'
  );
}
