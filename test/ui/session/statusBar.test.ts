import { signedIn } from '../states';
import { useScene } from '../use-scene';

describe('the status bar of a workspace without a mini-app', () => {
  const scene = useScene({ album: 'ui/status-bar', miniApps: [] });

  it('offers to sign in until the first sign-in and hides after a sign-out', async () => {
    const { person } = scene;
    await person.seesIdentity('i99dash: Sign In');
    await person.photograph('1-first');
    await signedIn(scene);
    await person.runCommand('i99dash: Sign Out');
    await person.identity().waitFor({ state: 'detached' });
  });
});
