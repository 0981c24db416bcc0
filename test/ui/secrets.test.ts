import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { Scene } from './scene';

const PASSPHRASE = 'a-passphrase-to-be-found';
/** Three base64url parts, the first a JSON object: an access token. */
const JWT = /eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}/u;

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** Where a text stands in a file, in the encodings that logs, databases and caches use. */
function holds(content: Buffer, text: string): boolean {
  return content.includes(text) || content.includes(Buffer.from(text, 'utf16le'));
}

describe('secrets', () => {
  it('of a whole run are in no file outside SecretStorage', async () => {
    const scene = await Scene.open({ album: 'ui/secrets', passphrase: PASSPHRASE });
    try {
      const { person, backend, key, root } = scene;
      backend.setTokenLife(60);
      await person.runCommand('i99dash: Sign In');
      await person.pick('~/.ssh/id_ed25519');
      await person.answer('a-wrong-passphrase');
      await person.page.locator('.quick-input-widget', { hasText: 'Tries left' }).waitFor();
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
      await scene.workbench.close();

      const bodies = backend.requests.map(({ json }) => (json ?? {}) as Record<string, unknown>);
      const secrets = [
        PASSPHRASE,
        'a-wrong-passphrase',
        ...bodies.flatMap(({ nonce, signature }) => [nonce, signature]),
        ...backend.requests
          .filter(({ method }) => method === 'PUT')
          .map(({ query }) => query['X-Signature']),
        ...readFileSync(key.path, 'utf8').split('\n').slice(1, -2),
      ].filter((secret): secret is string => typeof secret === 'string' && secret.length > 8);
      assert.ok(secrets.length >= 12, `${secrets.length} secrets to look for`);

      const files = (await filesBelow(root)).filter((file) => file !== key.path);
      const logs = files.filter((file) => file.endsWith('i99dash.log'));
      assert.equal(logs.length, 1, 'the log is among what is searched');
      const log = readFileSync(logs[0] ?? '', 'utf8');
      assert.match(log, /Renewed the session/u);
      assert.match(log, /UPLOAD_FAILED/u);
      const findings: string[] = [];
      for (const file of files) {
        const content = await readFile(file);
        if (
          secrets.some((secret) => holds(content, secret)) ||
          JWT.test(content.toString('latin1'))
        ) {
          findings.push(file.slice(root.length));
        }
      }
      assert.ok(files.length > 100, `${files.length} files were read`);
      assert.deepEqual(findings, []);
    } finally {
      await scene.close();
    }
  });
});
