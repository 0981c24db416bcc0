import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { useScene } from './use-scene';

const WORKFLOW = '.github/workflows/i99dash-publish.yml';

describe('a person sets up publishing from CI', () => {
  const scene = useScene({ album: 'ui/ci', viewport: { width: 1400, height: 900 } });

  before(async () => {
    const git = join(scene.workspace, '.git');
    await mkdir(git);
    const remote = '[remote "origin"]\n\turl = git@github.com:acme/tyre-pressure.git\n';
    await writeFile(join(git, 'config'), remote);
    await scene.person.runCommand('i99dash: Sign In');
    await scene.person.pick('~/.ssh/id_ed25519');
    await scene.person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');
  });

  it('is told what will happen', async () => {
    const { person } = scene;
    await person.runCommand('i99dash: Set Up CI Publishing');
    const dialog = await person.seesDialog('Let acme/tyre-pressure publish by itself?');
    await person.photograph('1-question');
    await dialog.locator('.monaco-button', { hasText: 'Set Up' }).click();
  });

  it('has the private half on the clipboard, and in no file', async () => {
    const { person, root } = scene;
    await person.seesNotification('on the clipboard for 90 seconds');
    const secret = await person.clipboard();
    assert.match(secret, /^-----BEGIN OPENSSH PRIVATE KEY-----\n/u);
    const lines = secret.split('\n').slice(2, 5);
    const files = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    assert.ok(files.length > 100);
    const found = files.filter((file) => {
      const content = readFileSync(file);
      return lines.some(
        (line) => content.includes(line) || content.includes(Buffer.from(line, 'utf16le')),
      );
    });
    assert.deepEqual(found, []);
  });

  it('looks through the workflow and saves it', async () => {
    const { person, workspace } = scene;
    const editor = person.page.locator('.editor-instance .monaco-editor').first();
    await editor.locator('.view-line', { hasText: 'command' }).first().waitFor();
    await person.photograph('2-workflow');
    assert.equal(existsSync(join(workspace, WORKFLOW)), false);
    await editor.locator('.view-lines').click();
    await person.page.keyboard.press('Control+S');
    await person.page.locator('.tab:not(.dirty)', { hasText: 'i99dash-publish.yml' }).waitFor();
    assert.match(readFileSync(join(workspace, WORKFLOW), 'utf8'), /i99dash login --key/u);
  });
});
