import { asDeveloper, authenticated } from '../authenticate';
import { ok, optionalTextField, readJson, textField } from '../envelope';
import { type Context, HttpError, type Route } from '../exchange';
import type { App } from '../state/model';
import { TESTER_CAP } from '../state/testers';
import { noSuchApp, ownApp } from './ownApp';

const MAX_APPS = 50;
const DAY_MS = 24 * 3600 * 1000;
const APP = '/api/v1/dev/apps/:appId';
const BETA = `${APP}/beta`;

const mine = authenticated('account', (request, { state }, account) => {
  const apps = state.apps.of(account.devId).map((app) => ({
    manifest: app.manifest,
    status: statusOf(app),
    version: app.submissions.at(-1)?.version,
    updatedAt: iso(app.updatedAt),
  }));
  return ok(request, { apps });
});

const status = authenticated('account', (request, context, account) => {
  const appId = request.query.get('app_id');
  const all = context.state.apps.of(account.devId);
  const apps = appId === null ? all : all.filter((app) => app.appId === appId);
  if (appId !== null && apps.length === 0) throw noSuchApp();
  const { isDeveloper, lastNotificationAttempt, lastNotificationError } = account;
  return ok(request, {
    isDeveloper,
    hasPendingRequest: account.hasPendingRequest ?? false,
    apps: apps.slice(0, MAX_APPS).map((app) => toStatus(app, context)),
    appsTotal: apps.length,
    lastNotificationAttempt,
    lastNotificationError,
  });
});

const promoteBeta = asDeveloper('publish', (request, context, account, params) => {
  const app = ownApp(context, account, params);
  const body = readJson(request);
  const version = textField(body, 'version');
  const releaseNotes = optionalTextField(body, 'releaseNotes') ?? null;
  if (context.state.apps.testerCount(app) > TESTER_CAP) {
    const message = `a beta has at most ${TESTER_CAP} testers`;
    throw new HttpError(422, 'beta.tester_cap_reached', message);
  }
  if (!context.state.apps.promoteBeta(app, version, releaseNotes)) {
    throw new HttpError(404, 'VERSION_NOT_FOUND', `${version} was never submitted`);
  }
  return ok(request, { appId: app.appId, betaVersion: version });
});

const removeBeta = asDeveloper('account', (request, context, account, params) => {
  context.state.apps.removeBeta(ownApp(context, account, params));
  return ok(request, null);
});

const promoteProduction = asDeveloper('account', (request, context, account, params) => {
  const app = ownApp(context, account, params);
  readJson(request);
  if (!context.state.apps.promoteProduction(app)) {
    throw new HttpError(409, 'beta.not_active', 'there is no active beta to promote');
  }
  return ok(request, { appId: app.appId });
});

const betaStatus = authenticated('account', (request, context, account, params) => {
  const app = ownApp(context, account, params);
  const beta = context.state.apps.activeBeta(app);
  return ok(request, {
    appId: app.appId,
    betaActive: beta !== null,
    betaVersion: beta?.version ?? null,
    betaBundleSha256: beta?.sha256 ?? null,
    betaExpiresAt: beta ? iso(beta.expiresAt) : null,
    daysUntilExpiry: beta ? Math.ceil((beta.expiresAt - context.now()) / DAY_MS) : null,
    betaReleaseNotes: beta?.releaseNotes ?? null,
    lastPublishedAt: lastPublishedAt(app) ?? null,
    testerCount: context.state.apps.testerCount(app),
    testerCap: TESTER_CAP,
  });
});

function toStatus(app: App, { state }: Context) {
  const latest = app.submissions.at(-1);
  const beta = state.apps.activeBeta(app);
  return {
    appId: app.appId,
    latestVersion: latest?.version,
    reviewStatus: latest?.reviewStatus,
    rejectionReason: latest?.rejectionReason,
    lastPublishedAt: lastPublishedAt(app),
    betaActive: beta !== null,
    betaVersion: beta?.version,
  };
}

/**
 * Returns the status of the latest submission in the list of apps; the real values are not publicly
 * documented.
 */
function statusOf(app: App): 'pending' | 'published' | 'rejected' {
  const reviewStatus = app.submissions.at(-1)?.reviewStatus ?? 'pending';
  return reviewStatus === 'pending' || reviewStatus === 'rejected' ? reviewStatus : 'published';
}

function lastPublishedAt(app: App): string | undefined {
  const times = app.submissions.flatMap(({ publishedAt }) => publishedAt ?? []);
  return times.length === 0 ? undefined : iso(Math.max(...times));
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

export const appRoutes: readonly Route[] = [
  { method: 'GET', pattern: '/api/v1/mini-apps/mine', handler: mine },
  { method: 'GET', pattern: '/api/v1/dev/status', handler: status },
  { method: 'POST', pattern: `${BETA}/promote`, handler: promoteBeta },
  { method: 'DELETE', pattern: BETA, handler: removeBeta },
  { method: 'POST', pattern: `${APP}/promote-production`, handler: promoteProduction },
  { method: 'GET', pattern: `${BETA}/status`, handler: betaStatus },
];
