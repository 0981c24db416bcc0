import assert from 'node:assert/strict';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import type { Fault } from '../../backend/faults';
import { startSshAgent, type SshAgent } from '../../support/ssh-agent';
import { NONE, readInterruptionsSinceLoad, watchInterruptions } from '../interruptions';
import { mintedAgain, mints } from '../requests';
import { signedIn } from '../states';
import { useScene } from '../use-scene';

const WHO = DEFAULT_ACCOUNT.email ?? '';
const ME = '/api/v1/dev/me';
const PASSPHRASE = 'open sesame';
type FaultHandler = Extract<Fault, { kind: 'custom' }>['handler'];
/** In seconds. A token with such a short lifetime is used until a tenth of it is left. */
const TOKEN_LIFE = 14;

describe('a session with an encrypted key', () => {
  const scene = useScene({
    album: 'ui/session-encrypted',
    passphrase: PASSPHRASE,
    tokenLife: TOKEN_LIFE,
  });
  let agent: SshAgent | undefined;

  /** Signs in and restarts VS Code without the passphrase. */
  async function locked(): Promise<void> {
    if (await scene.person.identity().locator('.codicon-lock').isVisible()) return;
    // The session is locked as soon as the token expires.
    scene.backend.setTokenLife(2);
    await signedIn(scene);
    await scene.restart();
    await scene.person.seesIcon('lock');
  }

  after(() => agent?.stop());

  it('is locked after a restart once its token expires and does not ask by itself', async () => {
    scene.backend.setTokenLife(TOKEN_LIFE);
    await signedIn(scene);
    const [minted] = mints(scene.backend).slice(-1);
    await scene.restart();
    const { person } = scene;
    await person.seesIcon('lock');
    const age = Date.now() - (minted?.at ?? 0);
    assert.ok(age > 0.9 * TOKEN_LIFE * 1000 - 500, `locked when the token was ${age} ms old`);
    await person.seesIdentity(WHO);
    assert.match(await person.readHover('locked-hover'), /locked[^]*passphrase[^]*Unlock/u);
    assert.deepEqual(await readInterruptionsSinceLoad(person.page), NONE);
  });

  it('asks when a command needs the passphrase and shows no message when cancelled', async () => {
    await locked();
    const { person } = scene;
    const interruptions = await watchInterruptions(person.page);
    await person.runCommand('i99dash: Who Am I?');
    await person.page.locator('.quick-input-title', { hasText: 'Passphrase of' }).waitFor();
    // Slower than the delay after which a command shows its progress.
    await person.quickInput().pressSequentially('not yet whole', { delay: 100 });
    await person.photograph('unlock');
    await person.quickInput().press('Escape');
    await person.quickInput().waitFor({ state: 'hidden' });
    await person.seesIcon('lock');
    const { notifications, dialogs } = await interruptions();
    assert.deepEqual([...notifications, ...dialogs], []);
  });

  it('asks once after several clicks and refreshes silently from then on', async () => {
    await locked();
    const { person, backend } = scene;
    const interruptions = await watchInterruptions(person.page);
    backend.setTokenLife(2);
    await person.identity().click();
    await person.page.locator('.quick-input-title', { hasText: 'Passphrase of' }).waitFor();
    await person.identity().click();
    await person.quickInput().click(); // the status bar took the focus
    const unlocked = mintedAgain(backend);
    await person.answer(PASSPHRASE);
    await unlocked;
    await person.seesIcon('account');
    await mintedAgain(backend, 3);
    await person.runCommand('i99dash: Who Am I?');
    await person.dismiss(await person.seesNotification(`You are ${WHO}`));
    const { prompts, notifications } = await interruptions();
    assert.deepEqual(prompts, ['Passphrase of ~/.ssh/id_ed25519', '']);
    assert.equal(notifications.length, 1, notifications.join('; '));
  });

  it('does not ask while an ssh-agent holds the key', async () => {
    scene.backend.setTokenLife(2);
    await signedIn(scene);
    agent = await startSshAgent();
    await agent.add(scene.key);
    await scene.quit();
    const renewed = mintedAgain(scene.backend, 2);
    await scene.start({ SSH_AUTH_SOCK: agent.socket });
    const { person } = scene;
    await renewed;
    await person.seesIcon('account');
    assert.deepEqual(await readInterruptionsSinceLoad(person.page), NONE);
  });

  it('shows the progress of the command again after the passphrase', async () => {
    await locked();
    const { person, backend } = scene;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const handler: FaultHandler = async (_request, next) => {
      await released;
      return next();
    };
    const fault = { kind: 'custom', handler } as const;
    backend.faults.inject({ match: { path: ME }, fault, times: 'always' });
    await person.runCommand('i99dash: Who Am I?');
    await person.page.locator('.quick-input-title', { hasText: 'Passphrase of' }).waitFor();
    await person.answer(PASSPHRASE);
    await person.seesNotification('Asking who you are…');
    release();
    await person.dismiss(await person.seesNotification(`You are ${WHO}`));
  });
});
