import { useScene } from '../use-scene';

// Two of these tests leave something on screen on purpose: `use-scene.test.ts` runs them.
describe('a suite', () => {
  const scene = useScene({ album: 'ui/leaves' });

  const beginsFromClearScreen = async (): Promise<void> => {
    await scene.person.page.locator('.notification-toast').waitFor({ state: 'detached' });
    await scene.person.page.keyboard.press('F1');
    await scene.person.quickInput().waitFor();
    await scene.person.quickInput().press('Escape');
  };

  it('leaves a notification', async () => {
    await scene.person.runCommand('i99dash: Copy Diagnostics');
    await scene.person.seesNotification('Diagnostics copied');
  });

  it('begins after a notification', beginsFromClearScreen);

  it('leaves a picker', async () => {
    await scene.person.runCommand('i99dash: Sign In');
    await scene.person.quickPickRow('~/.ssh/id_ed25519').waitFor();
  });

  it('begins after a picker', beginsFromClearScreen);
});
