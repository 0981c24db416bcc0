import assert from 'node:assert/strict';
import { join, relative } from 'node:path';
import { JsonText } from '../../../../src/core/publish/json/jsonText';
import { ManifestLocations } from '../../../../src/core/publish/project/manifestLocations';
import { checkPages, type PagesOptions } from '../../../../src/core/publish/checks/pages';
import { collectFiles } from '../../../../src/core/publish/bundle/files';
import { MANIFEST, writeFiles } from '../../../support/project';
import { useTempFolder } from '../../../support/temp-folder';

/** The letter é as one character, and as a letter with a combining accent. */
const COMPOSED = 'caf\u00e9.png';
const DECOMPOSED = 'cafe\u0301.png';

describe('pages of a bundle', () => {
  const temp = useTempFolder();

  async function check(
    files: Record<string, string>,
    options: PagesOptions = {},
    url = MANIFEST.url,
  ): Promise<string[]> {
    const root = join(temp.path, 'src');
    const text = JSON.stringify({ ...MANIFEST, url });
    await writeFiles(temp.path, { 'manifest.json': text });
    await writeFiles(root, files);
    const draft = {
      ...{ folder: temp.path, appRoot: root, distDir: join(temp.path, 'dist') },
      manifest: { url },
    };
    const places = new ManifestLocations(join(temp.path, 'manifest.json'), new JsonText(text));
    const { files: collected } = await collectFiles(root, temp.path);
    const problems = await checkPages(draft, root, collected, places, options);
    return problems.map(({ severity, rule, message, file, range }) => {
      const { line, character } = range?.start ?? assert.fail('no place');
      return `${severity} ${rule} ${relative(temp.path, file)}:${line}:${character}: ${message}`;
    });
  }

  const atUrl = JSON.stringify(MANIFEST).indexOf('"https:');

  it('have no problem when every loaded file exists', async () => {
    const page = `<base href="./"><link rel=stylesheet href="css/style.css?v=2#x">
<script src="./js/app.js"></script><img src="pictures/a%20b.png"><img src="${COMPOSED}">`;
    const files = {
      ...{ 'index.html': page, 'css/style.css': '', 'js/app.js': '', 'pictures/a b.png': '' },
      ...{ [COMPOSED]: '', 'sub/other.html': '<img src="../js/app.js"><img src=/js/app.js>' },
    };
    assert.deepEqual(await check(files), []);
  });

  it('are an error when there is none at the root', async () => {
    const expected = `error page.missing manifest.json:0:${atUrl}: src has no page, such as index.html: the app cannot start`;
    assert.deepEqual(await check({ 'app.js': '', 'sub/index.html': '' }), [expected]);
  });

  it('are a warning when none is index.html', async () => {
    const expected = `warning page.index manifest.json:0:${atUrl}: src has no index.html, which the car opens`;
    assert.deepEqual(await check({ 'main.html': '', 'start.HTM': '' }), [expected]);
  });

  it('are a warning when index.html differs in case', async () => {
    const expected = `warning page.index manifest.json:0:${atUrl}: src has Index.html instead of index.html; upper and lower case must match`;
    assert.deepEqual(await check({ 'Index.html': '' }), [expected]);
    assert.deepEqual(await check({}, { mayGrow: true }), [expected]);
  });

  it('are not reported when the bundle is empty', async () => {
    assert.deepEqual(await check({ 'manifest.json': '{}' }), []);
  });

  it('are a warning for each local file that is missing from the bundle', async () => {
    const page = `<script src="app.js"></script>
  <link rel="stylesheet" href="./style.css">
<img src="pictures/none.png"><script src="node_modules/lit/index.js"></script>`;
    const files = { 'index.html': page, 'sub/two.html': '<img src="app.js">', 'sub/app.JS': '' };
    assert.deepEqual(await check({ ...files, 'node_modules/lit/index.js': '' }), [
      'warning page.reference src/index.html:0:13: "app.js" is not in the bundle',
      'warning page.reference src/index.html:1:31: "./style.css" is not in the bundle',
      'warning page.reference src/index.html:2:10: "pictures/none.png" is not in the bundle',
      'warning page.reference src/index.html:2:42: "node_modules/lit/index.js" is not in the bundle',
      'warning page.reference src/sub/two.html:0:10: "app.js" is sub/app.JS in the bundle; upper and lower case must match',
    ]);
  });

  it('are a warning for each name that differs in case or Unicode form', async () => {
    const page = `<script src="App.js"></script><img src="${DECOMPOSED}"><img src="Pictures/a.png">`;
    const files = { 'index.html': page, 'app.js': '', [COMPOSED]: '', 'pictures/a.png': '' };
    const similar = [
      'warning page.reference src/index.html:0:13: "App.js" is app.js in the bundle; upper and lower case must match',
      `warning page.reference src/index.html:0:40: "${DECOMPOSED}" is in the bundle in another Unicode form of its name`,
      'warning page.reference src/index.html:0:61: "Pictures/a.png" is pictures/a.png in the bundle; upper and lower case must match',
    ];
    assert.deepEqual(await check(files), similar);
    assert.deepEqual(await check(files, { mayGrow: true }), similar);
  });

  it('are not reported for files that a build may still create', async () => {
    const files = { 'main.html': '<script src="bundle.js"></script>' };
    assert.deepEqual(await check(files, { mayGrow: true }), []);
  });

  it('are not reported for files loaded from other hosts', async () => {
    const urls = [
      ...['https://cdn.example/x.js', '//cdn.example/x.js', 'data:,x', 'blob:x', 'about:blank', ''],
      ...[
        '{{ picture }}',
        '${picture}',
        '<%= picture %>',
        '#x',
        '?x',
        'sub/',
        'http://',
        '%E0%A4%A',
      ],
    ];
    const pictures = urls.map((url) => `<img src="${url}">`).join('');
    const remote = '<base href="https://cdn.example/"><script src="x.js"></script>';
    assert.deepEqual(await check({ 'index.html': pictures, 'b.html': remote }), []);
  });

  it('may refer to files by the path where the app is hosted', async () => {
    const page = '<script src="/apps/trip-log/app.js"></script><script src="/app.js"></script>';
    const files = { 'index.html': page, 'app.js': '' };
    assert.deepEqual(await check(files, {}, 'https://example.com/apps/trip-log/'), []);
    assert.equal((await check(files, {}, 'https://example.com/apps/other/')).length, 1);
  });

  it('are not read in hidden folders or beyond the size limit', async () => {
    const page = '<img src="none.png">';
    const files = {
      ...{ 'index.html': '', '.well-known/x.html': page },
      ...{ 'large.html': page + ' '.repeat(512 * 1024), 'a.html': page },
    };
    assert.equal((await check(files)).length, 1);
  });
});
