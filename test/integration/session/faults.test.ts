import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Fault } from '../../backend/faults';
import { addApp } from '../../support/apps';
import type { TestKey } from '../../support/ssh-key';
import {
  copyMiniApp,
  failsWith,
  makeKey,
  makeRegisteredKey,
  run,
  useBackend,
  useImpatience,
  useMessages,
} from '../support';

const CHALLENGE = '/api/v1/auth/ssh/challenge';
const ME = '/api/v1/dev/me';
const KEYS = '/api/v1/account/ssh-keys';
const SUBMIT = '/api/v1/mini-apps/submit';
const PROMOTE = /\/beta\/promote$/u;

/** One fault of each class and the resulting code of a read-only command. */
const CLASSES: readonly (readonly [string, Fault, string])[] = [
  ['a connection that breaks', { kind: 'reset' }, 'OFFLINE'],
  ['a 403 response', { kind: 'status', status: 403 }, 'SERVER'],
  ['a 503 response', { kind: 'status', status: 503, retryAfter: 3600 }, 'SERVER'],
  ['an HTML page of a gateway', { kind: 'html', status: 502 }, 'SERVER'],
  ['a truncated response', { kind: 'half-json' }, 'PROTOCOL'],
  ['a response of 50 MB', { kind: 'huge' }, 'PROTOCOL'],
  ['a redirect', { kind: 'redirect', location: 'http://127.0.0.1:1/' }, 'PROTOCOL'],
];

describe('network faults', () => {
  const backend = useBackend();
  let pressed: string | undefined;
  const shown = useMessages(({ buttons }) =>
    pressed !== undefined && buttons.includes(pressed) ? pressed : undefined,
  );
  const rejections: unknown[] = [];
  const note = (reason: unknown): void => void rejections.push(reason);
  let key: TestKey;

  before(async () => {
    process.on('unhandledRejection', note);
    key = await makeRegisteredKey(backend.current, 'faults');
    await run('i99dash.signIn', { keyPath: key.path });
  });

  beforeEach(() => {
    pressed = undefined;
  });

  afterEach(() => {
    backend.current.faults.clear();
    assert.deepEqual(rejections, [], 'every rejection is heard');
  });

  after(() => {
    process.off('unhandledRejection', note);
  });

  const strike = (path: string | RegExp, fault: Fault, method = 'POST') =>
    backend.current.faults.inject({ match: { method, path }, fault, times: 'always' });
  const accounts = async (): Promise<string[]> =>
    (await vscode.authentication.getAccounts('i99dash')).map(({ label }) => label);

  for (const [title, fault, code] of CLASSES) {
    it(`shows one message and keeps the session: ${title}`, async () => {
      strike(ME, fault, 'GET');
      await failsWith(code, 'i99dash.whoAmI');
      assert.equal(shown.length, 1);
      assert.deepEqual(shown[0]?.buttons, ['Try Again', 'Show Log']);
      assert.equal((await accounts()).length, 1);
      backend.current.faults.clear();
      await run('i99dash.whoAmI');
    });
  }

  it('reports a fault while a token is refreshed, and a later command refreshes it', async () => {
    backend.current.state.revokeTokens();
    strike(CHALLENGE, { kind: 'reset' });
    await failsWith('OFFLINE', 'i99dash.whoAmI');
    assert.equal((await accounts()).length, 1, 'nobody is signed out');
    backend.current.faults.clear();
    await run('i99dash.whoAmI');
  });

  it('ignores a lost response when the list of keys shows that the change took effect', async () => {
    const other = await makeKey('faults-other');
    strike(KEYS, { kind: 'reset', when: 'after' });
    const added = await run<{ fingerprint: string; id: string }>('i99dash.addKey', {
      publicKeyPath: other.publicKeyPath,
      name: 'other',
    });
    assert.equal(added.fingerprint, other.fingerprint);
    assert.match(shown.at(-1)?.message ?? '', /is registered/u);

    strike(`${KEYS}/${added.id}`, { kind: 'reset', when: 'after' }, 'DELETE');
    await run('i99dash.removeKey', { id: added.id, confirmed: true });
    assert.match(shown.at(-1)?.message ?? '', /is removed/u);
  });

  describe('when the backend does not answer', () => {
    const titles = useImpatience();
    const app = { appId: 'silent-app', confirmed: true };

    before(() => {
      addApp(backend.current.state, {
        ...{ appId: app.appId, version: '2.0.0' },
        beta: { version: '2.0.0', daysLeft: 12, testers: 3 },
      });
    });

    for (const [id, args, title, silent] of [
      ['whoAmI', undefined, 'Asking who you are…', { method: 'GET', path: ME }],
      ['status', {}, 'Asking how your apps stand…', { method: 'GET', path: '/api/v1/dev/status' }],
      ['promoteToBeta', app, 'Promoting silent-app 2.0.0 to beta…', { path: PROMOTE }],
      ['endBeta', app, 'Ending the beta of silent-app…', { method: 'DELETE' }],
      [
        'promoteToProduction',
        app,
        'Promoting silent-app 2.0.0 to production…',
        { path: /\/promote-production$/u },
      ],
    ] as const) {
      it(`shows progress that can be cancelled: ${id}`, async () => {
        backend.current.faults.inject({ match: silent, fault: { kind: 'hang' }, times: 'always' });
        assert.equal(await run(`i99dash.${id}`, args), undefined);
        assert.deepEqual(titles, [title]);
        assert.deepEqual(shown, []);
      });
    }
  });

  describe('while publishing', () => {
    let folder: vscode.Uri;
    const submissions = (appId: string): number =>
      backend.current.state.apps.find(appId)?.submissions.length ?? 0;

    it('leads to the status instead of a retry when the outcome is unknown', async () => {
      folder = vscode.Uri.file(copyMiniApp('tyre-pressure', 'faults-doubt'));
      strike(SUBMIT, {
        kind: 'custom',
        handler: () => {
          strike(/./u, { kind: 'status', status: 403 }, 'GET');
          return { status: 500, headers: {}, body: '' };
        },
      });
      await failsWith('SERVER', 'i99dash.publish', { folder, confirmed: true });
      assert.match(shown.at(-1)?.message ?? '', /no answer came back/u);
      assert.deepEqual(shown.at(-1)?.buttons, ['Show Status']);
      assert.equal(submissions('faults-doubt'), 0);
    });

    it('reports the submission and offers to promote it when the beta fails', async () => {
      folder = vscode.Uri.file(copyMiniApp('tyre-pressure', 'faults-beta'));
      const fault: Fault = { kind: 'status', status: 422, code: 'beta.tester_cap_reached' };
      backend.current.faults.inject({ match: { path: PROMOTE }, fault });
      const promoted = backend.current.waitForRequest(
        ({ path, status }) => path.endsWith('/beta/promote') && status === 200,
      );
      pressed = 'Promote to Beta';
      const options = { folder, track: 'beta', releaseNotes: 'Louder', confirmed: true };
      await failsWith('SERVER', 'i99dash.publish', options);
      const told = shown.find(({ buttons }) => buttons.includes(pressed ?? ''));
      assert.match(told?.message ?? '', /was submitted, but it is not the beta yet/u);
      assert.deepEqual(told?.buttons, ['Promote to Beta', 'Show Status']);
      await promoted;
      const app = backend.current.state.apps.find('faults-beta');
      assert.deepEqual(
        [app?.submissions.length, app?.beta?.version, app?.beta?.releaseNotes],
        [1, '1.0.0', 'Louder'],
      );
    });
  });
});
