import assert from 'node:assert/strict';
import type { AppStatus } from '../../../src/core/api/developerStatus';
import { getWelcomeState, type WelcomeInput } from '../../../src/core/apps/welcomeState';
import type { AppsSnapshot } from '../../../src/core/apps/loadApps';

const APP: AppStatus = {
  appId: 'trip-log',
  latestVersion: '1.0.0',
  reviewStatus: 'pending',
  betaActive: false,
};
const HERE: WelcomeInput = {
  isSignedIn: true,
  hasWorkspace: true,
  hasLocalApp: false,
  isFiltered: false,
};

function told(apps: AppStatus[], isDeveloper = true, hasPendingRequest = false): AppsSnapshot {
  const status = { isDeveloper, hasPendingRequest, apps, appsTotal: apps.length };
  return { status, mine: [], betas: [] };
}

describe('reason for an empty view', () => {
  for (const [why, snapshot, surroundings] of [
    ['signedOut', undefined, { isSignedIn: false }],
    ['signedOut', told([APP]), { isSignedIn: false }],
    [undefined, undefined, {}],
    [undefined, told([APP]), {}],
    [undefined, told([]), { hasLocalApp: true }],
    ['noApp', told([]), {}],
    ['noWorkspace', told([]), { hasWorkspace: false }],
    ['noWorkspaceApp', told([APP]), { isFiltered: true }],
    [undefined, told([APP]), { isFiltered: true, hasLocalApp: true }],
    ['accessPending', told([], false, true), { hasLocalApp: true }],
    ['accessNotGranted', told([], false), { hasLocalApp: true }],
    [undefined, told([APP], false), {}],
  ] as const) {
    const apps = snapshot === undefined ? 'nothing loaded' : `${snapshot.status.apps.length} apps`;
    const more = snapshot?.status.isDeveloper === false ? ', not a developer' : '';
    it(`is ${String(why)}: ${apps}${more}, ${JSON.stringify(surroundings)}`, () => {
      assert.equal(getWelcomeState(snapshot, { ...HERE, ...surroundings }), why);
    });
  }
});
