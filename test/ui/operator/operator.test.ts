import assert from 'node:assert/strict';
import { OPERATOR_ACCOUNT, PROFILES } from '../../backend/profiles';
import { useScene } from '../use-scene';

describe('the operator features', () => {
  const scene = useScene({
    album: 'ui/operator',
    backend: PROFILES.operator,
    settings: { 'i99op.enabled': true },
  });

  const seesBalance = (text: string) => scene.person.operator().filter({ hasText: text }).waitFor();

  const setBalance = (balance: number) =>
    scene.backend.state.updateAccount(OPERATOR_ACCOUNT.devId, {
      wallet: { balance, currency: 'EUR' },
    });

  /** Signs in an operator with this balance unless already signed in. */
  async function signedIn(balance: number): Promise<void> {
    const { person, backend } = scene;
    setBalance(balance);
    if (await person.operator().filter({ hasText: '€' }).isVisible()) return;
    await person.operator().click();
    await person.answer(backend.url);
    await person.pick('~/.ssh/id_ed25519');
    await seesBalance('€');
  }

  it('asks for the backend and rejects an invalid one at once', async () => {
    const { person } = scene;
    await seesBalance('i99op: Sign In');
    await person.operator().click();
    const input = person.quickInput();
    await input.waitFor();
    assert.equal(await input.inputValue(), 'https://i99op.i99dash.app');
    await input.fill('http://i99op.example.com');
    await person.page.locator('.quick-input-widget', { hasText: 'must be https' }).waitFor();
    await person.photograph('1-backend-refused');
    await input.fill(scene.backend.url);
    await person.page
      .locator('.quick-input-widget', { hasText: 'must be https' })
      .waitFor({ state: 'hidden' });
    await person.photograph('2-backend');
    await input.press('Enter');
    await person.quickPickRow('~/.ssh/id_ed25519').waitFor();
    await person.quickInput().press('Escape');
    await seesBalance('i99op: Sign In');
  });

  it('signs in with a key and shows the balance in the status bar', async () => {
    const { person } = scene;
    setBalance(12_550);
    await person.operator().click();
    await person.answer(scene.backend.url);
    const row = person.quickPickRow('~/.ssh/id_ed25519').first();
    await row.waitFor();
    await person.photograph('3-picker');
    assert.equal(await person.quickPickRow('Device Code').count(), 0);
    await row.click();
    await person.answerDialog('Change the i99op backend', 'Change and Sign In', '3-change');
    await seesBalance('i99op: €125.50');
    await person.operator().locator('.codicon-credit-card').waitFor();
    await person.seesIcon('sign-in'); // the developer's session is independent
    await person.photograph('4-balance');
  });

  it('shows the details in the hover', async () => {
    const { person, backend } = scene;
    await signedIn(12_550);
    const text = await person.readHover('5-hover', person.operator());
    for (const part of ['i99op', '€125.50', OPERATOR_ACCOUNT.email ?? '', backend.url]) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
  });

  it('warns of a low balance and offers to top up', async () => {
    const { person } = scene;
    await signedIn(12_550);
    setBalance(420);
    await person.operator().click();
    await person.quickPickRow('Wallet Balance').waitFor();
    await person.photograph('6-menu');
    await person.pick('Wallet Balance');
    const toast = await person.seesNotification('Your operator wallet is low: €4.20.');
    await seesBalance('i99op: €4.20');
    assert.equal(
      await person.operatorBackground(),
      await person.themeColor('statusBarItem-warningBackground'),
    );
    await person.operator().locator('.codicon-warning').waitFor();
    const spoken = person.operator().locator('[aria-label="i99op: the wallet is low, €4.20"]');
    assert.equal(await spoken.getAttribute('role'), 'button');
    await person.photograph('7-low');
    await person.pressIn(toast, 'Top Up');
    const dialog = await person.seesDialog('external website');
    await dialog.locator('.monaco-button', { hasText: 'Cancel' }).click();
  });

  it('restores the session after a reload and shows the configuration', async () => {
    const { person } = scene;
    await signedIn(420);
    await person.page.reload();
    await seesBalance('i99op: €4.20');
    await person.runCommand('i99op: Show Configuration');
    const toast = await person.seesNotification(scene.backend.url);
    await person.photograph('8-configuration');
    await person.dismiss(toast);
  });

  it('disappears without a reload when the setting is switched off', async () => {
    const { person } = scene;
    await signedIn(12_550);
    await person.operator().click();
    await person.pick('Sign Out');
    await seesBalance('i99op: Sign In');
    await person.page.keyboard.press('F1');
    await person.quickInput().pressSequentially('i99op: Wallet');
    await person.quickPickRow('i99op: Wallet Balance').first().waitFor();
    await person.quickInput().press('Escape');
    await person.runCommand('Preferences: Open User Settings (JSON)');
    const line = person.page.locator('.view-line', { hasText: 'i99op.enabled' });
    await line.waitFor();
    await line.getByText('true').dblclick();
    await person.page.keyboard.type('false');
    await person.page.keyboard.press('Control+S');
    await person.operator().waitFor({ state: 'detached' });
    await person.seesIcon('sign-in');
    await person.photograph('9-switched-off');
  });
});
