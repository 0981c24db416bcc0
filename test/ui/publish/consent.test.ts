import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { generateTestKey } from '../../support/ssh-key';
import { useScene } from '../use-scene';

const ME = DEFAULT_ACCOUNT.email ?? '';
const OTHER = { ...DEFAULT_ACCOUNT, devId: 'dev_other', email: 'other@example.com' };

describe('confirmations that only the user can give', () => {
  const scene = useScene({ album: 'ui/consent', approved: false });

  it('asks before a key signs for a backend that is new to it', async () => {
    const { person, key, backend } = scene;
    await person.identity().click();
    await person.pick('~/.ssh/id_ed25519');
    const dialog = await person.seesDialog('with this key?');
    const text = (await dialog.innerText()).replaceAll('\u00a0', ' ');
    for (const part of [key.fingerprint, backend.url, 'sign in as you elsewhere', 'safer']) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
    await person.photographInBothThemes('1-new-backend');
    await person.answerDialog('with this key?', 'Cancel');
    assert.equal(backend.requests.length, 0);
    await person.identity().click();
    await person.pick('~/.ssh/id_ed25519');
    await person.answerDialog('with this key?', 'Sign In');
    await person.seesIdentity(ME);
  });

  it('asks before a key is registered', async () => {
    const { person, root, backend } = scene;
    const options = { folder: join(root, 'home', '.ssh'), name: 'id_tower', comment: 'anna@tower' };
    await generateTestKey(options);
    const registered = (): number => backend.state.accounts.keysOf(DEFAULT_ACCOUNT.devId).length;
    const before = registered();
    await person.runCommand('i99dash: Add SSH Key');
    await person.pick('~/.ssh/id_tower.pub');
    await person.page.locator('.quick-input-title', { hasText: '(2/3)' }).waitFor();
    await person.answer('tower');
    await person.pick('Login');
    await person.seesDialog('Register this SSH key');
    await person.photographInBothThemes('2-register');
    await person.answerDialog('Register this SSH key', 'Cancel');
    assert.equal(registered(), before);
  });

  it('asks before another account replaces the session', async () => {
    const { person, backend } = scene;
    backend.state.addAccount(OTHER);
    const token = backend.state.mintToken({ devId: OTHER.devId, lifeSeconds: 900 });
    await person.runCommand('i99dash: Sign In');
    await person.pick('Paste an Access Token');
    await person.answer(token);
    await person.seesDialog(`Sign in as ${OTHER.email} instead`);
    await person.photographInBothThemes('3-other-account');
    await person.answerDialog('instead', 'Cancel');
    await person.seesIdentity(ME);
  });

  it('asks before a build and shows the text of its scripts', async () => {
    const { person, workspace } = scene;
    const scripts = { prebuild: 'rimraf dist', build: 'cp -r src dist && touch dist/built' };
    writeFileSync(join(workspace, 'package.json'), JSON.stringify({ scripts }));
    writeFileSync(
      join(workspace, 'sdk.config.json'),
      JSON.stringify({ buildCommand: 'npm run build' }),
    );
    await person.runCommand('i99dash: Dry Run');
    const dialog = await person.seesDialog('Run the build of');
    assert.match(await dialog.innerText(), /npm run build[^]*rimraf dist[^]*touch dist\/built/u);
    await person.photographInBothThemes('4-build');
    await person.answerDialog('Run the build of', 'Cancel');
    assert.ok(!existsSync(join(workspace, 'dist/built')));
  });

  it('asks after a click on the editor’s button before an app goes to production', async () => {
    const { person, backend, workspace } = scene;
    writeFileSync(join(workspace, 'sdk.config.json'), '{}');
    await person.openFile('manifest.json');
    await person.editorButton('Publish Mini-App').click();
    await person.seesDialog('Publish tyre-pressure 1.0.0?');
    await person.photograph('5-publish');
    await person.answerDialog('Publish tyre-pressure', 'Cancel');
    assert.equal(backend.state.apps.find('tyre-pressure')?.submissions.length ?? 0, 0);
  });
});
