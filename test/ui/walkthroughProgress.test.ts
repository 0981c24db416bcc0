import { photographEverywhere } from './screens';
import { signedIn } from './states';
import { useScene } from './use-scene';

describe('the walkthrough with a session', () => {
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

  it('shows steps completed before it was opened as done, without a reload', async () => {
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
