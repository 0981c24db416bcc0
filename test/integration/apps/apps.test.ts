import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Fault } from '../../backend/faults';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { addApp } from '../../support/apps';
import { usePerson } from '../person';
import {
  failsWith,
  makeRegisteredKey,
  run,
  setSetting,
  useBackend,
  useContextKey,
  useMessages,
  useStandIn,
  workspacePath,
} from '../support';

const STATUS = '/api/v1/dev/status';

interface Status {
  isDeveloper: boolean;
  hasPendingRequest: boolean;
  apps: Record<string, unknown>[];
  appsTotal: number;
}

describe('apps', () => {
  const backend = useBackend();
  let answer: string | undefined;
  let decide: (told: { message: string; buttons: string[] }) => void;
  const decided = new Promise<{ message: string; buttons: string[] }>((resolve) => {
    decide = resolve;
  });
  const shown = useMessages((told) => {
    if (told.message.includes('was rejected')) {
      decide(told);
    }
    return answer !== undefined && told.buttons.includes(answer) ? answer : undefined;
  });

  const person = usePerson();
  const opened: string[] = [];
  useStandIn(vscode.env, 'openExternal', (uri: vscode.Uri) => opened.push(uri.toString()));

  const asked = () => backend.current.requests.filter(({ path }) => path === STATUS);
  const changes = () => backend.current.requests.filter(({ method }) => method !== 'GET');
  const app = (appId: string) =>
    backend.current.state.apps.find(appId) ?? assert.fail(`there is no ${appId}`);

  before(async () => {
    await run('workbench.view.explorer');
    const { state } = backend.current;
    const rejected = { rejected: 'The icon is blurred.' };
    addApp(state, {
      appId: 'tyre-pressure',
      version: '0.9.0',
      publishedDaysAgo: 3,
      review: rejected,
    });
    const beta = { version: '2.0.0', daysLeft: 12, testers: 3 };
    addApp(state, { appId: 'cabin-climate', version: '2.0.0', beta });
  });

  beforeEach(() => {
    answer = undefined;
  });

  it('rejects the status command when the user is signed out', async () => {
    await failsWith('NOT_SIGNED_IN', 'i99dash.status', {});
    assert.deepEqual(
      shown.map(({ buttons }) => buttons),
      [['Sign In']],
    );
    assert.equal(asked().length, 0);
  });

  describe('of the signed-in account', () => {
    before(async () => {
      const key = await makeRegisteredKey(backend.current, 'apps');
      await run('i99dash.signIn', { keyPath: key.path });
    });

    it('requests no apps before a view is visible', () => {
      assert.equal(asked().length, 0);
    });

    it('returns the apps as the API sends them', async () => {
      const status = await run<Status>('i99dash.status');
      assert.deepEqual(Object.keys(status).sort(), [
        'apps',
        'appsTotal',
        'hasPendingRequest',
        'isDeveloper',
      ]);
      assert.deepEqual([status.isDeveloper, status.appsTotal], [true, 2]);
      const rejected = status.apps.find(({ appId }) => appId === 'tyre-pressure');
      assert.ok(rejected);
      const { lastPublishedAt, ...rest } = rejected;
      assert.ok(Date.now() - Date.parse(String(lastPublishedAt)) > 2 * 24 * 3_600_000);
      assert.deepEqual(rest, {
        appId: 'tyre-pressure',
        latestVersion: '0.9.0',
        reviewStatus: 'rejected',
        rejectionReason: 'The icon is blurred.',
        betaActive: false,
      });
    });

    it('returns an app by id, and nothing for an unknown id', async () => {
      const one = await run<Status>('i99dash.status', { appId: 'cabin-climate' });
      assert.deepEqual(
        one.apps.map(({ appId, betaVersion }) => [appId, betaVersion]),
        [['cabin-climate', '2.0.0']],
      );
      const none = await run<Status>('i99dash.status', { appId: 'no-such-app' });
      assert.deepEqual(none.apps, []);
      assert.deepEqual(shown, []);
    });

    it('returns the status while the view refreshes repeatedly', async () => {
      const drawAnew = async (): Promise<void> => {
        for (let time = 0; time < 20; time++) {
          await run(time % 2 === 0 ? 'i99dash.showWorkspaceApps' : 'i99dash.showAllApps');
        }
      };
      const told = Array.from({ length: 10 }, () =>
        run<Status>('i99dash.status', { appId: 'cabin-climate' }),
      );
      await drawAnew();
      assert.deepEqual(
        (await Promise.all(told)).map(({ apps }) => apps.length),
        told.map(() => 1),
      );
      assert.deepEqual(shown, []);
    });

    it('requires an app ID for commands that change an app', async () => {
      for (const command of ['promoteToBeta', 'promoteToProduction', 'endBeta']) {
        await failsWith('NOTHING_TO_PUBLISH', `i99dash.${command}`, { confirmed: true });
      }
      await failsWith('NOTHING_TO_PUBLISH', 'i99dash.openAppInWebConsole', {});
    });

    it('reloads on refresh', async () => {
      const from = asked().length;
      await run('i99dash.refreshApps');
      assert.equal(asked().length, from + 1);
    });

    it('fails with a code and one message', async () => {
      const { faults } = backend.current;
      const fault = faults.inject({
        match: { path: STATUS },
        times: 'always',
        fault: { kind: 'status', status: 503 },
      });
      await failsWith('SERVER', 'i99dash.status');
      assert.deepEqual(
        shown.map(({ buttons }) => buttons),
        [['Try Again', 'Show Log']],
      );
      // The view shows the failure in a row and without a message.
      shown.length = 0;
      await run('i99dash.refreshApps');
      assert.deepEqual(shown, []);
      fault.remove();
    });

    describe('and their betas', () => {
      /** Makes 2.0.0 the beta. */
      async function hasBeta(): Promise<void> {
        const cabin = app('cabin-climate');
        if (cabin.beta === null) backend.current.state.apps.promoteBeta(cabin, '2.0.0', null);
        await run('i99dash.refreshApps');
      }

      /** Makes 2.0.0 the latest submission and ends the beta. */
      async function hasNoBeta(): Promise<void> {
        const { apps } = backend.current.state;
        const cabin = app('cabin-climate');
        if (cabin.submissions.at(-1)?.version !== '2.0.0') {
          addApp(backend.current.state, { appId: 'cabin-climate', version: '2.0.0' });
        }
        apps.removeBeta(cabin);
        await run('i99dash.refreshApps');
      }

      it('promotes to production after a confirmation that says what happens', async () => {
        await hasBeta();
        const from = changes().length;
        assert.equal(
          await run('i99dash.promoteToProduction', { appId: 'cabin-climate' }),
          undefined,
        );
        assert.equal(shown[0]?.message, 'Promote cabin-climate 2.0.0 to production?');
        assert.match(shown[0].detail ?? '', /^Track: production \(everybody, at once\)$/mu);
        assert.match(
          shown[0].detail ?? '',
          /Everybody gets the beta build at once, without another/u,
        );
        assert.equal(changes().length, from, 'nothing was sent');
        answer = 'Promote to Production';
        assert.equal(await run('i99dash.promoteToProduction', { appId: 'cabin-climate' }), true);
        assert.equal(app('cabin-climate').beta, null);
        const published = app('cabin-climate').submissions.filter(
          ({ publishedAt }) => publishedAt !== undefined,
        );
        assert.deepEqual(
          published.map(({ version }) => version),
          ['2.0.0'],
        );
        assert.equal(shown.at(-1)?.message, 'cabin-climate 2.0.0 is in production now.');
      });

      it('offers the latest submission for promotion to beta', async () => {
        await hasNoBeta();
        const promote = { appId: 'cabin-climate', releaseNotes: 'try it' };
        assert.equal(await run('i99dash.promoteToBeta', promote), undefined);
        assert.equal(shown[0]?.message, 'Make cabin-climate 2.0.0 the beta?');
        assert.equal(app('cabin-climate').beta, null);
        assert.equal(await run('i99dash.promoteToBeta', { ...promote, confirmed: true }), true);
        assert.equal(app('cabin-climate').beta?.version, '2.0.0');
        assert.equal(app('cabin-climate').beta?.releaseNotes, 'try it');
      });

      it('sends the release notes that the user enters', async () => {
        await hasNoBeta();
        const from = changes().length;
        assert.equal(await run('i99dash.promoteToBeta', { appId: 'cabin-climate' }), undefined);
        assert.equal(person.asked[0]?.title, 'Promote cabin-climate 2.0.0 to beta');
        assert.equal(changes().length, from, 'nothing was sent');
        person.answers = [' Mind the doors. '];
        answer = 'Promote to Beta';
        assert.equal(await run('i99dash.promoteToBeta', { appId: 'cabin-climate' }), true);
        assert.equal(app('cabin-climate').beta?.releaseNotes, 'Mind the doors.');
      });

      it('ends a beta after a confirmation', async () => {
        await hasBeta();
        assert.equal(await run('i99dash.endBeta', { appId: 'cabin-climate' }), undefined);
        assert.equal(shown[0]?.message, 'End the beta of cabin-climate?');
        assert.ok(app('cabin-climate').beta);
        answer = 'End Beta';
        assert.equal(await run('i99dash.endBeta', { appId: 'cabin-climate' }), true);
        assert.equal(app('cabin-climate').beta, null);
      });

      it('neither ends nor promotes a beta that does not exist', async () => {
        await hasNoBeta();
        const none = { appId: 'cabin-climate', confirmed: true };
        await failsWith('NOTHING_TO_PUBLISH', 'i99dash.endBeta', none);
        await failsWith('NOTHING_TO_PUBLISH', 'i99dash.promoteToProduction', none);
      });

      it('shows the backend’s own message when it refuses', async () => {
        backend.current.state.apps.setTesterCount(app('cabin-climate'), 26);
        const promote = { appId: 'cabin-climate', confirmed: true };
        assert.match(await failsWith('SERVER', 'i99dash.promoteToBeta', promote), /25 testers/u);
      });
    });

    it('rejects promotion of an app without a version', async () => {
      const none = { appId: 'no-such-app', confirmed: true };
      assert.equal(
        await failsWith('NOTHING_TO_PUBLISH', 'i99dash.promoteToBeta', none),
        'No version of no-such-app was ever submitted.',
      );
    });

    it('opens the page of an app and the page for developer access', async () => {
      opened.length = 0;
      await run('i99dash.openAppInWebConsole', { appId: 'cabin-climate' });
      await run('i99dash.requestAccess');
      assert.equal(opened[0], 'https://dev.i99dash.app/developers/apps/cabin-climate');
      assert.match(opened[1] ?? '', /^https:\/\/dev\.i99dash\.app\//u);
      assert.equal(opened.length, 2);
    });

    it('neither publishes nor opens an app that is not in the workspace', async () => {
      for (const command of ['i99dash.publishApp', 'i99dash.openAppFolder']) {
        await failsWith('NOTHING_TO_PUBLISH', command, { appId: 'cabin-climate' });
      }
    });

    it('reports the end of a review once, with the reason', async () => {
      const folder = vscode.Uri.file(workspacePath('tyre-pressure'));
      await run('i99dash.publish', { folder, confirmed: true });
      assert.equal(app('tyre-pressure').submissions.at(-1)?.reviewStatus, 'pending');
      backend.current.state.review('tyre-pressure', 'rejected', 'The cover is empty.');
      const { message, buttons } = await decided;
      assert.equal(message, 'tyre-pressure 1.0.0 was rejected: The cover is empty.');
      assert.deepEqual(buttons, ['Show Status', 'Open in Web Console']);
      // One message for the submission and one for the review.
      assert.equal(shown.length, 2);
    });
  });

  describe('in the view', () => {
    const welcome = useContextKey('i99dash.appsView');

    it('hides the welcome while the apps load', async () => {
      const key = await makeRegisteredKey(backend.current, 'apps-in-view');
      await run('i99dash.signOut');
      await run('i99dash.apps.focus');
      await welcome.becomes('signedOut');
      let answer = (): void => undefined;
      const asked = new Promise<void>((resolve) => {
        const fault: Fault = {
          kind: 'custom',
          handler: (_request, next) => {
            resolve();
            return new Promise<void>((go) => (answer = go)).then(next);
          },
        };
        backend.current.faults.inject({ match: { path: STATUS }, fault });
      });
      await run('i99dash.signIn', { keyPath: key.path });
      await asked;
      assert.equal(welcome.current, '');
      answer();
      await run('i99dash.refreshApps');
      await run('workbench.view.explorer');
    });
  });

  describe('of an account without developer access', () => {
    before(() => {
      const { state } = backend.current;
      state.updateAccount(DEFAULT_ACCOUNT.devId, { isDeveloper: false, hasPendingRequest: true });
    });
    after(async () => {
      const { state } = backend.current;
      state.updateAccount(DEFAULT_ACCOUNT.devId, { isDeveloper: true, hasPendingRequest: false });
      await setSetting('i99dash.webConsoleUrl', undefined);
    });

    it('reports that the access is requested and not granted', async () => {
      const status = await run<Status>('i99dash.status');
      assert.deepEqual([status.isDeveloper, status.hasPendingRequest], [false, true]);
    });
  });
});
