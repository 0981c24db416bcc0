import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { formsOf, SecretSearch, type Secret } from '../../support/secret-search';
import { Scene } from '../scene';

const PASSPHRASE = 'a-passphrase-to-be-found';
const WRONG_PASSPHRASE = 'a-wrong-passphrase-to-be-found';
const PROXY_PASSWORD = 'a-proxy-password-to-be-found';

/** Records every text that appears on screen: notifications, dialogs, hovers, editors, output. */
const WATCH_SCREEN = `(() => {
  const seen = (window.seenOnScreen = new Set([document.body.innerText]));
  const note = (node) => {
    if (node.textContent) seen.add(node.textContent);
    const label = node.getAttribute?.('aria-label');
    if (label) seen.add(label);
  };
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      if (target !== document.body && !target.querySelector?.('.part')) note(target);
      addedNodes.forEach(note);
    }
  }).observe(document.body, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['aria-label'],
  });
})()`;

function readScreen(page: Page): Promise<string> {
  return page.evaluate<string>(`[...window.seenOnScreen].join('\\n')`);
}

function secretsOf({ backend, key }: Scene): Secret[] {
  const named = (name: string, values: unknown[]): Secret[] =>
    values
      .filter((value): value is string => typeof value === 'string' && value.length > 8)
      .map((value) => ({ name, value }));
  const bodies = backend.requests.map(({ json }) => (json ?? {}) as Record<string, unknown>);
  const uploads = backend.requests.filter(({ method }) => method === 'PUT');
  return [
    { name: 'the passphrase', value: PASSPHRASE },
    { name: 'the wrong passphrase', value: WRONG_PASSPHRASE },
    { name: 'the password of the proxy', value: PROXY_PASSWORD },
    ...named(
      'a nonce',
      bodies.map(({ nonce }) => nonce),
    ),
    ...named(
      'a signature',
      bodies.map(({ signature }) => signature),
    ),
    ...named(
      'a presigned address',
      uploads.map(({ query }) => query['X-Signature']),
    ),
    ...named('the private key', readFileSync(key.path, 'utf8').split('\n').slice(1, -2)),
  ];
}

describe('secrets of a whole run', () => {
  it('stay out of every file outside SecretStorage and off the screen', async () => {
    const proxy = `http://somebody:${PROXY_PASSWORD}@127.0.0.1:9`;
    const scene = await Scene.open({
      album: 'ui/secrets',
      passphrase: PASSPHRASE,
      env: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: '127.0.0.1,localhost' },
    });
    try {
      const { person, backend, key, root } = scene;
      await person.page.evaluate(WATCH_SCREEN);
      backend.setTokenLife(60);
      await person.runCommand('i99dash: Sign In');
      await person.pick('~/.ssh/id_ed25519');
      await person.answer(WRONG_PASSPHRASE);
      await person.page.locator('.quick-input-widget', { hasText: 'attempts left' }).waitFor();
      await person.answer(PASSPHRASE);
      await person.seesIdentity(DEFAULT_ACCOUNT.email ?? '');
      backend.state.revokeTokens();
      await person.runCommand('i99dash: Who Am I?');
      await person.seesNotification('You are developer@example.com');
      await person.runCommand('i99dash: Publish Mini-App');
      const dialog = await person.seesDialog('Publish tyre-pressure');
      await dialog.locator('.monaco-button', { hasText: 'Publish' }).click();
      await person.seesNotification('was submitted');
      backend.faults.inject({
        match: { method: 'PUT' },
        fault: { kind: 'status', status: 403 },
        times: 'always',
      });
      await person.runCommand('i99dash: Publish Mini-App');
      const again = await person.seesDialog('Publish tyre-pressure');
      await again.locator('.monaco-button', { hasText: 'Publish Anyway' }).click();
      await person.seesNotification('storage refused the upload');
      await person.runCommand('i99dash: Show Log');
      await person.page.locator('[id="workbench.panel.output"]').first().waitFor();
      await person.photograph('log');
      const screen = await readScreen(person.page);
      await scene.workbench.close();

      const secrets = secretsOf(scene);
      assert.ok(secrets.length >= 13, `${secrets.length} secrets to look for`);
      const search = new SecretSearch(secrets);
      assert.match(screen, /storage refused the upload/u);
      assert.deepEqual(search.in(Buffer.from(screen)), []);

      const { files, findings } = search.inFolder(root, (file) => file === key.path);
      const logs = files.filter((file) => file.endsWith('i99dash.log'));
      assert.equal(logs.length, 1, 'the log is among what is searched');
      const log = readFileSync(logs[0] ?? '', 'utf8');
      assert.match(log, /Renewed the session/u);
      assert.match(log, /UPLOAD_FAILED/u);
      assert.ok(files.length > 100, `${files.length} files were read`);
      assert.deepEqual(findings, []);

      // The search would have found a planted secret.
      const planted = formsOf(PASSPHRASE).map((form, index) => {
        const file = join(root, 'home', `planted-${index}`);
        writeFileSync(file, Buffer.concat([Buffer.from('x'), form, Buffer.from('x')]));
        return file;
      });
      const found = search.inFolder(root, (file) => !planted.includes(file)).findings;
      assert.equal(found.length, planted.length);
    } finally {
      await scene.close();
    }
  });
});
