import assert from 'node:assert/strict';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { NONE, readInterruptionsSinceLoad } from '../interruptions';
import { mintedAgain } from '../requests';
import { signedIn } from '../states';
import { useScene } from '../use-scene';

const WHO = DEFAULT_ACCOUNT.email ?? '';

describe('a session on a computer without a keyring', () => {
  const scene = useScene({ album: 'ui/session-keyring', keyring: false });

  let isTold = false;

  async function restartAndRenew(): Promise<void> {
    await signedIn(scene);
    await scene.quit();
    const minted = mintedAgain(scene.backend);
    await scene.start();
    await minted;
  }

  it('is restored from the key after a restart and explains this once', async () => {
    await restartAndRenew();
    const { person } = scene;
    await person.seesIdentity(WHO);
    await person.seesIcon('account');
    const toast = await person.seesNotification('keeps no secrets for VS Code');
    await person.photograph('hint');
    const { notifications, ...others } = await readInterruptionsSinceLoad(person.page);
    assert.equal(notifications.length, 1);
    assert.deepEqual({ ...others, notifications: [] }, NONE);
    await person.dismiss(toast);
    isTold = true;
  });

  it('does not explain it again', async () => {
    if (!isTold) {
      await restartAndRenew();
      await scene.person.dismiss(await scene.person.seesNotification('keeps no secrets'));
    }
    await restartAndRenew();
    const { person } = scene;
    await person.seesIdentity(WHO);
    await person.seesIcon('account');
    await person.runCommand('i99dash: Who Am I?');
    const toast = await person.seesNotification(`You are ${WHO}`);
    const { notifications } = await readInterruptionsSinceLoad(person.page);
    assert.equal(notifications.length, 1);
    await person.dismiss(toast);
  });
});
