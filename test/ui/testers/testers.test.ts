import assert from 'node:assert/strict';
import { addApp } from '../../support/apps';
import { AppsView } from '../apps-view';
import { signedIn } from '../states';
import { useScene } from '../use-scene';

const APP = 'cabin-climate';

describe('beta testers in the Apps view', () => {
  const scene = useScene({ album: 'ui/testers' });
  let view: AppsView;

  beforeEach(() => {
    view = new AppsView(scene.person);
  });

  const app = () =>
    scene.backend.state.apps.find(APP) ??
    addApp(scene.backend.state, {
      ...{ appId: APP, version: '2.2.0', name: { en: 'Cabin Climate' } },
      beta: { version: '2.2.0', daysLeft: 12 },
    });

  /** Signs in a developer whose beta has these testers, and unfolds the beta in the view. */
  async function showsTesters(testers: readonly string[]): Promise<void> {
    const { apps } = scene.backend.state;
    app().testers.splice(0);
    apps.inviteTesters(app(), testers);
    await signedIn(scene);
    await view.open();
    await view.pressInTitle('Refresh Apps');
    const beta = view.row(/^Beta/u);
    const row = await view.seesRow(/^Cabin Climate/u);
    if (!(await beta.isVisible())) await row.click();
    await view.seesRow(new RegExp(`· ${testers.length} of 25 testers`, 'u'));
    const [first] = testers;
    if (first !== undefined && !(await view.row(`@${first}`).isVisible())) await beta.click();
    if (first !== undefined) await view.row(`@${first}`).waitFor();
  }

  it('shows who is invited and who accepted below the beta of an app', async () => {
    await showsTesters(['alice_k', 'bob_42', 'cara_1']);
    scene.backend.state.apps.acceptInvitation(app(), 'bob_42');
    const removed = app().testers[2]?.userId ?? assert.fail('three testers');
    scene.backend.state.apps.removeTester(app(), removed);
    await view.pressInTitle('Refresh Apps');
    await view.seesRow(/^@alice_k, invited, /u);
    await view.seesRow(/^@bob_42, accepted, /u);
    await view.seesRow(/^@cara_1, removed, /u);
    await scene.person.photographInThemes('1-testers');
  });

  it('invites a pasted list of names and shows them below the beta', async () => {
    const { person, backend } = scene;
    await showsTesters(['alice_k']);
    await view.press(view.row(/^Beta/u), 'Invite Beta Testers');
    await person.quickInput().waitFor();
    await person.page.evaluate(
      "navigator.clipboard.writeText('@dan_22\\ncara_1\\r\\n@alice_k\\n')",
    );
    await person.page.keyboard.press('Control+V');
    await person.photograph('2-pasted');
    await person.page.keyboard.press('Enter');
    const toast = await person.seesNotification(
      'Invitations to cabin-climate recorded: @dan_22, @cara_1.',
    );
    assert.match(await toast.innerText(), /shows whether somebody has that name\. 3 of 25 places/u);
    await view.seesRow(/^@cara_1, invited, /u);
    await view.seesRow(/^@dan_22, invited, /u);
    await person.photograph('3-invited');
    await person.dismiss(toast);
    assert.equal(backend.state.apps.testerCount(app()), 3);
  });

  it('refuses an invalid name and too many names while they are typed', async () => {
    const { person } = scene;
    await showsTesters(Array.from({ length: 23 }, (_, index) => `tester_${index}`));
    await view.press(view.row(/^Beta/u), 'Invite Beta Testers');
    const input = person.quickInput();
    const message = person.page.locator('.quick-input-widget:visible .quick-input-message');
    await input.fill('@dan_22 @al');
    await message.filter({ hasText: '“al” is not a Telegram name' }).waitFor();
    await person.photographInThemes('4-invalid-name');
    await person.page.keyboard.press('Enter');
    await input.fill('@dan_22 @cara_1 @eve_3');
    await message.filter({ hasText: '2 of 25 places are free, for 3 new names.' }).waitFor();
    await person.photograph('5-too-many');
    await person.page.keyboard.press('Enter');
    await input.waitFor();
    await person.page.keyboard.press('Escape');
    assert.equal(scene.backend.state.apps.testerCount(app()), 23);
  });

  it('says that all places are taken before it asks for names', async () => {
    const { person } = scene;
    await showsTesters(Array.from({ length: 25 }, (_, index) => `tester_${index}`));
    await view.choose(view.row('Cabin Climate'), 'Invite Beta Testers…');
    const toast = await person.seesNotification('All 25 places for testers of cabin-climate are');
    await person.photograph('6-full');
    await person.pressIn(toast, 'Show Beta Testers');
    await person.quickPickRow('@tester_24').or(person.quickPickRow('@tester_0')).first().waitFor();
    await person.page.keyboard.press('Escape');
  });

  it('removes a tester after a question that says what is lost', async () => {
    const { person, backend } = scene;
    await showsTesters(['alice_k', 'bob_42']);
    await view.press(view.row('@bob_42'), 'Remove Beta Tester');
    const dialog = await person.seesDialog('Remove @bob_42 from the beta of cabin-climate?');
    await dialog.getByText('loses the beta builds of this app').waitFor();
    await person.photographInThemes('7-remove');
    await person.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    assert.equal(backend.state.apps.testerCount(app()), 2);
    await view.choose(view.row('@bob_42'), 'Remove Beta Tester');
    await person.answerDialog('Remove @bob_42 from the beta', 'Remove Tester');
    await person.dismiss(await person.seesNotification('@bob_42 is no longer a beta tester'));
    await view.seesRow(/^@bob_42, removed, /u);
    assert.equal(backend.state.apps.testerCount(app()), 1);
  });

  it('lists the testers in a picker from the palette, with the keyboard alone', async () => {
    const { person } = scene;
    await showsTesters(['alice_k', 'bob_42']);
    await person.runCommandByKeys('i99dash: Beta Testers');
    await person.quickPickRow('@alice_k').first().waitFor();
    await person.photographInThemes('8-picker');
    await person.page.keyboard.type('invite beta');
    await person.focusedRow('Invite Beta Testers…').waitFor();
    await person.page.keyboard.press('Enter');
    await person.answer('dan_22');
    await person.dismiss(
      await person.seesNotification('Invitations to cabin-climate recorded: @dan_22.'),
    );
    await view.seesRow(/^@dan_22, invited, /u);
  });
});
