import { photographEverywhere } from './screens';
import { signedIn } from './states';
import { useScene } from './use-scene';

describe('somebody who is signed in opens the walkthrough', () => {
  const scene = useScene({
    album: 'ui/walkthrough-progress',
    viewport: { width: 1280, height: 800 },
  });

  /** Waits until a step has its check mark. */
  const seesDone = (step: string): Promise<void> =>
    scene.person.page
      .locator(`[data-done-step-id$="#firstPublish#${step}"].complete`)
      .first()
      .waitFor();

  it('sees the steps done that were completed before it was open, without a reload', async () => {
    const { person } = scene;
    await signedIn(scene);
    await person.page.locator('.activitybar a[aria-label^="i99dash"]').click();
    await person.runCommand('Open Walkthrough');
    await person.page.keyboard.type('Publish your first');
    await person.pick('Publish your first mini-app');
    await person.page.locator('[data-step-id$="#firstPublish#publish"]').waitFor();
    for (const step of ['key', 'register', 'signIn']) {
      await seesDone(step);
    }
    await photographEverywhere(person, 'walkthrough');
  });
});
