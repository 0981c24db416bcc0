import { basename } from 'node:path';
import type { AppStatus } from '../api/developerStatus';
import type { MyApp } from '../api/publishing';
import type { Tester } from '../api/testers';
import { isJsonObject, optionalString, type JsonObject } from '../platform/json';
import { MINI_APP, type ProjectKind } from '../projectKind';
import type { AppsSnapshot, Beta } from './loadApps';
import type { LocalApp } from './localApps';
import { toReviewState, type ReviewState } from './reviewState';

const DAY_MS = 24 * 3_600_000;

export interface BetaRow {
  version: string | null;
  /** Whole days until the build expires. Undefined when the backend does not report it. */
  daysLeft?: number;
  /** ISO 8601. */
  expiresAt?: string;
  testers?: { count: number; cap: number };
  /** Undefined when the backend did not list them. */
  roster?: readonly Tester[];
}

/** One app as shown in the view, merged from the backend and the workspace. */
export interface AppRow {
  kind: ProjectKind;
  /** The name of its folder when its manifest has no id. */
  appId: string;
  /** In the display language if available. Undefined when no manifest is known. */
  name?: string;
  /** `unlisted` for a project whose state the backend does not tell. */
  review: ReviewState | 'unlisted';
  /** The status as the backend reports it. */
  reviewWord: string | null;
  rejectionReason?: string;
  latestVersion: string | null;
  /** The first workspace folder that contains the app. */
  local?: LocalApp;
  beta?: BetaRow;
  /** ISO 8601. */
  lastPublishedAt?: string;
}

export interface Reader {
  /** Milliseconds since the epoch. */
  now: number;
  /** BCP 47. */
  language: string;
}

/**
 * Merges what is known about each app. Those of the workspace come first, then sorts by name. Pure.
 */
export function appRows(
  { status, mine, betas }: AppsSnapshot,
  locals: readonly LocalApp[],
  reader: Reader,
): AppRow[] {
  const reviews = new Map(status.apps.map((app) => [app.appId, app]));
  const submitted = new Map(mine.map((app) => [optionalString(app.manifest, 'id') ?? '', app]));
  submitted.delete('');
  const isMatched = ({ id, kind }: LocalApp): boolean => id !== null && kind.isListed;
  const matched = locals.filter(isMatched);
  const others = locals.filter((app) => !isMatched(app));
  const folders = new Map(matched.toReversed().map((app) => [app.id ?? '', app]));
  const ids = new Set([...reviews.keys(), ...submitted.keys(), ...folders.keys()]);
  const rows: AppRow[] = [...ids].map((appId) => {
    const local = folders.get(appId);
    const my = submitted.get(appId);
    const beta = betas.find((candidate) => candidate.appId === appId);
    return {
      kind: MINI_APP,
      appId,
      ...getName([local?.manifest, my?.manifest], reader.language),
      ...getReview(reviews.get(appId), my),
      ...toBetaRow(reviews.get(appId), beta, reader.now),
      ...(local === undefined ? {} : { local }),
    };
  });
  return [...rows, ...others.map((local) => localRow(local, reader))].sort(compareRows);
}

/** A project that the backend does not list, or that cannot be found there without an ID. */
function localRow(local: LocalApp, reader: Reader): AppRow {
  const { kind, id, folder, manifest } = local;
  return {
    kind,
    appId: id ?? basename(folder),
    ...getName([manifest], reader.language),
    ...getReview(undefined, undefined),
    ...(kind.isListed ? {} : { review: 'unlisted' as const }),
    local,
  };
}

function getReview(app: AppStatus | undefined, my: MyApp | undefined) {
  const reviewWord = app?.reviewStatus ?? my?.status ?? null;
  const { rejectionReason, lastPublishedAt } = app ?? {};
  const review = toReviewState(reviewWord);
  return {
    review,
    reviewWord,
    latestVersion: app?.latestVersion ?? my?.version ?? null,
    ...(rejectionReason === undefined || review !== 'rejected' ? {} : { rejectionReason }),
    ...(lastPublishedAt === undefined ? {} : { lastPublishedAt }),
  };
}

function toBetaRow(
  app: AppStatus | undefined,
  beta: Beta | undefined,
  now: number,
): { beta?: BetaRow } {
  if (app?.betaActive !== true) {
    return {};
  }
  const expiresAt = beta?.betaExpiresAt ?? undefined;
  const left = beta?.daysUntilExpiry ?? daysUntil(expiresAt, now);
  return {
    beta: {
      version: app.betaVersion ?? beta?.betaVersion ?? null,
      ...(left === undefined ? {} : { daysLeft: Math.max(0, Math.floor(left)) }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(beta === undefined || beta.testerCap === 0
        ? {}
        : { testers: { count: beta.testerCount, cap: beta.testerCap } }),
      ...(beta?.roster === undefined ? {} : { roster: beta.roster }),
    },
  };
}

function daysUntil(time: string | undefined, now: number): number | undefined {
  const at = time === undefined ? NaN : Date.parse(time);
  return Number.isNaN(at) ? undefined : Math.ceil((at - now) / DAY_MS);
}

/** Returns the name in the display language, else in English, else in any language. */
function getName(
  manifests: readonly (JsonObject | undefined)[],
  language: string,
): { name?: string } {
  for (const manifest of manifests) {
    const names = manifest?.['name'];
    if (isJsonObject(names)) {
      const [own = ''] = language.toLowerCase().split(/[-_]/u);
      const wanted = [own, 'en', ...Object.keys(names)];
      const name = wanted.map((locale) => optionalString(names, locale)?.trim()).find(Boolean);
      if (name !== undefined) {
        return { name };
      }
    }
  }
  return {};
}

function compareRows(a: AppRow, b: AppRow): number {
  const here = Number(a.local === undefined) - Number(b.local === undefined);
  const named = (a.name ?? a.appId).localeCompare(b.name ?? b.appId);
  return here || named || Number(a.appId > b.appId) - Number(a.appId < b.appId);
}
