import assert from 'node:assert/strict';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { NONE, watchInterruptions } from './interruptions';
import { mintedAgain } from './requests';
import { useScene } from './use-scene';

const WHO = DEFAULT_ACCOUNT.email ?? '';

describe('a session on a computer without a keyring', () => {
  const scene = useScene({ album: 'ui/session-keyring', keyring: false });

  before(async () => {
    await scene.person.runCommand('i99dash: Sign In');
    await scene.person.pick('~/.ssh/id_ed25519');
    await scene.person.seesIcon('account');
  });

  async function restartAndRenew(): Promise<void> {
    await scene.quit();
    const minted = mintedAgain(scene.backend);
    await scene.start();
    await minted;
  }

  it('is there again after a restart, from the key, and says once what happens', async () => {
    await restartAndRenew();
    const { person } = scene;
    const interruptions = await watchInterruptions(person.page);
    await person.seesIdentity(WHO);
    await person.seesIcon('account');
    await person.seesNotification('keeps no secrets for VS Code');
    await person.photograph('hint');
    const { notifications, ...others } = await interruptions();
    assert.equal(notifications.length, 1);
    assert.deepEqual({ ...others, notifications: [] }, NONE);
  });

  it('says it never again', async () => {
    await restartAndRenew();
    const { person } = scene;
    const interruptions = await watchInterruptions(person.page);
    await person.seesIdentity(WHO);
    await person.seesIcon('account');
    await person.runCommand('i99dash: Who Am I?');
    await person.seesNotification(`You are ${WHO}`);
    assert.deepEqual((await interruptions()).notifications.length, 1);
  });
});
