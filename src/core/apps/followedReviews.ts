import { isJsonObject, type JsonObject } from '../platform/json';
import type { StateStore } from '../platform/interfaces';

const KEY = 'i99dash.followedReviews';

/** A submission whose review status is polled. */
export interface FollowedReview {
  backendUrl: string;
  devId: string;
  appId: string;
  version: string;
  /** Milliseconds since the epoch. */
  submittedAt: number;
}

/**
 * The submissions whose review status is polled, one per app (the latest). Stored in the state that
 * all windows share.
 */
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

  /** Checks whether exactly this submission is still in the list. */
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

/** Another version of the extension may have stored a different shape. */
function isFollowedReview(value: unknown): value is FollowedReview & JsonObject {
  return (
    isJsonObject(value) &&
    ['backendUrl', 'devId', 'appId', 'version'].every((name) => typeof value[name] === 'string') &&
    typeof value['submittedAt'] === 'number'
  );
}
