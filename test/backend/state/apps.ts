import type { App, Beta, Bundle, ReviewStatus, Submission, Tables } from './model';
import { countTesters, invite, makeTester, revoke } from './testers';

const BETA_LIFE_MS = 90 * 24 * 3600 * 1000;

/** Mini-apps or themes, their submissions, reviews and beta builds. */
export class Apps {
  constructor(
    private readonly tables: Tables,
    private readonly table: 'apps' | 'themes' = 'apps',
  ) {}

  private get rows(): App[] {
    return (this.tables.data[this.table] ??= []);
  }

  find(appId: string): App | undefined {
    return this.rows.find((app) => app.appId === appId);
  }

  /** Returns the apps of a developer, the last changed first. */
  of(devId: string): App[] {
    return this.rows.filter((app) => app.devId === devId).sort((a, b) => b.updatedAt - a.updatedAt);
  }

  /** Submits a bundle for review; the first one creates the app. */
  submit(
    manifest: Record<string, unknown>,
    version: string,
    bundle: Bundle,
    reviewStatus: ReviewStatus,
  ): Submission {
    const app = this.find(bundle.appId) ?? this.create(bundle.appId, bundle.devId);
    app.manifest = manifest;
    return this.addSubmission(app, version, bundle.bundleId, bundle.sha256, reviewStatus);
  }

  /**
   * Decides on the latest submission.
   * @throws when the app has none
   */
  review(appId: string, decision: 'approved' | 'rejected', reason?: string): void {
    const app = this.find(appId);
    const latest = app?.submissions.at(-1);
    if (app === undefined || latest === undefined) throw new Error(`no app ${appId} to review`);
    latest.reviewStatus = decision;
    delete latest.rejectionReason;
    if (decision === 'rejected') latest.rejectionReason = reason ?? 'rejected without a reason';
    this.settle(app, latest);
  }

  /**
   * Makes a submitted version the beta build for 90 days; returns false when it was never
   * submitted.
   */
  promoteBeta(app: App, version: string, releaseNotes: string | null): boolean {
    const submission = app.submissions.findLast((candidate) => candidate.version === version);
    if (submission === undefined) return false;
    const expiresAt = this.tables.now() + BETA_LIFE_MS;
    app.beta = { version, sha256: submission.sha256, releaseNotes, expiresAt };
    this.touch(app);
    return true;
  }

  /** Returns the beta build unless it has expired. */
  activeBeta(app: App): Beta | null {
    return app.beta && app.beta.expiresAt > this.tables.now() ? app.beta : null;
  }

  removeBeta(app: App): void {
    app.beta = null;
    this.touch(app);
  }

  /** Publishes the beta build and ends the beta; returns false when none is active. */
  promoteProduction(app: App): boolean {
    const beta = this.activeBeta(app);
    const tested = app.submissions.findLast(({ version }) => version === beta?.version);
    if (beta === null || tested === undefined) return false;
    app.beta = null;
    tested.reviewStatus = 'approved';
    delete tested.rejectionReason;
    this.settle(app, tested);
    return true;
  }

  /** Replaces the testers of an app by this number of invited ones. */
  setTesterCount(app: App, count: number): void {
    const names = Array.from({ length: count }, (_, index) => `tester_${index + 1}`);
    app.testers.splice(0, Infinity, ...names.map((name) => makeTester(name, this.tables.now())));
    this.touch(app);
  }

  /**
   * Invites Telegram users, all or none.
   * @returns false when there would be more testers than allowed
   */
  inviteTesters(app: App, usernames: readonly string[]): boolean {
    const isInvited = invite(app.testers, usernames, this.tables.now());
    this.touch(app);
    return isInvited;
  }

  /** Accepts the invitation of a tester, as that person does. */
  acceptInvitation(app: App, telegramUsername: string): void {
    const tester = app.testers.find((each) => each.telegramUsername === telegramUsername);
    if (tester === undefined) throw new Error(`${telegramUsername} is not invited`);
    tester.status = 'accepted';
    tester.acceptedAt = this.tables.now();
    this.touch(app);
  }

  /** Revokes the access of a tester; returns false for an unknown ID. */
  removeTester(app: App, userId: string): boolean {
    const isKnown = revoke(app.testers, userId, this.tables.now());
    this.touch(app);
    return isKnown;
  }

  /** Returns the number of testers who count toward the limit. */
  testerCount(app: App): number {
    return countTesters(app.testers);
  }

  private create(appId: string, devId: string): App {
    const empty = {
      manifest: {},
      submissions: [],
      cdn: {},
      beta: null,
      testers: [],
      updatedAt: 0,
    };
    const app: App = { appId, devId, ...empty };
    this.rows.push(app);
    return app;
  }

  private addSubmission(
    app: App,
    version: string,
    bundleId: string,
    sha256: string,
    reviewStatus: ReviewStatus,
  ): Submission {
    const submittedAt = this.tables.now();
    const submission: Submission = { version, bundleId, sha256, submittedAt, reviewStatus };
    app.submissions.push(submission);
    this.settle(app, submission);
    return submission;
  }

  /** Publishes an approved submission. The CDN keeps the first bytes of a version forever. */
  private settle(app: App, submission: Submission): void {
    if (submission.reviewStatus === 'approved' || submission.reviewStatus === 'auto-approved') {
      submission.publishedAt = this.tables.now();
      app.cdn[submission.version] ??= submission.sha256;
    }
    this.touch(app);
  }

  private touch(app: App): void {
    app.updatedAt = this.tables.now();
    this.tables.changed();
  }
}
