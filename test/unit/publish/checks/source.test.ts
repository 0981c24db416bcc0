import assert from 'node:assert/strict';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSource } from '../../../../src/core/publish/checks/source';
import {
  suggestedVersion,
  type LatestVersion,
} from '../../../../src/core/publish/checks/publishedVersion';
import { CancelledError, I99dashError } from '../../../../src/core/errors';
import { loadProject } from '../../../../src/core/publish/project/project';
import { rejectsWith } from '../../../support/expect';
import { marked } from '../../../support/marked-text';
import { MANIFEST, writeFiles } from '../../../support/project';
import { useTempFolder } from '../../../support/temp-folder';

const published =
  (version: string | undefined): LatestVersion =>
  () =>
    Promise.resolve(version);

describe('mini-app checks before the build', () => {
  const temp = useTempFolder();
  const page = (script: string) => `<!doctype html>\n<script>\n  ${script}\n</script>\n`;
  const write = (files: Record<string, string>) => writeFiles(temp.path, files);

  beforeEach(() => write({ 'src/icon.svg': '<svg/>' }));

  async function check(
    manifest: object = {},
    options: Parameters<typeof checkSource>[1] = { latestVersion: published(undefined) },
  ) {
    await writeFile(
      join(temp.path, 'manifest.json'),
      JSON.stringify({ ...MANIFEST, ...manifest }, null, 2),
    );
    return checkSource(await loadProject(temp.path), options);
  }

  describe('APP_VERSION in a page', () => {
    it('may equal the manifest version or be absent', async () => {
      await write({
        'src/index.html': page("const APP_VERSION = '1.0.0';"),
        'src/about.htm': page('const APP_VERSION="1.0.0"'),
        'src/help.html': page(
          "const APP_VERSIONS = '9'; let APP_VERSION = '9'; // APP_VERSION = '9'",
        ),
        'src/app.js': "const APP_VERSION = '9.9.9';",
        'src/build.html': page("const APP_VERSION = VERSION + '9';"),
      });
      assert.deepEqual(await check(), []);
    });

    for (const example of [
      "const APP_VERSION = '«0.9.0»';",
      'const APP_VERSION = "«1.0.1»";',
      "const  APP_VERSION='«»'",
      "const\n  APP_VERSION\n  =\n  '«1.0.0 »';",
      "const APP_VERSION = '«a»'; const APP_VERSION = '1.0.0'; const APP_VERSION = '«😀»';",
    ]) {
      it(`is a warning when it differs: ${example}`, async () => {
        const { text, ranges } = marked(page(example));
        await write({ 'src/pages/index.html': `\uFEFF${text}` });
        const file = join(temp.path, 'src', 'pages', 'index.html');
        assert.deepEqual(
          (await check()).map((problem) => [
            problem.severity,
            problem.rule,
            problem.file,
            problem.range,
          ]),
          ranges.map((range) => ['warning', 'version.app-version', file, range]),
        );
      });
    }

    it('is checked only in pages of the author', async () => {
      const other = page("const APP_VERSION = '9.9.9';");
      await write({
        'src/node_modules/x/index.html': other,
        'src/.cache/index.html': other,
        'other/index.html': other,
        'src/big.html': other + ' '.repeat(2 * 1024 * 1024),
        'src/folder.html/readme.txt': other,
      });
      await symlink(join(temp.path, 'other'), join(temp.path, 'src', 'link'));
      await symlink(join(temp.path, 'src'), join(temp.path, 'src', 'round'));
      assert.deepEqual(await check(), []);
      await write({ 'sdk.config.json': '{"appRoot":".","distDir":"./other"}' });
      assert.deepEqual(
        (await check({ icon: './src/icon.svg' })).map(({ file }) => file),
        [],
      );
    });
  });

  describe('version', () => {
    const told = async (version: string, latestVersion?: LatestVersion) => {
      const options = latestVersion === undefined ? {} : { latestVersion };
      const problems = await check({ version }, options);
      return problems.map(({ severity, rule, message }) => `${severity} ${rule}: ${message}`);
    };

    it('passes when it is new', async () => {
      assert.deepEqual(await told('1.0.1', published('1.0.0')), []);
      assert.deepEqual(await told('1.0.0', published('1.0.0-beta.1')), []);
      assert.deepEqual(await told('1.0.0', published(undefined)), [], 'the first one');
    });

    it('suggests the next patch when it is already published', async () => {
      const text = (version: string, hint: string) => [
        `warning version.published: ${version} was already submitted. Devices that have it won't update${hint}`,
      ];
      assert.deepEqual(
        await told('1.0.9', published('1.0.9')),
        text('1.0.9', '. Next version: 1.0.10'),
      );
      assert.deepEqual(
        await told('1.0.0-beta.1', published('1.0.0-beta.1')),
        text('1.0.0-beta.1', '. Next version: 1.0.0'),
      );
      assert.deepEqual(await told('one', published('one')), text('one', ''));
    });

    it('ignores a leading "v" when it is compared with the published one', async () => {
      const text = (version: string, latest: string) => [
        `warning version.published: ${version} was already submitted as ${latest}. Devices that have it won't update. Next version: 1.0.1`,
      ];
      assert.deepEqual(await told('1.0.0', published('v1.0.0')), text('1.0.0', 'v1.0.0'));
      assert.deepEqual(await told('v1.0.0', published('1.0.0')), text('v1.0.0', '1.0.0'));
    });

    it('suggests the patch after the published version when it is lower', async () => {
      for (const [version, latest, next] of [
        ['1.0.9', '1.0.10', '1.0.11'],
        ['1.0.0-beta.2', '1.0.0', '1.0.1'],
        ['1.0.0-beta.2', '1.0.0-beta.11', '1.0.0'],
        ['v1.0.0', '2.0.0', '2.0.1'],
      ] as const) {
        assert.deepEqual(await told(version, published(latest)), [
          `warning version.lower: ${version} is lower than ${latest}, the latest published version. Next version: ${next}`,
        ]);
      }
      assert.deepEqual(await told('one', published('two')), [], 'no semantic versions');
      assert.deepEqual(await told('1.0.0+1', published('1.0.0+2')), [], 'the same precedence');
    });

    it('suggests a version to use instead', async () => {
      const suggested = async (version: string, latest: string) =>
        suggestedVersion(await check({ version }, { latestVersion: published(latest) }));
      assert.equal(await suggested('1.0.0', '1.0.0'), '1.0.1');
      assert.equal(await suggested('1.0.0', '1.2.0'), '1.2.1');
      assert.equal(await suggested('1.2.0', '1.0.0'), undefined);
      assert.equal(await suggested('one', 'one'), undefined);
    });

    it('reports the range in the manifest', async () => {
      const [problem] = await check({}, { latestVersion: published('1.0.0') });
      assert.equal(problem?.file, join(temp.path, 'manifest.json'));
      assert.deepEqual(problem.range, {
        start: { line: 7, character: 13 },
        end: { line: 7, character: 20 },
      });
    });

    it('reports that it could not be compared', async () => {
      const expected = [
        'info version.not-compared: 1.0.0 was not compared with the published version',
      ];
      assert.deepEqual(await told('1.0.0'), expected);
      const busy = () => Promise.reject(new I99dashError('SERVER', 'The server is busy.'));
      assert.deepEqual(await told('1.0.0', busy), expected);
      const silent = () => Promise.reject(new I99dashError('TIMEOUT', 'No answer came.'));
      assert.deepEqual(await told('1.0.0', silent), [
        "info version.not-compared: i99dash can't be reached, so we couldn't check whether 1.0.0 is already published",
      ]);
    });

    it('that cannot be compared without a network: nothing can be published then', async () => {
      const offline = () => Promise.reject(new I99dashError('OFFLINE', 'There is no network.'));
      await rejectsWith('OFFLINE', told('1.0.0', offline));
    });

    it('is compared within the same app only', async () => {
      const asked: string[] = [];
      await check(
        { id: 'other-app' },
        {
          latestVersion: (appId) => {
            asked.push(appId);
            return Promise.resolve(undefined);
          },
        },
      );
      assert.deepEqual(asked, ['other-app']);
    });
  });

  it('require pictures or a build that creates them', async () => {
    await write({ 'src/icon.png': 'not a picture' });
    const wrong = await check({ icon: './icon.png', coverImage: './later.png' });
    assert.deepEqual(
      wrong.map(({ rule, message }) => `${rule}: ${message}`),
      ['asset.format: "./icon.png" is not a picture'],
    );
  });

  it('can be cancelled', async () => {
    const caller = new AbortController();
    const latestVersion = () => {
      caller.abort();
      return Promise.reject(new CancelledError());
    };
    await assert.rejects(check({}, { latestVersion, signal: caller.signal }), CancelledError);
    await assert.rejects(check({}, { signal: AbortSignal.abort() }), CancelledError);
  });

  it('are cancelled when the user dismisses the passphrase prompt', async () => {
    const latestVersion = () => Promise.reject(new CancelledError());
    await assert.rejects(check({}, { latestVersion }), CancelledError);
  });

  it('report all problems at once', async () => {
    await write({ 'src/index.html': page("const APP_VERSION = '2';"), 'src/icon.png': 'x' });
    const requires = { dilink: ['di5.0'], modernWebview: true };
    const problems = await check(
      { icon: './icon.png', requires },
      { latestVersion: published('1.0.0') },
    );
    assert.deepEqual(
      problems.map(({ rule }) => rule),
      [
        'requires.modern-webview-on-di5.0',
        'version.published',
        'asset.format',
        'version.app-version',
      ],
    );
  });
});
