import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { writeFiles } from '../../support/project';
import { AppsView } from '../apps-view';
import { signedIn } from '../states';
import { useScene } from '../use-scene';

describe('a new mini-app in the UI', () => {
  const scene = useScene({
    album: 'ui/first-project',
    viewport: { width: 1280, height: 800 },
    miniApps: [],
    // In an empty workspace the project would be the workspace folder.
    furnish: (workspace) => writeFiles(workspace, { 'notes.txt': 'mine' }),
  });

  const title = (text: string): Locator =>
    scene.person.page.locator('.quick-input-title', { hasText: text });

  it('is created, previewed, published to beta, tested by an invited tester and promoted', async () => {
    const { person, backend } = scene;
    const view = new AppsView(person);
    await signedIn(scene);

    await person.runCommand('i99dash: New Project…');
    await title('New Project').waitFor();
    await person.pick('Mini-App');
    await person.answer('Trip Log');
    await title('Folder').waitFor();
    await person.pick('trip-log');
    await title('Category').waitFor();
    await person.pick('Vehicle');
    await person.dismiss(await person.seesNotification('Trip Log was created in'));
    await person.photographInThemes('1-created');

    await person.editorButton('Preview Mini-App').click();
    const preview = await person.seesNotification('The preview of trip-log is at');
    const [address = ''] = /http:\/\/127\.0\.0\.1:\d+\//u.exec(await preview.innerText()) ?? [];
    const page = await fetch(address);
    assert.match(await page.text(), /<title>Trip Log<\/title>/u);
    await person.photograph('2-previewed');
    await person.pressIn(preview, 'Stop Preview');
    await preview.waitFor({ state: 'hidden' });

    await person.runCommand('i99dash: Publish to Beta…');
    await person.answer('The first build.');
    await person.dismiss(
      await person.seesNotification(/trip-log 1\.0\.0 was submitted .*beta now/u),
    );
    await view.open();
    await view.pressInTitle('Refresh Apps');
    const beta = view.row(/^Beta/u);
    const row = await view.seesRow(/^Trip Log/u);
    if (!(await beta.isVisible())) await row.click();
    await beta.waitFor();
    await person.photographInThemes('3-beta');

    await view.press(beta, 'Invite Beta Testers');
    await person.answer('@alice_k');
    await person.dismiss(await person.seesNotification('Invitations to trip-log recorded'));
    const app = backend.state.apps.find('trip-log') ?? assert.fail('published');
    backend.state.apps.acceptInvitation(app, 'alice_k');
    if (!(await view.row('@alice_k').isVisible())) await beta.click();
    await view.pressInTitle('Refresh Apps');
    await view.seesRow(/^@alice_k, accepted, /u);
    await person.photographInThemes('4-tester');

    await view.choose(view.row('Trip Log'), 'Promote Beta to Production');
    await person.answerDialog(
      'Promote trip-log 1.0.0 to production?',
      'Promote to Production',
      '5-promote',
    );
    await person.dismiss(await person.seesNotification('trip-log 1.0.0 is in production now.'));
    assert.equal(app.beta, null);
    await person.photographInThemes('6-promoted');
  });
});
