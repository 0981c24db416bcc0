import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import JSZip from 'jszip';
import { repositoryRoot } from '../host/paths';
import { packagedExtension } from './packaged-extension';

interface Metafile {
  outputs: Record<string, { inputs: Record<string, unknown> }>;
}

/** All files that ship beside the bundle. */
const FILES = [
  '[Content_Types].xml',
  'extension.vsixmanifest',
  'extension/LICENSE.txt',
  'extension/ThirdPartyNotices.txt',
  'extension/changelog.md',
  'extension/dist/l10n/bundle.l10n.ar.json',
  'extension/docs/network.md',
  'extension/docs/remote-windows.md',
  'extension/docs/troubleshooting.md',
  'extension/media/i99dash.svg',
  'extension/media/icon.png',
  'extension/media/preview/theme.css',
  'extension/media/preview/theme.html',
  'extension/media/preview/theme.js',
  'extension/media/walkthrough/key.svg',
  'extension/media/walkthrough/publish.svg',
  'extension/media/walkthrough/register.svg',
  'extension/media/walkthrough/sign-in.svg',
  'extension/package.json',
  'extension/package.nls.ar.json',
  'extension/package.nls.json',
  'extension/readme.md',
];
const MAX_BYTES = 700_000;

describe('the package', function () {
  this.timeout(60_000);
  let path: string;
  let zip: JSZip;
  let metafile: Metafile;

  before(async () => {
    path = await packagedExtension();
    zip = await JSZip.loadAsync(await readFile(path));
    const text = await readFile(join(repositoryRoot, 'out/meta.json'), 'utf8');
    metafile = JSON.parse(text) as Metafile;
  });

  const read = async (name: string): Promise<string> =>
    (await zip.file(`extension/${name}`)?.async('string')) ?? assert.fail(`no ${name}`);

  it('holds the bundle, pictures, texts and documents, and nothing else', () => {
    const bundle = Object.keys(metafile.outputs)
      .filter((output) => output.endsWith('.js'))
      .map((output) => `extension/${output}`);
    const names = Object.values(zip.files)
      .filter(({ dir }) => !dir)
      .map(({ name }) => name);
    assert.deepEqual(names.sort(), [...FILES, ...bundle].sort());
  });

  it('is small', async () => {
    const { size } = await stat(path);
    assert.ok(size <= MAX_BYTES, `${size} bytes`);
  });

  it('has the licence of every package whose code is in it', async () => {
    const notices = await read('ThirdPartyNotices.txt');
    const sections = notices.split(/^-{80}$/mu).map((text) => text.trim());
    const bundled = new Set(
      Object.values(metafile.outputs)
        .flatMap(({ inputs }) => Object.keys(inputs))
        .map((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//u.exec(input)?.[1])
        .filter((name) => name !== undefined),
    );
    assert.ok(bundled.has('undici') && bundled.has('sshpk'));
    for (const name of bundled) {
      const section = sections.find((text) => text.startsWith(`${name} `)) ?? '';
      assert.match(section, /copyright|public domain/iu, name);
      assert.ok(section.length > 400, name);
    }
    assert.equal(sections.length, bundled.size + 1);
  });

  it('has a README without broken links', async () => {
    const readme = await read('readme.md');
    assert.match(readme, /^# i99dash for VS Code\n/u);
    const targets = [...readme.matchAll(/(?:\]\(|src(?:set)?=")([^)"]+)/gu)].map(
      ([, target]) => target ?? '',
    );
    assert.ok(targets.length > 0);
    for (const target of targets) {
      assert.match(target, /^(?:https:|#)/u);
    }
  });
});
