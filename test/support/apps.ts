import { DEFAULT_ACCOUNT } from '../backend/server';
import type { BackendState } from '../backend/state';
import type { App } from '../backend/state/model';

const DAY_MS = 24 * 3_600_000;

/** An app in a typical state. */
export interface SampleApp {
  appId: string;
  version: string;
  devId?: string;
  name?: Record<string, string>;
  review?: 'pending' | 'approved' | { rejected: string };
  /** When the previous version was published, which was approved. */
  publishedDaysAgo?: number;
  beta?: { version: string; daysLeft: number; testers?: number };
}

/** Adds an app to a backend as if it had been submitted and reviewed. */
export function addApp(state: BackendState, sample: SampleApp): App {
  const { appId, version, name, review = 'pending', publishedDaysAgo, beta } = sample;
  const { devId = DEFAULT_ACCOUNT.devId } = sample;
  const submit = (submitted: string): void => {
    const bundle = {
      bundleId: `bnd_${appId}`,
      devId,
      appId,
      contentLength: 1,
      sha256: 'a'.repeat(64),
    };
    const manifest = { id: appId, version: submitted, ...(name === undefined ? {} : { name }) };
    state.apps.submit(manifest, submitted, bundle, 'pending');
  };
  if (beta !== undefined) submit(beta.version);
  if (publishedDaysAgo !== undefined) {
    submit(version);
    state.apps.review(appId, 'approved');
    const published = state.apps.find(appId)?.submissions.at(-1);
    if (published !== undefined) published.publishedAt = Date.now() - publishedDaysAgo * DAY_MS;
  }
  if (publishedDaysAgo === undefined || review !== 'approved') submit(version);
  if (review === 'approved' && publishedDaysAgo === undefined) state.apps.review(appId, 'approved');
  if (typeof review === 'object') state.apps.review(appId, 'rejected', review.rejected);
  const app = state.apps.find(appId);
  if (app === undefined) throw new Error(`${appId} was not added`);
  if (beta !== undefined) {
    state.apps.promoteBeta(app, beta.version, null);
    // A minute less than whole days, so that rounding up shows the given number of days.
    app.beta = app.beta && { ...app.beta, expiresAt: Date.now() + beta.daysLeft * DAY_MS - 60_000 };
    state.apps.setTesterCount(app, beta.testers ?? 0);
  }
  return app;
}
