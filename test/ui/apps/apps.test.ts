import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { addApp } from '../../support/apps';
import { AppsView } from '../apps-view';
import { called } from '../requests';
import { signedIn, signedOut } from '../states';
import { useScene } from '../use-scene';

const STATUS = '/api/v1/dev/status';

describe('the Apps view', () => {
  const scene = useScene({ album: 'ui/apps', miniApps: ['tyre-pressure', 'charge-timer'] });
  let view: AppsView;

  const account = (change: Parameters<typeof scene.backend.state.updateAccount>[1]) =>
    scene.backend.state.updateAccount(DEFAULT_ACCOUNT.devId, change);

  const REJECTED = 'The icon shows the logo of a car maker. Use a drawing of your own, please.';

  beforeEach(() => {
    view = new AppsView(scene.person);
  });

  /**
   * Signs in a developer with three apps in the view, besides one that exists in the workspace
   * only.
   */
  async function showsApps(): Promise<void> {
    const { state } = scene.backend;
    account({ isDeveloper: true, hasPendingRequest: false });
    await signedIn(scene);
    await view.open();
    if (state.apps.find('trip-log') === undefined) {
      addApp(state, {
        ...{ appId: 'tyre-pressure', version: '0.9.0', name: { en: 'Tyre Pressure' } },
        ...{ publishedDaysAgo: 3, review: { rejected: REJECTED } },
      });
      addApp(state, {
        ...{ appId: 'cabin-climate', version: '2.1.0', name: { en: 'Cabin Climate' } },
        ...{ publishedDaysAgo: 40, review: 'approved' },
        beta: { version: '2.2.0-rc.1', daysLeft: 12, testers: 3 },
      });
      addApp(state, { appId: 'trip-log', version: '1.4.0', name: { en: 'Trip Log' } });
      await view.pressInTitle('Refresh Apps');
    }
    await view.row('Trip Log').waitFor();
  }

  /**
   * Publishes Tyre Pressure 1.0.0 from its row.
   * @returns the notification of the result
   */
  async function publishFromRow(): Promise<Locator> {
    const { person } = scene;
    await view.press(view.row('Tyre Pressure'), 'Publish');
    const dialog = await person.seesDialog('Publish tyre-pressure 1.0.0?');
    await dialog.locator('.monaco-button', { hasText: 'Publish' }).click();
    return person.seesNotification('tyre-pressure 1.0.0 was submitted');
  }

  it('asks the user to sign in first', async () => {
    const { person, backend } = scene;
    await signedOut(scene);
    await view.open();
    const welcome = await view.seesWelcome('Sign in with your SSH key');
    await person.photograph('1-signed-out');
    assert.equal(backend.requests.length, 0);
    await welcome.locator('.monaco-button', { hasText: 'Sign In' }).click();
    account({ isDeveloper: false });
    await person.pick('~/.ssh/id_ed25519');
    await person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');
  });

  it('explains that developer access is missing or requested', async () => {
    const { person } = scene;
    account({ isDeveloper: false, hasPendingRequest: false });
    await signedIn(scene);
    await view.open();
    await view.seesWelcome('You have no developer access yet');
    await person.photograph('2-no-access');
    account({ hasPendingRequest: true });
    await view.pressInTitle('Refresh Apps');
    const welcome = await view.seesWelcome('is being looked at');
    await person.photograph('3-access-pending');
    account({ isDeveloper: true, hasPendingRequest: false });
    await welcome.locator('.monaco-button', { hasText: 'Refresh' }).click();
    await view.seesRow('Charge Timer, 0.3.1, unpublished');
    await view.seesRow('Tyre Pressure, 1.0.0, unpublished');
  });

  it('shows the state of every app by icon and text', async () => {
    const { person } = scene;
    await showsApps();
    await view.seesRow('Tyre Pressure, 0.9.0, rejected');
    await view.seesRow(`Rejected: ${REJECTED}`);
    await view.seesRow('Version: latest 0.9.0 · here 1.0.0');
    await view.seesRow('Trip Log, 1.4.0, in review');
    await view.row('Cabin Climate').click();
    await view.seesRow(/^Beta: 2\.2\.0-rc\.1 · 12 days left · 3 of 25 testers\. Expires /u);
    assert.match(await view.row('Last published').innerText(), /3 days ago/u);
    await person.photograph('4-apps-dark');
    const hover = person.page.locator('.workbench-hover', { hasText: 'tyre-pressure' }).first();
    await person.seesHover(view.row('Tyre Pressure'), hover);
    await person.photograph('5-hover');
    await person.runCommand('Preferences: Color Theme');
    await person.quickPickRow('Dark').first().waitFor();
    await person.quickInput().fill('Light Modern');
    await person.pick('Light Modern');
    await person.page.locator('.monaco-workbench.vs').waitFor();
    await person.photograph('6-apps-light');
  });

  it('filters to the workspace and back', async () => {
    const { person } = scene;
    await showsApps();
    await view.pressInTitle("Show This Workspace's Apps Only");
    await view.row('Trip Log').waitFor({ state: 'detached' });
    await view.seesRow('Charge Timer, 0.3.1, unpublished');
    await person.photograph('7-workspace-only');
    await view.pressInTitle('Show All Apps');
    await view.seesRow('Trip Log, 1.4.0, in review');
  });

  it('works with the keyboard alone', async () => {
    const { person } = scene;
    const { keyboard } = person.page;
    await showsApps();
    await person.runCommand('Focus on Apps View');
    await keyboard.press('Home');
    await keyboard.press('ArrowDown'); // below the name of the section
    await keyboard.press('Shift+F10');
    await view.menuEntry('Open Folder').waitFor();
    await keyboard.press('Escape');
    const focused = view.pane().locator('.monaco-list-row.focused');
    assert.match((await focused.first().getAttribute('aria-label')) ?? '', /^Charge Timer/u);
    await keyboard.press('ArrowRight');
    await view.seesRow('Version: here 0.3.1');
    await keyboard.press('ArrowLeft');
  });

  it('reports a failed Telegram notification in the view', async () => {
    const { person } = scene;
    await showsApps();
    account({ lastNotificationError: 'chat not found' });
    await view.pressInTitle('Refresh Apps');
    await view.message().filter({ hasText: 'did not arrive: chat not found' }).waitFor();
    await person.photograph('8-delivery-failed');
    account({ lastNotificationError: undefined as unknown as string });
  });

  it('shows cached apps while the backend fails, and retries on a click', async () => {
    const { person, backend } = scene;
    await showsApps();
    const match = { path: STATUS };
    const fault = { kind: 'status', status: 503 } as const;
    const trouble = backend.faults.inject({ match, fault, times: 'always' });
    await view.pressInTitle('Refresh Apps');
    const failure = await view.seesRow(/The backend .*Try Again$/u);
    await view.seesRow('Trip Log, 1.4.0, in review');
    await person.photograph('9-trouble');
    assert.equal(await person.page.locator('.notification-toast').count(), 0);
    trouble.remove();
    const answered = called(backend, STATUS);
    await failure.click();
    await answered;
    await failure.waitFor({ state: 'detached' });
  });

  it('ends a beta after a confirmation', async () => {
    const { person, backend } = scene;
    await showsApps();
    const beta = view.row(/^Beta/u);
    if (!(await beta.isVisible())) await view.row('Cabin Climate').click();
    await beta.waitFor();
    await view.choose(view.row('Cabin Climate'), 'End Beta…');
    const dialog = await person.seesDialog('End the beta of cabin-climate?');
    await person.photograph('10-end-beta');
    await dialog.locator('.monaco-button', { hasText: 'End Beta' }).click();
    await person.dismiss(await person.seesNotification('The beta of cabin-climate has ended'));
    await beta.waitFor({ state: 'detached' });
    assert.equal(backend.state.apps.find('cabin-climate')?.beta, null);
  });

  it('promotes to beta with release notes for the testers', async () => {
    const { person, backend } = scene;
    await showsApps();
    await view.choose(view.row('Trip Log'), 'Promote to Beta…');
    await person.answer('Please try the export.');
    const dialog = await person.seesDialog('Make trip-log 1.4.0 the beta?');
    await person.photograph('11-promote');
    await dialog.locator('.monaco-button', { hasText: 'Promote to Beta' }).click();
    await person.dismiss(await person.seesNotification('trip-log 1.4.0 is the beta now'));
    const beta = backend.state.apps.find('trip-log')?.beta;
    assert.equal(beta?.releaseNotes, 'Please try the export.');
  });

  it('publishes from a row and shows the review state', async () => {
    const { person } = scene;
    await showsApps();
    const toast = await publishFromRow();
    await view.seesRow('Tyre Pressure, 1.0.0, in review');
    await person.photograph('12-in-review');
    await person.dismiss(toast);
  });

  it('reports a decision once, even after a reload, with a badge while the view is hidden', async () => {
    const { person, backend } = scene;
    await showsApps();
    const submissions = backend.state.apps.find('tyre-pressure')?.submissions ?? [];
    if (submissions.at(-1)?.version !== '1.0.0') await person.dismiss(await publishFromRow());
    await view.seesRow('Tyre Pressure, 1.0.0, in review');
    await person.page.reload();
    await person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');
    await person.page.locator('.activitybar a[aria-label^="Explorer"]').click();
    await view.pane().waitFor({ state: 'hidden' });
    backend.state.review('tyre-pressure', 'rejected', 'The cover is empty.');
    const toast = await person.seesNotification(
      'tyre-pressure 1.0.0 was rejected: The cover is empty.',
    );
    await view.badge().filter({ hasText: '1' }).waitFor();
    await person.photograph('13-decision');
    await person.pressIn(toast, 'Show Status');
    await view.seesRow('Tyre Pressure, 1.0.0, rejected');
    await view.seesRow('Rejected: The cover is empty.');
    await view.badge().waitFor({ state: 'hidden' });
    await person.photograph('14-rejected');
    const focused = view.pane().locator('.monaco-list-row.selected');
    assert.match((await focused.first().getAttribute('aria-label')) ?? '', /^Tyre Pressure/u);
    await person.page.reload();
    await person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');
    await view.seesRow('Tyre Pressure, 1.0.0, rejected');
    assert.equal(await person.page.locator('.notification-toast').count(), 0);
  });
});
