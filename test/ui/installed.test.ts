import assert from 'node:assert/strict';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { defaultVersion, oldestVersion } from '../host/versions';
import { signedIn } from './states';
import { useScene } from './use-scene';

/** Waits until an element was scrolled into view. */
const UNTIL_IN_VIEW = `(element) => new Promise((resolve) => {
  new IntersectionObserver((entries) => {
    if (entries.some(({ isIntersecting }) => isIntersecting)) resolve();
  }).observe(element);
})`;

for (const version of [oldestVersion, defaultVersion]) {
  describe(`the package, installed in VS Code ${version}`, () => {
    const scene = useScene({ album: `ui/installed-${version}`, version, allBuiltIns: true });

    it('starts, shows its commands, signs in and packs', async () => {
      const { person, key, backend } = scene;
      await person.seesIdentity('i99dash: Sign In');
      await person.page.keyboard.press('F1');
      await person.quickInput().pressSequentially('i99dash: Sign');
      await person.quickPickRow('i99dash: Sign In').waitFor();
      assert.equal(await person.quickPickRow('i99dash: Sign Out').count(), 0, 'nobody is there');
      await person.page.keyboard.press('Escape');

      await person.runCommand('i99dash: Sign In');
      await person.pick(key.fingerprint);
      await person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');

      const from = backend.requests.length;
      await person.runCommand('i99dash: Dry Run');
      const result = await person.seesNotification('tyre-pressure 1.0.0 would be sent: 6 files');
      await person.photograph('dry-run');
      await person.dismiss(result);
      const sent = backend.requests.slice(from).filter(({ method }) => method !== 'GET');
      assert.deepEqual(sent, []);
    });

    it('shows the section of an error code in the troubleshooting', async () => {
      const { person, backend } = scene;
      const { page } = person;
      await signedIn(scene);
      const fault = { kind: 'status', status: 500 } as const;
      const match = { path: '/api/v1/dev/me' };
      const injected = backend.faults.inject({ match, times: 'always', fault });
      await person.runCommand('i99dash: Who Am I?');
      await person.pressIn(await person.seesNotification('injected fault'), 'More');
      injected.remove();
      const section = page
        .frameLocator('iframe.webview')
        .frameLocator('#active-frame')
        .locator('#server');
      await section.evaluate(UNTIL_IN_VIEW);
      await person.photograph('more');
      await person.runCommand('View: Close All Editors');
    });
  });
}
