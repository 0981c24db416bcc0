import assert from 'node:assert/strict';
import type { BetaStatus } from '../../../src/core/api/beta';
import type { AppStatus } from '../../../src/core/api/developerStatus';
import type { MyApp } from '../../../src/core/api/publishing';
import { appRows, type AppRow } from '../../../src/core/apps/appRows';
import type { LocalApp } from '../../../src/core/apps/localApps';
import { MINI_APP, THEME } from '../../../src/core/projectKind';

const NOW = Date.parse('2026-01-01T09:00:00Z');
const DAY = 24 * 3_600_000;

function status(appId: string, more: Partial<AppStatus> = {}): AppStatus {
  return { appId, latestVersion: '1.0.0', reviewStatus: 'pending', betaActive: false, ...more };
}

function mine(id: string, more: Partial<MyApp> & { name?: unknown } = {}): MyApp {
  const { name = { en: id.toUpperCase() }, ...rest } = more;
  return { manifest: { id, name }, status: 'pending', version: '1.0.0', ...rest };
}

function local(id: string, version: string | null = '1.1.0', folder = `/apps/${id}`): LocalApp {
  const manifest = { id, name: { en: `${id} here` } };
  return { kind: MINI_APP, folder, manifest, id, version, isBroken: false };
}

function beta(appId: string, more: Partial<BetaStatus> = {}): BetaStatus {
  return {
    appId,
    betaActive: true,
    betaVersion: '2.0.0',
    betaBundleSha256: null,
    betaExpiresAt: null,
    daysUntilExpiry: null,
    betaReleaseNotes: null,
    testerCount: 3,
    testerCap: 25,
    ...more,
  };
}

interface Known {
  apps?: AppStatus[];
  mine?: MyApp[];
  betas?: BetaStatus[];
  locals?: LocalApp[];
  language?: string;
}

function rows({ apps = [], mine: my = [], betas = [], locals = [], language = 'en' }: Known) {
  const developer = { isDeveloper: true, hasPendingRequest: false, appsTotal: apps.length };
  const snapshot = { status: { ...developer, apps }, mine: my, betas };
  return appRows(snapshot, locals, { now: NOW, language });
}

function row(known: Known): AppRow {
  const [first, ...others] = rows(known);
  assert.ok(first);
  assert.deepEqual(others, []);
  return first;
}

describe('app rows', () => {
  it('merge an app from status, list and workspace', () => {
    const apps = [status('trip-log', { latestVersion: '1.0.0', lastPublishedAt: 'then' })];
    assert.deepEqual(row({ apps, mine: [mine('trip-log')], locals: [local('trip-log')] }), {
      kind: MINI_APP,
      appId: 'trip-log',
      name: 'trip-log here',
      review: 'inReview',
      reviewWord: 'pending',
      latestVersion: '1.0.0',
      lastPublishedAt: 'then',
      local: local('trip-log'),
    });
  });

  it('show a theme beside the mini-app with the same ID, and claim no state of it', () => {
    const theme: LocalApp = { ...local('a1', '2.0.0', '/themes/a1'), kind: THEME };
    const found = rows({ apps: [status('a1')], locals: [theme, local('a1')] });
    assert.deepEqual(
      found.map(({ kind, review, latestVersion, local: here }) => [
        kind.id,
        review,
        latestVersion,
        here?.folder,
      ]),
      [
        ['miniApp', 'inReview', '1.0.0', '/apps/a1'],
        ['theme', 'unlisted', null, '/themes/a1'],
      ],
    );
  });

  it('contain every known app once', () => {
    const known = { apps: [status('a1'), status('b1')], mine: [mine('b1'), mine('c1')] };
    const found = rows({ ...known, locals: [local('c1'), local('d1')] });
    assert.deepEqual(
      found.map(({ appId, review }) => [appId, review]),
      [
        ['c1', 'inReview'],
        ['d1', 'unpublished'],
        ['a1', 'inReview'],
        ['b1', 'inReview'],
      ],
    );
  });

  it('keep a mini-app without an id apart from one that has the name of its folder as its id', () => {
    const broken = { ...local('x', null, '/apps/trip-log'), id: null, isBroken: true };
    const found = rows({ apps: [status('trip-log')], locals: [broken] });
    assert.deepEqual(
      found.map(({ appId, review, local: here }) => [appId, review, here?.isBroken]),
      [
        ['trip-log', 'unpublished', true],
        ['trip-log', 'inReview', undefined],
      ],
    );
  });

  it('take what the status leaves out, as beyond its 50 apps, from the list', () => {
    const found = row({ mine: [mine('a1', { status: 'rejected', version: '3.0.0' })] });
    assert.deepEqual(
      [found.review, found.reviewWord, found.latestVersion],
      ['rejected', 'rejected', '3.0.0'],
    );
    const stronger = row({ apps: [status('a1')], mine: [mine('a1', { status: 'rejected' })] });
    assert.equal(stronger.review, 'inReview');
  });

  it('show a reason only for a rejection', () => {
    const rejected = { reviewStatus: 'rejected', rejectionReason: 'blurred icon' };
    assert.equal(row({ apps: [status('a1', rejected)] }).rejectionReason, 'blurred icon');
    const again = { reviewStatus: 'pending', rejectionReason: 'blurred icon' };
    assert.ok(!('rejectionReason' in row({ apps: [status('a1', again)] })));
  });

  for (const [language, name, expected] of [
    ['fil', { fi: 'Matkaloki', en: 'Trip log' }, 'Trip log'],
    ['de-AT', { en: 'Trip Log', de: 'Fahrtenbuch' }, 'Fahrtenbuch'],
    ['fr', { de: 'Fahrtenbuch', en: 'Trip Log' }, 'Trip Log'],
    ['fr', { ar: 'سجل' }, 'سجل'],
    ['en', { en: '  ', de: 'Fahrtenbuch' }, 'Fahrtenbuch'],
    ['en', {}, undefined],
    ['en', 'Trip Log', undefined],
    ['en', { en: 7 }, undefined],
  ] as const) {
    it(`show the name ${JSON.stringify(name)} as ${String(expected)} in ${language}`, () => {
      assert.equal(row({ mine: [mine('a1', { name })], language }).name, expected);
    });
  }

  it('use the first of several folders with the same app', () => {
    const locals = [local('a1', '1.0.0', '/apps/one'), local('a1', '2.0.0', '/apps/two')];
    assert.equal(row({ locals }).local?.folder, '/apps/one');
  });

  describe('with a beta', () => {
    const active = { betaActive: true, betaVersion: '2.0.0' };
    for (const [told, daysLeft] of [
      [{ daysUntilExpiry: 12 }, 12],
      [{ daysUntilExpiry: 12.9 }, 12],
      [{ daysUntilExpiry: -1 }, 0],
      [{ betaExpiresAt: new Date(NOW + 2.5 * DAY).toISOString() }, 3],
      [{ betaExpiresAt: 'soon' }, undefined],
      [{}, undefined],
    ] as const) {
      it(`show ${String(daysLeft)} days for ${JSON.stringify(told)}`, () => {
        const found = row({ apps: [status('a1', active)], betas: [beta('a1', told)] });
        assert.equal(found.beta?.daysLeft, daysLeft);
        assert.equal(found.beta?.version, '2.0.0');
        assert.deepEqual(found.beta.testers, { count: 3, cap: 25 });
      });
    }

    it('show the beta even without its details', () => {
      assert.deepEqual(row({ apps: [status('a1', active)] }).beta, { version: '2.0.0' });
      assert.equal(row({ apps: [status('a1')], betas: [beta('a1')] }).beta, undefined);
    });
  });
});
