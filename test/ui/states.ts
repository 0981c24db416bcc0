import { DEFAULT_ACCOUNT } from '../backend/server';
import type { Scene } from './scene';

/*
 * The states that tests start from. Each function does nothing when the state is already reached,
 * so that a test that runs alone sets up what it would find after other tests.
 */

/** Signs in with the scene's key and registers it first when necessary. */
export async function signedIn(scene: Scene): Promise<void> {
  const { person, key, backend, options } = scene;
  const account = person.identity().locator('.codicon-account');
  if (await account.isVisible()) return;
  if (backend.state.accounts.findKey(key.fingerprint) === undefined) {
    scene.register(key.publicKeyLine);
  }
  await person.runCommand('i99dash: Sign In');
  await person.pick(key.fingerprint);
  if (options.passphrase !== undefined) {
    const question = person.page.locator('.quick-input-title', { hasText: 'Passphrase of' });
    await question.or(account).first().waitFor();
    if (await question.isVisible()) await person.answer(options.passphrase);
  }
  await person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');
  await person.seesIcon('account');
}

/** Signs out. */
export async function signedOut({ person }: Scene): Promise<void> {
  if (await person.identity().locator('.codicon-sign-in').isVisible()) return;
  await person.runCommand('i99dash: Sign Out');
  await person.seesIcon('sign-in');
}
