import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BaselineCache } from '../../../../../src/core/publish/checks/baseline/baselineCache';
import { ContentInspector } from '../../../../../src/core/publish/packing/contentInspector';
import {
  inspectContents,
  toProblems,
  type ContentsOptions,
} from '../../../../../src/core/publish/packing/inspectContents';
import { collectFiles, type BundleFile } from '../../../../../src/core/publish/bundle/files';
import type { Manifest } from '../../../../../src/core/publish/project/manifest';
import type { Problem } from '../../../../../src/core/problem';
import type { Project } from '../../../../../src/core/publish/project/project';
import { rejectsWith } from '../../../../support/expect';
import { closeSockets, ODD_FILES } from '../../../../support/odd-files';
import { useBuiltWorker } from '../../../../support/publish-worker';
import { useTempFolder } from '../../../../support/temp-folder';
import { plant, type Tree } from '../../../../support/trees';

const NOWHERE = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
const MANIFEST: Manifest = {
  id: 'trip-log',
  name: { en: 'Trip log' },
  icon: './icon.svg',
  url: 'https://miniapps.i99dash.app/trip-log/',
  version: '1.0.0',
  category: 'vehicle',
  safeWhileDriving: false,
  privileged: false,
};

async function checkBaseline(
  project: Pick<Project, 'manifest'>,
  files: readonly BundleFile[],
  options: ContentsOptions = {},
): Promise<Problem[]> {
  return toProblems(await inspectContents(files, options), project, files);
}

describe('WebView baseline check', () => {
  const built = useBuiltWorker();
  const temp = useTempFolder();
  let root: string;
  let cacheFile: string;

  beforeEach(() => {
    root = join(temp.path, 'app');
    cacheFile = join(temp.path, 'storage', 'baseline.json');
  });

  async function check(
    tree: Tree,
    options: ContentsOptions = {},
    requires?: Manifest['requires'],
  ): Promise<Problem[]> {
    await mkdir(root, { recursive: true });
    await plant(root, Object.entries(tree));
    const { files } = await collectFiles(root, root);
    const manifest = requires === undefined ? MANIFEST : { ...MANIFEST, requires };
    return checkBaseline({ manifest }, files, options);
  }

  const brief = (problems: readonly Problem[]): string[] =>
    problems.map(({ severity, rule, file, range }) => {
      const { line, character } = range?.start ?? assert.fail('no range');
      return `${severity} ${rule} ${file.slice(root.length + 1)}:${line}:${character}`;
    });

  it('reports every script at the correct position', async () => {
    const problems = await check({
      'a.js':
        '\uFEFFstructuredClone(a);\r\n  b.findLast(c);\r\rvar ä = "🚗", d = Object.groupBy(e);',
      'b.mjs': "import a from './a.js';",
      'lib/c.cjs': 'var a = `\n`,\n b = /[a]/v;',
      '.hidden.js': 'structuredClone(a)',
      'lib/.cache/d.js': 'structuredClone(a)',
      '.vite/e.js': 'structuredClone(a)',
      'f.txt': 'structuredClone(a)',
      'g.json': '{}',
    });
    assert.deepEqual(brief(problems), [
      'error baseline.api .hidden.js:0:0',
      'error baseline.api a.js:0:0',
      'error baseline.api a.js:1:4',
      'error baseline.api a.js:3:18',
      'error baseline.module b.mjs:0:0',
      'error baseline.syntax lib/c.cjs:2:5',
    ]);
    assert.deepEqual(problems[2]?.range, {
      start: { line: 1, character: 4 },
      end: { line: 1, character: 12 },
    });
    assert.equal(problems[2].message, 'The WebView of the oldest cars has no .findLast().');
  });

  it('warns about pages', async () => {
    const page = `<!doctype html>
<script src="app.js"></script>
<script>
  let a = structuredClone(b);
</script>
<script type="module" src="m.js"></script>
<script type="module">import './n.js';</script>
<script>var c = /d/v</script>
<script type="application/json">{ "e": 1 }</script>`;
    assert.deepEqual(
      brief(await check({ 'index.html': page, 'sub/p.htm': '<script>a b</script' })),
      [
        'warning baseline.api index.html:3:10',
        'warning baseline.module index.html:5:0',
        'warning baseline.module index.html:6:0',
        'warning baseline.syntax index.html:7:16',
        'warning baseline.syntax sub/p.htm:0:10',
      ],
    );
  });

  it('warns about handlers and style sheets of pages', async () => {
    const page = `<!doctype html>
<style>a:has(b) { c: d }</style>
<button onclick="structuredClone(a)" onfocus='b(&quot;c&quot;); d.findLast(e)'>f</button>
<template><b onclick="structuredClone(a)"></b></template>`;
    assert.deepEqual(brief(await check({ 'index.html': page })), [
      'warning baseline.feature index.html:1:8',
      'warning baseline.api index.html:2:17',
      'warning baseline.api index.html:2:46',
    ]);
  });

  it('warns about features that the backend accepts', async () => {
    const tree = { 'a.js': 'a.toSorted();\nb.findLast(c);', 'b.css': '@layer a { b { c: d } }' };
    assert.deepEqual(brief(await check(tree)), [
      'warning baseline.feature a.js:0:2',
      'error baseline.api a.js:1:2',
      'warning baseline.feature b.css:0:0',
    ]);
    const notes = await check(tree, {}, { schema: 1, modernWebview: true });
    assert.deepEqual(new Set(notes.map(({ severity }) => severity)), new Set(['info']));
  });

  it('lists errors before warnings when there are too many', async () => {
    const problems = await check({ 'a.js': `${'a.toSorted();\n'.repeat(150)}b.findLast(c);` });
    assert.equal(problems.length, 100);
    assert.deepEqual(brief(problems).at(-1), 'error baseline.api a.js:150:2');
    assert.match(problems.at(-1)?.message ?? '', /and 51 more/);
  });

  it('reads scripts in UTF-16 with a byte order mark', async () => {
    const code = Buffer.from('\uFEFFvar ä;\na.findLast(b)', 'utf16le');
    const tree = {
      'a.js': code,
      'b.js': Buffer.from(code).swap16(),
      'c.html': Buffer.from('\uFEFF<script>a.findLast(b)</script>', 'utf16le'),
    };
    assert.deepEqual(brief(await check(tree)), [
      'error baseline.api a.js:1:2',
      'error baseline.api b.js:1:2',
      'warning baseline.api c.html:0:10',
    ]);
  });

  describe('with a polyfill in another script', () => {
    const POLYFILL = 'Array.prototype.findLast ||= function (f) {};';
    const page = (...scripts: string[]): string =>
      scripts.map((src) => `<script ${src}></script>`).join('\n');
    const tree = { 'p.js': POLYFILL, 'sub/a.js': '[1].findLast(b)' };

    it('passes when a page loads the polyfill first', async () => {
      for (const html of [
        page('src="p.js"', 'src="./sub/a.js?1"'),
        page('src=sub/a.js defer', 'src=p.js'),
        `<script>${POLYFILL}</script>${page('src=/sub/a.js')}`,
      ]) {
        assert.deepEqual(brief(await check({ ...tree, 'index.html': html })), [], html);
      }
    });

    it('fails when a page loads the polyfill later or not at all', async () => {
      for (const html of [
        page('src=sub/a.js', 'src=p.js'),
        page('src=sub/a.js', 'src=p.js defer'),
        page('src=sub/a.js'),
      ]) {
        const found = brief(await check({ ...tree, 'index.html': html }));
        assert.deepEqual(found, ['error baseline.api sub/a.js:0:4'], html);
      }
      const two = {
        'index.html': page('src=p.js', 'src=sub/a.js'),
        'b.html': page('src=sub/a.js'),
      };
      assert.equal((await check({ ...tree, ...two })).length, 1);
    });

    it('passes for a script that no page loads', async () => {
      assert.deepEqual(await check(tree), []);
      assert.deepEqual(await check({ ...tree, 'index.html': page('src=p.js', 'src=main.js') }), []);
    });

    it('applies to the inline scripts and handlers of a page', async () => {
      const html = `<b onclick="[1].findLast(a)"></b><script>[1].findLast(b)</script>${page('src=p.js')}<script>[1].findLast(c)</script>`;
      assert.deepEqual(brief(await check({ 'p.js': POLYFILL, 'index.html': html })), [
        'warning baseline.api index.html:0:45',
      ]);
    });

    it('applies to library methods and functions of other scripts', async () => {
      const other = {
        'lib.js': 'function List() {} List.prototype.findLast = function () {}; class Highlight {}',
        'app.js': 'make().findLast(a); new Highlight()',
      };
      assert.deepEqual(
        await check({ ...other, 'index.html': page('src=lib.js', 'src=app.js') }),
        [],
      );
      await rm(join(root, 'lib.js'));
      assert.equal((await check({ 'app.js': other['app.js'] })).length, 2);
    });

    it('is read from the cache', async () => {
      const html = page('src=p.js', 'src=sub/a.js');
      await check({ ...tree, 'index.html': html }, { cacheFile });
      assert.deepEqual(await check({ ...tree, 'index.html': html }, { cacheFile }), []);
    });
  });

  it('reports notes only for an app that does not run on older cars', async () => {
    const tree = { 'a.js': 'structuredClone(a)', 'b.html': '<script type=module></script>' };
    const severities = async (requires?: Partial<NonNullable<Manifest['requires']>>) =>
      new Set(
        (await check(tree, {}, requires && { schema: 1, ...requires })).map(
          ({ severity }) => severity,
        ),
      );
    for (const requires of [
      { modernWebview: true },
      { dilink: ['di5.1'] },
      { dilink: ['di5.1', 'unknown'] },
    ] as const) {
      assert.deepEqual(
        await severities(requires as never),
        new Set(['info']),
        JSON.stringify(requires),
      );
    }
    const strict = new Set(['error', 'warning']);
    for (const requires of [
      undefined,
      {},
      { modernWebview: false },
      { dilink: ['di5.0'] },
      { dilink: ['di5.1', 'di5.0'] },
    ]) {
      assert.deepEqual(await severities(requires as never), strict, JSON.stringify(requires));
    }
  });

  it('limits the findings of one file', async () => {
    const problems = await check({ 'a.js': 'a.findLast(b);\n'.repeat(1_000) });
    assert.equal(problems.length, 100);
    assert.match(problems.at(-1)?.message ?? '', /and 900 more/);
  });

  it('names a file that it could not read', async () => {
    const large = Buffer.alloc(17 * 2 ** 20, 'a;\n');
    assert.deepEqual(brief(await check({ 'large.js': large })), [
      'warning baseline.unchecked large.js:0:0',
    ]);
    const { files } = await collectFiles(root, root);
    await rm(join(root, 'large.js'));
    const error = await rejectsWith(
      'VALIDATION_FAILED',
      checkBaseline({ manifest: MANIFEST }, files),
    );
    assert.equal(error.message, 'large.js cannot be read (ENOENT).');
    assert.equal(error.file, join(root, 'large.js'));
  });

  it('does not blame a file for an internal error', async () => {
    class Faulty extends ContentInspector {
      override add(): boolean {
        throw new TypeError('a fault of ours');
      }
    }
    const openInspector = async () => new Faulty(await BaselineCache.load(undefined));
    await assert.rejects(check({ 'a.js': 'a()' }, { openInspector }), TypeError);
  });

  describe('cache', () => {
    afterEach(closeSockets);
    const tree = {
      'a.js': 'structuredClone(a)',
      'b.js': 'fine()',
      'c.html': '<script>a.findLast(b)</script>',
    };

    /** Marks the cached data to show where a result comes from. */
    async function markCache(): Promise<void> {
      const text = await readFile(cacheFile, 'utf8');
      await writeFile(cacheFile, text.replaceAll('has no', 'remembers no'));
    }

    it('returns the same results from its file', async () => {
      const first = await check(tree, { cacheFile });
      await markCache();
      const again = await check(tree, { cacheFile });
      assert.ok(again.every(({ message }) => message.includes('remembers no')));
      assert.deepEqual(brief(again), brief(first));
      assert.deepEqual(await readdir(join(temp.path, 'storage')), ['baseline.json']);
    });

    it('recognizes content at any path, and only identical content', async () => {
      await check(tree, { cacheFile });
      await markCache();
      await rm(root, { recursive: true });
      const moved = await check(
        { 'z.js': tree['a.js'], 'a.js': `${tree['a.js']} `, 'page.html': tree['a.js'] },
        { cacheFile },
      );
      assert.deepEqual(
        moved.map(({ file, message }) => `${basename(file)}: ${message}`),
        [
          'a.js: The WebView of the oldest cars has no structuredClone().',
          'z.js: The WebView of the oldest cars remembers no structuredClone().',
        ],
      );
    });

    it('applies the current manifest', async () => {
      await check(tree, { cacheFile });
      const modern = await check(tree, { cacheFile }, { schema: 1, modernWebview: true });
      assert.deepEqual(
        modern.map(({ severity }) => severity),
        ['info', 'info'],
      );
    });

    it('is written only when something changed', async () => {
      await check(tree, { cacheFile });
      await rm(cacheFile);
      await mkdir(cacheFile); // makes any write fail
      assert.equal((await check(tree, { cacheFile })).length, 2);
      assert.deepEqual(await readdir(join(temp.path, 'storage')), ['baseline.json']);
    });

    it('is ignored when its file is invalid', async () => {
      const expected = brief(await check(tree, { cacheFile }));
      const good = await readFile(cacheFile, 'utf8');
      const bad = [
        '',
        'null',
        good.slice(0, -20),
        '{"version":1,"entries":[]}',
        good.replace(/"version":"[^"]*"/u, '"version":"0"'),
        good.replace(/"entries":.*/u, '"entries":[]}'),
        good.replaceAll(/"line":\d+/gu, '"line":"1"'),
        good.replaceAll(/"line":\d+/gu, '"line":-1'),
        `${good}${' '.repeat(16 * 1024 * 1024)}`,
        good.replaceAll('"baseline.', '"other.'),
        good.replaceAll(/"range":\{/gu, '"strange":{'),
      ];
      for (const text of bad) {
        assert.notEqual(text, good);
        await writeFile(cacheFile, text.replaceAll('has no', 'remembers no'));
        const problems = await check(tree, { cacheFile });
        assert.deepEqual(brief(problems), expected, text.slice(0, 500));
        assert.ok(
          problems.every(({ message }) => message.includes('has no')),
          text.slice(0, 500),
        );
      }
    });

    for (const [what, make] of Object.entries(ODD_FILES)) {
      it(`is skipped without waiting when ${what} is in its place`, async function () {
        if (process.platform === 'win32') this.skip(); // no pipes and links on Windows
        await mkdir(dirname(cacheFile), { recursive: true });
        await make(cacheFile);
        assert.equal((await check(tree, { cacheFile })).length, 2);
      });
    }

    it('evicts the oldest entries when there are many findings', async () => {
      const rich = await BaselineCache.load(undefined);
      const finding = {
        rule: 'baseline.api' as const,
        message: 'x'.repeat(1_000_000),
        range: NOWHERE,
      };
      const checked = { findings: [finding], brings: [], loads: [] };
      for (let index = 0; index < 40; index++) rich.set(`${index}`, checked);
      await writeFile(join(temp.path, 'rich.json'), rich.serializeIfChanged() ?? '');
      const kept = await BaselineCache.load(join(temp.path, 'rich.json'));
      assert.deepEqual([kept.get('0'), kept.get('39')?.findings.length], [undefined, 1]);
    });

    it('evicts the oldest entries when there are many files', async () => {
      const full = await BaselineCache.load(undefined);
      for (let index = 0; index < 6_000; index++)
        full.set(`${index}`, { findings: [], brings: [], loads: [] });
      assert.deepEqual(full.get('17')?.findings, []);
      await writeFile(join(temp.path, 'full.json'), full.serializeIfChanged() ?? '');
      const kept = await BaselineCache.load(join(temp.path, 'full.json'));
      const known = Array.from({ length: 6_000 }, (_, index) => kept.get(`${index}`) !== undefined);
      assert.equal(known.filter(Boolean).length, 4_000);
      assert.deepEqual([known[17], known[18], known[5_999]], [true, false, true]);
    });
  });

  describe('large code bases', () => {
    const scripts = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `${index}.js`,
        `${'call("padding");\n'.repeat(600)}${index % 2 ? 'a.findLast(b)' : `c${index}()`}`,
      ]),
    );

    it('are checked in a separate process with the same results', async () => {
      const inPlace = await check(scripts);
      assert.equal(built.workers.length, 0);
      assert.equal(inPlace.length, 20);
      const options = { worker: built.script, cacheFile };
      assert.deepEqual(await check(scripts, options), inPlace);
      assert.deepEqual(await check(scripts, options), inPlace, 'remembered');
      assert.deepEqual(
        built.workers.map(({ signalCode }) => signalCode),
        ['SIGKILL', 'SIGKILL'],
      );
    });

    it('are checked in process when they are small', async () => {
      await check({ 'a.js': scripts['1.js'] ?? '' }, { worker: built.script });
      assert.equal(built.workers.length, 0);
    });

    it('block the editor for less than a second', async () => {
      const scriptOf = (size: number): string => `/${'\\p{L}'.repeat(size / 5)}/u;`;
      const options = { worker: built.script };
      const before = process.cpuUsage();
      assert.deepEqual(await check({ 'a.js': scriptOf(20_000) }, options), []);
      assert.equal(built.workers.length, 1);
      assert.deepEqual(await check({ 'a.js': scriptOf(11_900) }, options), []);
      assert.equal(built.workers.length, 1);
      const { user, system } = process.cpuUsage(before);
      assert.ok(user + system < 1_000_000, `${user + system} µs`);
    });

    it('stop at once when they are cancelled and leave nothing behind', async () => {
      const caller = new AbortController();
      built.onWorker = () => caller.abort();
      const options = { worker: built.script, cacheFile, signal: caller.signal };
      await assert.rejects(check(scripts, options), { name: 'CancelledError' });
      assert.deepEqual(
        built.workers.map(({ signalCode }) => signalCode),
        ['SIGKILL'],
      );
      const inPlace = new AbortController();
      let begun = 0;
      class Watched extends ContentInspector {
        override begin(file: BundleFile): void {
          if (++begun === 3) inPlace.abort();
          super.begin(file);
        }
      }
      const openInspector = async () => new Watched(await BaselineCache.load(cacheFile));
      await assert.rejects(check(scripts, { cacheFile, openInspector, signal: inPlace.signal }), {
        name: 'CancelledError',
      });
      assert.equal(begun, 3);
      await assert.rejects(check(scripts, { signal: AbortSignal.abort() }), {
        name: 'CancelledError',
      });
      assert.deepEqual(await readdir(temp.path), ['app']);
    });

    it('tolerate syntax that is too deep to parse', async () => {
      const deep = `a = ${'['.repeat(200_000)}${']'.repeat(200_000)}`;
      const problems = await check(
        { 'deep.js': deep, 'z.js': 'a.findLast(b)' },
        { worker: built.script },
      );
      assert.deepEqual(brief(problems), [
        'warning baseline.unchecked deep.js:0:0',
        'error baseline.api z.js:0:2',
      ]);
      assert.equal(built.workers.length, 1);
    });
  });
});
