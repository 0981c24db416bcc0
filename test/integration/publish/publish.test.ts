import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  failsWith,
  makeRegisteredKey,
  run,
  setSetting,
  useBackend,
  useMessages,
  workspacePath,
} from '../support';

interface PublishResult {
  appId: string;
  version: string;
  sha256: string;
  size: number;
  fileCount: number;
  bundleId: string;
  reviewStatus: string;
}

describe('publish', () => {
  const backend = useBackend();
  let answer: string | undefined;
  // The samples are published repeatedly.
  const shown = useMessages(({ buttons }) =>
    buttons.includes('Publish Anyway') ? answer : undefined,
  );

  /** Left by processes that were killed on this computer before. */
  const thereBefore = bundleFolders();

  before(async () => {
    const key = await makeRegisteredKey(backend.current, 'publisher');
    await run('i99dash.signIn', { keyPath: key.path });
  });

  beforeEach(() => {
    answer = 'Publish Anyway';
  });

  /** Returns the requests that change state; reading the backend's data is not counted. */
  const changes = () => backend.current.requests.filter(({ method }) => method !== 'GET');

  const publish = (folder: string): Promise<PublishResult> =>
    run<PublishResult>('i99dash.publish', { folder: vscode.Uri.file(folder), confirmed: true });

  it('sends a vanilla app: storage receives the bytes that are submitted', async () => {
    const from = changes().length;
    const result = await publish(workspacePath('tyre-pressure'));
    const requests = changes().slice(from);
    assert.deepEqual(
      requests.map(({ method, path }) => `${method} ${path.replace(/storage\/.*/u, 'storage')}`),
      ['POST /api/v1/mini-apps/upload-url', 'PUT /storage', 'POST /api/v1/mini-apps/submit'],
    );
    const [announced, put, submit] = requests;
    assert.ok(announced && put && submit);
    assert.equal(put.hasAuthorization, false);
    assert.equal(put.headers['content-length'], String(result.size));
    assert.equal(put.headers['content-type'], 'application/gzip');
    assert.equal((announced.json as { sha256: string }).sha256, result.sha256);
    assert.equal((submit.json as { bundleId: string }).bundleId, result.bundleId);
    const bundle = backend.current.state.bundles.find(result.bundleId);
    assert.equal(bundle?.received?.sha256, result.sha256);
    assert.equal(result.appId, 'tyre-pressure');
    assert.equal(result.version, '1.0.0');
    assert.equal(result.reviewStatus, 'pending');
    assert.equal(result.fileCount, 6);
  });

  it('builds an app that has a build command and sends the output', async () => {
    const result = await publish(workspacePath('charge-timer'));
    assert.equal(result.appId, 'charge-timer');
    assert.ok(existsSync(workspacePath('charge-timer', 'dist', 'app.js')));
    assert.equal(result.fileCount, 5);
  });

  it('uses the mini-app of the active editor', async () => {
    const file = vscode.Uri.file(workspacePath('tyre-pressure', 'src', 'app.js'));
    await vscode.window.showTextDocument(file);
    const result = await run<PublishResult>('i99dash.publish', { confirmed: true });
    assert.equal(result.appId, 'tyre-pressure');
    await run('workbench.action.closeAllEditors');
  });

  it('uses the manifest that was clicked', async () => {
    const manifest = vscode.Uri.file(workspacePath('tyre-pressure', 'manifest.json'));
    assert.equal((await run<PublishResult>('i99dash.publish', manifest)).appId, 'tyre-pressure');
  });

  for (const setting of [undefined, 'never']) {
    it(`asks before a command with arguments publishes to production when publish.confirm is ${setting}`, async () => {
      answer = undefined;
      const from = changes().length;
      const folder = vscode.Uri.file(workspacePath('tyre-pressure'));
      await setSetting('i99dash.publish.confirm', setting);
      try {
        assert.equal(await run('i99dash.publish', { folder }), undefined);
      } finally {
        await setSetting('i99dash.publish.confirm', undefined);
      }
      assert.equal(shown[0]?.message, 'Publish tyre-pressure 1.0.0?');
      assert.equal(changes().length, from, 'nothing was sent');
    });
  }

  it('leaves no temporary file', () => {
    assert.deepEqual(
      bundleFolders().filter((name) => !thereBefore.includes(name)),
      [],
    );
  });

  describe('that fails with one message and sends nothing', () => {
    const folder = (): string => workspacePath('broken');
    let from = 0;

    beforeEach(() => {
      cpSync(workspacePath('tyre-pressure'), folder(), { recursive: true });
      from = changes().length;
    });

    afterEach(() => {
      assert.equal(changes().length, from);
      assert.equal(shown.length, 1, 'one message');
      assert.ok((shown[0]?.buttons.length ?? 0) > 0, 'with a next step');
      rmSync(folder(), { recursive: true });
    });

    const refuses = (code: string): Promise<string> =>
      failsWith(code, 'i99dash.publish', { folder: vscode.Uri.file(folder()), confirmed: true });

    function edit(change: (manifest: Record<string, unknown>) => void): void {
      const file = join(folder(), 'manifest.json');
      const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
      change(manifest);
      writeFileSync(file, JSON.stringify(manifest));
    }

    it('rejects a folder without a manifest', async () => {
      rmSync(join(folder(), 'manifest.json'));
      await refuses('NOTHING_TO_PUBLISH');
    });

    it('rejects a manifest that is not JSON', async () => {
      writeFileSync(join(folder(), 'manifest.json'), '{ "id": ');
      await refuses('MANIFEST_INVALID');
    });

    for (const field of ['id', 'name', 'icon', 'url', 'version', 'category']) {
      it(`rejects a manifest without ${field}`, async () => {
        edit((manifest) => Reflect.deleteProperty(manifest, field));
        assert.match(await refuses('MANIFEST_INVALID'), new RegExp(`"${field}" is required`, 'u'));
      });
    }

    it('rejects a missing icon', async () => {
      rmSync(join(folder(), 'src', 'icon.png'));
      await refuses('VALIDATION_FAILED');
    });

    it('rejects an icon of another size', async () => {
      cpSync(join(folder(), 'src', 'cover.png'), join(folder(), 'src', 'icon.png'));
      assert.match(await refuses('VALIDATION_FAILED'), /1280×720/u);
    });

    it('rejects an app without files', async () => {
      rmSync(join(folder(), 'src'), { recursive: true });
      await refuses('NOTHING_TO_PUBLISH');
    });

    it('rejects a build that fails', async () => {
      const config = { buildCommand: 'echo broken && exit 3' };
      writeFileSync(join(folder(), 'sdk.config.json'), JSON.stringify(config));
      assert.equal(
        await refuses('BUILD_FAILED'),
        'The build of tyre-pressure failed (echo broken && exit 3, exit code 3).',
      );
      assert.deepEqual(shown[0]?.buttons, ['Show Terminal', 'Try Again']);
    });

    it('rejects a symbolic link that leads out of the project', async () => {
      symlinkSync(workspacePath('charge-timer', 'src'), join(folder(), 'src', 'outside'));
      await refuses('VALIDATION_FAILED');
    });
  });

  describe('when signed out', () => {
    before(() => run('i99dash.signOut'));

    it('fails with NOT_SIGNED_IN before it asks anything', async () => {
      await failsWith('NOT_SIGNED_IN', 'i99dash.publish', {});
      assert.deepEqual(
        shown.map(({ buttons }) => buttons),
        [['Sign In']],
      );
    });
  });
});

function bundleFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => /^i99dash-\d+-[A-Za-z0-9]{6}$/u.test(name));
}
