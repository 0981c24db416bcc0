import assert from 'node:assert/strict';
import type { Fix } from '../../../../src/core/publish/editing/fix';
import { fixesFor, rewritesAt, safeFixes } from '../../../../src/core/publish/editing/fixes';
import {
  alignAppVersion,
  declareModernWebview,
} from '../../../../src/core/publish/editing/crossFileFixes';
import { addRequiredFix } from '../../../../src/core/publish/editing/requiredFixes';
import { CATEGORIES } from '../../../../src/core/publish/rules/manifestValues';
import { validateConfig } from '../../../../src/core/publish/project/config';
import { validateManifest } from '../../../../src/core/publish/project/validateManifest';
import { atCursor } from '../../../support/cursor';
import { applyTextEdits } from '../../../support/text-edits';

const GOOD = {
  id: 'tyre-pressure',
  name: { en: 'Tyre Pressure' },
  icon: './icon.png',
  url: 'https://miniapps.i99dash.app/tyre-pressure/',
  version: '1.4.2',
  category: 'vehicle',
};

const textOf = (manifest: object): string => `${JSON.stringify(manifest, undefined, 2)}\n`;

/** Returns the fixes for the only problem of a manifest, as found by the rules. */
function fixesOf(text: string, icons: string[] = []): Fix[] {
  const { problems } = validateManifest(text, '/app/manifest.json');
  const [problem, ...others] = problems;
  assert.ok(problem?.range !== undefined && others.length === 0, JSON.stringify(problems));
  return at(problem.rule, text, offsetOf(text, problem.range.start), icons);
}

function at(rule: string, text: string, start: number, icons: string[] = []): Fix[] {
  return fixesFor({ rule, start, end: start + 1 }, text, {
    kind: rule.startsWith('config.') ? 'config' : 'miniApp',
    folderName: 'My Äpp!',
    icons,
  });
}

function offsetOf(text: string, { line, character }: { line: number; character: number }): number {
  const lines = text.split('\n').slice(0, line);
  return lines.reduce((sum, each) => sum + each.length + 1, 0) + character;
}

const done = (text: string, fix: Fix | undefined): string =>
  applyTextEdits(text, fix?.edits ?? assert.fail('no fix'));

function problemsOf(text: string): string[] {
  return validateManifest(text, '/app/manifest.json').problems.map(({ rule }) => rule);
}

describe('quick fixes', () => {
  for (const field of ['id', 'name', 'url', 'version', 'category'] as const) {
    it(`add a missing ${field}`, () => {
      const text = textOf({ ...GOOD, [field]: undefined });
      const fixes = fixesOf(text);
      for (const fix of fixes) {
        assert.deepEqual(problemsOf(done(text, fix)), []);
        const keys = Object.keys(JSON.parse(done(text, fix)) as object);
        assert.deepEqual(keys, Object.keys(GOOD), 'in its place');
      }
      assert.equal(fixes.length, field === 'category' ? CATEGORIES.length : 1);
      assert.equal(fixes[0]?.preferred, field !== 'category');
    });
  }

  it('add a missing URL when the ID ends in half a surrogate pair', () => {
    const text = textOf({ ...GOOD, id: '\uD83D', url: undefined });
    const [fix] = at('manifest.url.required', text, 0);
    assert.match(done(text, fix), /"https:\/\/miniapps\.i99dash\.app\/%EF%BF%BD\/"/u);
  });

  it('derive missing values from existing ones', () => {
    const value = (field: string, manifest: object) =>
      fixesOf(textOf({ ...GOOD, ...manifest, [field]: undefined }))[0]?.value;
    assert.equal(value('id', {}), 'my-app');
    assert.equal(value('name', {}), '{"en":"Tyre Pressure"}');
    assert.equal(value('url', {}), 'https://miniapps.i99dash.app/tyre-pressure/');
  });

  for (const text of ['{}', '{\n}\n', '', ' \n', '{\n\t"id": "trip-log", // mine\n}\n']) {
    it(`add all required fields to ${JSON.stringify(text)} at once`, () => {
      const fix = addRequiredFix(text, { kind: 'miniApp', folderName: 'Trip Log', icons: [] });
      const filled = done(text, fix);
      const isComment = (rule: string): boolean => rule === 'manifest.syntax';
      assert.deepEqual(
        problemsOf(filled).filter((rule) => !isComment(rule)),
        [],
      );
      assert.match(filled, /"id": "trip-log"/u);
      assert.equal(fix?.picture, './icon.svg');
    });
  }

  it('add all required fields with an icon that is there', () => {
    const fix = addRequiredFix('{}', { kind: 'miniApp', folderName: 'x', icons: ['./logo.png'] });
    assert.match(done('{}', fix), /"id": "my-app",[^]*"icon": "\.\/logo\.png"/u);
    assert.equal(fix?.picture, undefined);
  });

  it('are not offered together where one field at most is missing, or no object is there', () => {
    for (const text of [textOf(GOOD), textOf({ ...GOOD, url: undefined }), '[]']) {
      assert.equal(
        addRequiredFix(text, { kind: 'miniApp', folderName: 'x', icons: [] }),
        undefined,
        text,
      );
    }
  });

  it('set a missing icon to one that is there, or make one', () => {
    const text = textOf({ ...GOOD, icon: undefined });
    const [existing, placeholder, ...others] = fixesOf(text, ['./art/icon.png']);
    assert.deepEqual(others, []);
    assert.deepEqual(JSON.parse(done(text, existing)), { ...GOOD, icon: './art/icon.png' });
    assert.equal(existing?.picture, undefined);
    assert.equal(existing?.preferred, true);
    assert.deepEqual(JSON.parse(done(text, placeholder)), { ...GOOD, icon: './icon.svg' });
    assert.equal(placeholder?.picture, './icon.svg');
    assert.deepEqual(
      fixesOf(text).map(({ picture, preferred }) => [picture, preferred]),
      [['./icon.svg', true]],
    );
    assert.equal(fixesOf(text, ['./icon.svg']).length, 1, 'nothing is made that is there');
  });

  it('create an icon that is named but missing', () => {
    const missing = (icon: string, icons: string[] = []): [Fix[], string] => {
      const text = textOf({ ...GOOD, icon });
      return [at('asset.missing', text, text.indexOf('"./'), icons), text];
    };
    const [svg] = missing('./art/logo.svg');
    assert.deepEqual(
      svg.map(({ picture, edits }) => [picture, edits]),
      [['./art/logo.svg', []]],
    );
    const [[png], text] = missing('./icon.png');
    assert.equal(png?.picture, './icon.svg');
    assert.deepEqual(JSON.parse(done(text, png)), { ...GOOD, icon: './icon.svg' });
    const [[made, taken]] = missing('./icon.png', ['./logo.png']);
    assert.deepEqual([made?.kind, made?.preferred], ['placeholderIcon', true]);
    assert.deepEqual([taken?.value, taken?.preferred], ['./logo.png', false]);
    const cover = textOf({ ...GOOD, coverImage: './cover.svg' });
    assert.deepEqual(at('asset.missing', cover, cover.indexOf('"./cover')), []);
  });

  it('remove an unknown field', () => {
    const text = textOf({ ...GOOD, author: { name: 'x', of: [1, 2] }, tags: ['a'] });
    const [fix, ...others] = fixesOf(text);
    assert.deepEqual(others, []);
    assert.equal(fix?.preferred, true);
    assert.equal(done(text, fix), textOf({ ...GOOD, tags: ['a'] }));
  });

  it('rename a misspelled field or remove it', () => {
    const text = textOf({ ...GOOD, catgory: 'media', category: undefined });
    const start = text.indexOf('"catgory"');
    const [rename, remove] = at('manifest.unknown-field', text, start);
    assert.deepEqual(problemsOf(done(text, rename)), []);
    assert.deepEqual([rename?.preferred, remove?.preferred], [true, false]);
    const both = textOf({ ...GOOD, catgory: 'media' });
    assert.deepEqual(
      fixesOf(both).map(({ kind }) => kind),
      ['removeField'],
    );
  });

  for (const [origin, canonical] of [
    ['http://api.example.com', 'https://api.example.com'],
    ['http://api.example.com:80/', 'https://api.example.com'],
    ['api.example.com', 'https://api.example.com'],
    ['https://api.example.com/v1?x#y', 'https://api.example.com'],
    ['https://me:secret@API.example.com:8443', 'https://api.example.com:8443'],
    ['https://*.example.com', undefined],
    ['https://10.0.0.1/x', undefined],
    ['https://intranet/x', undefined],
    ['ftp://api.example.com', undefined],
    ['', undefined],
  ] as const) {
    it(`replace the origin ${JSON.stringify(origin)} with ${canonical ?? 'nothing'}`, () => {
      const text = textOf({ ...GOOD, network: ['https://first.example.com', origin] });
      const fixes = fixesOf(text);
      assert.deepEqual(
        fixes.map(({ value, preferred }) => [value, preferred]),
        canonical === undefined ? [] : [[canonical, true]],
      );
      if (canonical !== undefined) {
        const network = ['https://first.example.com', canonical];
        assert.equal(done(text, fixes[0]), textOf({ ...GOOD, network }));
      }
    });
  }

  for (const [field, value, better] of [
    ['category', 'Vehicel', 'vehicle'],
    ['category', 'info', 'services'],
    ['category', 'nonsense', undefined],
    ['requires', { dilink: ['di5.2'] }, { dilink: ['di5.0'] }],
    ['requires', { vehicleCapabilities: ['ac.gett'] }, { vehicleCapabilities: ['ac.get'] }],
    ['icon', 'icon.png', './icon.png'],
    ['icon', '/icon.png', './icon.png'],
    ['screenshots', ['a.png'], ['./a.png']],
    ['version', 'v1.4', '1.4.0'],
    ['version', '2', '2.0.0'],
    ['version', 'one', undefined],
  ] as const) {
    it(`correct ${field} ${JSON.stringify(value)}`, () => {
      const text = textOf({ ...GOOD, [field]: value });
      const fixes = fixesOf(text);
      assert.equal(fixes.length, better === undefined ? 0 : 1);
      if (better !== undefined) {
        assert.equal(done(text, fixes[0]), textOf({ ...GOOD, [field]: better }));
      }
    });
  }

  it('rename a misspelled field of sdk.config.json and keep unknown ones', () => {
    const fixed = (text: string): string[] =>
      validateConfig(text, '/app/sdk.config.json').problems.flatMap(({ rule, range }) => {
        assert.ok(range);
        const fixes = at(rule, text, offsetOf(text, range.start));
        return fixes.map((fix) => done(text, fix));
      });
    assert.deepEqual(fixed('{ "buildcommand": "x", "unknown": 1 }'), [
      '{ "buildCommand": "x", "unknown": 1 }',
    ]);
    assert.deepEqual(fixed('{ "dev": { "ports": 1 } }'), ['{ "dev": { "port": 1 } }']);
    assert.deepEqual(fixed('{ "distDir": "./a", "distdir": "./b" }'), [], 'it is there already');
  });

  it('set the next version when the current one is published', () => {
    const text = textOf(GOOD);
    const fixes = at('version.published', text, text.indexOf('"1.4.2"'));
    assert.deepEqual(
      fixes.map((fix) => [
        (JSON.parse(done(text, fix)) as { version: string }).version,
        fix.preferred,
      ]),
      [
        ['1.4.3', true],
        ['1.5.0', false],
      ],
    );
    assert.deepEqual(at('version.published', textOf({ ...GOOD, version: 'one' }), 2), []);
    const release = textOf({ ...GOOD, version: '1.0.0-beta.1' });
    assert.equal(at('version.published', release, 2).length, 1, 'patch and minor are the same');
  });

  it('are not offered for a problem that no longer exists', () => {
    for (const text of [textOf(GOOD), '', '[]', '{', 'null', '['.repeat(50_000)]) {
      for (const rule of [
        'manifest.id.required',
        'manifest.unknown-field',
        'manifest.network.path',
      ]) {
        if (text !== '{' || rule !== 'manifest.id.required') {
          assert.deepEqual(
            at(rule, text, Math.min(4, text.length)),
            [],
            `${rule} in ${text.slice(0, 9)}`,
          );
        }
      }
    }
  });

  it('rewrite a version or origin even when it is valid', () => {
    const rewrites = (marked: string) => {
      const { text, offset } = atCursor(marked);
      return rewritesAt(text, offset).map((fix) => [done(text, fix), fix.preferred]);
    };
    assert.deepEqual(rewrites('{"version":"1.|0.0"}'), [
      ['{"version":"1.0.1"}', false],
      ['{"version":"1.1.0"}', false],
    ]);
    assert.deepEqual(rewrites('{"network":["HTTPS://A.b:443/|"]}'), [
      ['{"network":["https://a.b"]}', true],
    ]);
    assert.deepEqual(rewrites('{"network":["https://a.b|"]}'), []);
    assert.deepEqual(rewrites('{"network":["http://a.b|"]}'), [], 'that is a problem with a fix');
    assert.deepEqual(rewrites('{"id":"|x"}'), []);
  });

  for (const [before, after] of [
    [{}, { requires: { modernWebview: true } }],
    [{ requires: { schema: 1 } }, { requires: { schema: 1, modernWebview: true } }],
    [{ requires: { modernWebview: false } }, { requires: { modernWebview: true } }],
    [{ requires: { modernWebview: true } }, undefined],
    [{ requires: 1 }, undefined],
  ] as const) {
    it(`require a modern WebView in ${JSON.stringify(before)}`, () => {
      const text = textOf({ ...GOOD, ...before, permissions: ['a'] });
      const fix = declareModernWebview(text);
      assert.equal(fix === undefined, after === undefined);
      if (after !== undefined) {
        assert.equal(done(text, fix), textOf({ ...GOOD, ...after, permissions: ['a'] }));
      }
    });
  }

  it('change only the version of a page', () => {
    const page = `<script>const APP_VERSION = '0.9';</script>`;
    const start = page.indexOf('0.9');
    const problem = { rule: 'version.app-version', start, end: start + 3 };
    const fix = alignAppVersion(problem, page, textOf(GOOD));
    assert.equal(done(page, fix), page.replace('0.9', '1.4.2'));
    assert.equal(alignAppVersion({ ...problem, start: start + 1 }, page, textOf(GOOD)), undefined);
    for (const version of [undefined, "1'", 7]) {
      assert.equal(alignAppVersion(problem, page, textOf({ ...GOOD, version })), undefined);
    }
  });
});

describe('fixes that need no decision', () => {
  const mended = (text: string): string =>
    applyTextEdits(
      text,
      safeFixes(text).flatMap(({ edits }) => edits),
    );

  it('normalize every origin and change nothing else', () => {
    const before = textOf({
      ...GOOD,
      network: ['HTTPS://Api.Example.com:443/', 'https://b.example.com', ' https://c.example.com '],
    });
    const after = textOf({
      ...GOOD,
      network: ['https://api.example.com', 'https://b.example.com', 'https://c.example.com'],
    });
    assert.equal(mended(before), after);
    assert.deepEqual(safeFixes(after), []);
  });

  it('leave decisions to the user', () => {
    const text = textOf({
      ...GOOD,
      version: 'v1.4',
      tag: ['a'],
      network: ['http://api.example.com', 'https://api.example.com/v1', 'https://*.example.com', 7],
    });
    assert.ok(problemsOf(text).length > 4);
    assert.deepEqual(safeFixes(text), []);
  });

  it('are not offered for an invalid manifest', () => {
    for (const text of [
      '',
      '[',
      '[]',
      '{ "network": "HTTPS://A.example.com" }',
      '{ "network": [',
    ]) {
      assert.deepEqual(safeFixes(text), []);
    }
  });
});
