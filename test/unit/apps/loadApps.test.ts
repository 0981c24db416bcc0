import assert from 'node:assert/strict';
import { ApiClient } from '../../../src/core/api/client';
import { loadApps } from '../../../src/core/apps/loadApps';
import { ok } from '../../backend/envelope';
import type { BackendRequest } from '../../backend/exchange';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { addApp } from '../../support/apps';
import { rejectsWith } from '../../support/expect';
import { MemoryLogger } from '../../support/fakes';
import { MemoryBackend } from '../../support/memory-transport';

const MINE = '/api/v1/mini-apps/mine';
const STATUS = '/api/v1/dev/status';
const BETA = /\/beta\/status$/u;

describe('loading apps', () => {
  let backend: MemoryBackend;
  let api: ApiClient;
  let logger: MemoryLogger;

  beforeEach(() => {
    backend = new MemoryBackend({ url: 'http://127.0.0.1:1', now: Date.now });
    const token = backend.state.mintToken({ devId: DEFAULT_ACCOUNT.devId, lifeSeconds: 60 });
    api = new ApiClient(backend.url, backend.transport, { getToken: () => Promise.resolve(token) });
    logger = new MemoryLogger();
    addApp(backend.state, { appId: 'trip-log', version: '1.0.0', name: { en: 'Trip Log' } });
    const beta = { version: '2.0.0', daysLeft: 12, testers: 3 };
    addApp(backend.state, { appId: 'tyres', version: '2.1.0', review: { rejected: 'no' }, beta });
  });

  const betaCalls = () => backend.requests.filter(({ path }) => path.endsWith('/beta/status'));

  it('reads the status, the list and existing betas', async () => {
    const { status, mine, betas } = await loadApps(api, logger);
    assert.deepEqual(status.apps.map(({ appId }) => appId).sort(), ['trip-log', 'tyres']);
    assert.equal(status.apps.find(({ appId }) => appId === 'tyres')?.rejectionReason, 'no');
    assert.deepEqual(mine.map(({ manifest }) => manifest['id']).sort(), ['trip-log', 'tyres']);
    assert.deepEqual(
      betas.map(({ appId, betaVersion, daysUntilExpiry, testerCount, testerCap }) => {
        return { appId, betaVersion, daysUntilExpiry, testerCount, testerCap };
      }),
      [
        {
          appId: 'tyres',
          betaVersion: '2.0.0',
          daysUntilExpiry: 12,
          testerCount: 3,
          testerCap: 25,
        },
      ],
    );
    assert.equal(betaCalls().length, 1);
    const names = betas[0]?.roster?.map(({ telegramUsername }) => telegramUsername);
    assert.deepEqual(names, ['tester_1', 'tester_2', 'tester_3']);
  });

  it('shows a beta without its testers when they cannot be read', async () => {
    const fault = { kind: 'status', status: 500 } as const;
    backend.faults.inject({ match: { path: /\/testers$/u }, fault });
    const { betas } = await loadApps(api, logger);
    assert.deepEqual(
      betas.map(({ appId, roster }) => [appId, roster]),
      [['tyres', undefined]],
    );
    assert.ok(logger.lines.some((line) => line.includes('the testers of tyres could not be read')));
  });

  it('works without the list and without a beta', async () => {
    backend.faults.inject({ match: { path: MINE }, fault: { kind: 'status', status: 500 } });
    backend.faults.inject({ match: { path: BETA }, fault: { kind: 'half-json' } });
    const { status, mine, betas } = await loadApps(api, logger);
    assert.deepEqual([status.appsTotal, mine, betas], [2, [], []]);
    assert.equal(logger.lines.filter((line) => line.includes('could not be read')).length, 2);
  });

  it('makes no more calls than the maximum number of apps of a backend', async () => {
    const apps = Array.from({ length: 60 }, (_, n) => ({ appId: `app-${n}`, betaActive: true }));
    const handler = (request: BackendRequest) => ok(request, { isDeveloper: true, apps });
    backend.faults.inject({ match: { path: STATUS }, fault: { kind: 'custom', handler } });
    const { status } = await loadApps(api, logger);
    assert.deepEqual([status.apps.length, betaCalls().length], [60, 50]);
  });

  it('fails without the status', async () => {
    backend.faults.inject({ match: { path: STATUS }, fault: { kind: 'status', status: 500 } });
    await rejectsWith('SERVER', loadApps(api, logger));
    backend.faults.inject({ match: { path: STATUS }, fault: { kind: 'wrong-types' } });
    backend.faults.inject({ match: { path: MINE }, fault: { kind: 'wrong-types' } });
    await rejectsWith('PROTOCOL', loadApps(api, logger));
  });
});
