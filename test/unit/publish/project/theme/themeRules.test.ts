import assert from 'node:assert/strict';
import { MANIFEST_TYPES } from '../../../../../src/core/publish/project/manifestType';
import { checkManifest } from '../../../../../src/core/publish/project/validateManifest';
import { RULES, type RuleId } from '../../../../../src/core/publish/rules/rules';
import { marked } from '../../../../support/marked-text';
import { themeWith } from '../../../../support/theme';

const FILE = '/themes/night/theme.json';
const validate = (text: string) => checkManifest(MANIFEST_TYPES.theme, text, FILE);

/** Replaces one value of a valid theme, at a path such as `spec.colors.accent`. */
function fileOf(path: string, value: string): string {
  const text = JSON.stringify(
    themeWith(
      { description: { en: 'x' }, coverImage: './c.png', screenshots: ['./1.png'], tags: ['a'] },
      {
        schema: 1,
        wallpaper: { home: './h.png', homeDark: './d.webp', cluster: './k.svg' },
        typography: { family: 'Inter', bundled: false },
        shape: { cardRadius: 24, buttonRadius: 14, inputRadius: 14 },
        gauge: { skin: 'classic', ringColor: '#FFFFFF' },
      },
      { warning: '#FFFFFF', neutral: '#FFFFFF' },
    ),
    undefined,
    1,
  );
  const lines = text.split('\n');
  let from = 0;
  for (const [depth, name] of path.split('.').entries()) {
    const start = `${' '.repeat(depth + 1)}"${name}":`;
    from = lines.findIndex((line, index) => index >= from && line.startsWith(start));
    assert.ok(from > 0, path);
  }
  const indent = /^ */u.exec(lines[from]!)![0];
  const isOpen = /[[{]$/u.test(lines[from]!);
  const to = isOpen
    ? lines.findIndex(
        (line, index) => index > from && line.startsWith(indent) && line[indent.length] !== ' ',
      )
    : from;
  const comma = lines[to]!.endsWith(',') ? ',' : '';
  lines.splice(
    from,
    to - from + 1,
    `${lines[from]!.slice(0, lines[from]!.indexOf(':'))}: ${value}${comma}`,
  );
  return lines.join('\n');
}

const NO_TEXT = ['«7»', '«null»', '«[]»'];
const COLORS = ['«"#FFF"»', '«"red"»', '«"#12345G"»', '«"#1234567"»', '«7»', '«null»'];
const PATHS = {
  type: ['«7»', '«null»', '«[]»'],
  length: ['«"./"»', `«"./${'x'.repeat(251)}.png"»`],
  relative: ['«"h.png"»', '«"/h.png"»'],
  parent: ['«"./../h.png"»'],
  extension: ['«"./h.gif"»', '«"./h"»'],
};
const RADIUS = ['«-1»', '«48.5»', '«"24"»', '«null»'];

/** Values that break exactly the given rule, by field. `«»` marks the reported range. */
const BROKEN: Record<string, Partial<Record<string, string[]>>> = {
  id: { 'manifest.id.format': ['«"Night Drive"»'], 'manifest.id.type': NO_TEXT },
  name: {
    'manifest.name.empty': ['«{}»'],
    'manifest.name.locale': ['{ «"english"»: "x" }'],
    'manifest.name.text': ['{ "en": «""» }'],
  },
  description: { 'manifest.description.empty': ['«{}»'] },
  icon: {
    'manifest.icon.extension': ['«"./i.webp"»'],
    'manifest.icon.relative': ['«"i.png"»'],
  },
  coverImage: { 'manifest.coverImage.extension': ['«"./c.gif"»'] },
  screenshots: {
    'manifest.screenshots.count': [`«[${Array(9).fill('"./1.png"').join(', ')}]»`],
    'manifest.screenshots.path': ['[«7»]'],
  },
  version: {
    'manifest.version.empty': ['«""»'],
    'manifest.version.semver': ['«"1"»'],
  },
  category: { 'theme.category.value': ['«"media"»', '«7»', '«"Dark"»'] },
  tags: { 'manifest.tags.format': ['[«"A"»]'] },
  spec: { 'theme.spec.type': ['«7»', '«[]»', '«null»', '«"dark"»'] },
  'spec.schema': { 'theme.spec.schema.value': ['«0»', '«1.5»', '«"1"»', '«null»'] },
  'spec.brightness': { 'theme.spec.brightness.value': ['«"Dark"»', '«7»', '«null»'] },
  'spec.colors': { 'theme.spec.colors.type': ['«[]»', '«7»', '«null»'] },
  ...Object.fromEntries(
    Object.keys((themeWith() as { spec: { colors: object } }).spec.colors)
      .concat('warning', 'neutral')
      .map((name) => [`spec.colors.${name}`, { [`theme.spec.colors.${name}.value`]: COLORS }]),
  ),
  'spec.wallpaper': { 'theme.spec.wallpaper.type': ['«[]»', '«"./h.png"»', '«null»'] },
  ...Object.fromEntries(
    ['home', 'homeDark', 'cluster'].map((name) => [
      `spec.wallpaper.${name}`,
      Object.fromEntries(
        Object.entries(PATHS).map(([rule, values]) => [
          `theme.spec.wallpaper.${name}.${rule}`,
          values,
        ]),
      ),
    ]),
  ),
  'spec.typography': { 'theme.spec.typography.type': ['«[]»', '«"Inter"»'] },
  'spec.typography.family': {
    'theme.spec.typography.family.type': NO_TEXT,
    'theme.spec.typography.family.length': ['«""»', `«"${'x'.repeat(65)}"»`],
  },
  'spec.typography.bundled': { 'theme.spec.typography.bundled.type': ['«"true"»', '«1»'] },
  'spec.shape': { 'theme.spec.shape.type': ['«[]»', '«24»'] },
  ...Object.fromEntries(
    ['cardRadius', 'buttonRadius', 'inputRadius'].map((name) => [
      `spec.shape.${name}`,
      { [`theme.spec.shape.${name}.value`]: RADIUS },
    ]),
  ),
  'spec.gauge': {
    'theme.spec.gauge.type': ['«[]»', '«"classic"»'],
  },
  'spec.gauge.skin': {
    'theme.spec.gauge.skin.type': NO_TEXT,
    'theme.spec.gauge.skin.length': ['«""»', `«"${'x'.repeat(33)}"»`],
  },
  'spec.gauge.ringColor': { 'theme.spec.gauge.ringColor.value': COLORS },
};

describe('theme rules', () => {
  for (const [field, rules] of Object.entries(BROKEN)) {
    for (const [rule, values = []] of Object.entries(rules)) {
      it(`report ${rule} at ${field}`, () => {
        assert.ok(values.length > 0);
        for (const value of values) {
          const { text, ranges } = marked(fileOf(field, value));
          const { problems, manifest } = validate(text);
          assert.deepEqual(
            problems.map((problem) => [problem.rule, problem.file, problem.range]),
            ranges.map((range) => [rule, FILE, range]),
            value,
          );
          assert.equal(manifest === undefined, RULES[rule as RuleId].severity === 'error', value);
        }
      });
    }
  }

  for (const field of ['id', 'name', 'icon', 'version', 'category', 'spec']) {
    it(`require ${field}`, () => {
      const { problems, manifest } = validate(JSON.stringify(themeWith({ [field]: undefined })));
      const start = field === 'spec' ? 'theme' : 'manifest';
      assert.deepEqual(
        problems.map(({ rule }) => rule),
        [`${start}.${field}.required`],
      );
      assert.equal(manifest, undefined);
    });
  }

  it('require each color, at the name of the field that lacks it', () => {
    const text = fileOf('spec.colors', '{ "accent": "#FFFFFF" }');
    const { problems } = validate(text);
    const missing = problems.map(({ rule }) => rule.replace(/^theme\.spec\.colors\./u, ''));
    assert.deepEqual(
      missing,
      [
        ...['background', 'surfaceLow', 'surfaceContainer', 'surfaceHigh', 'outline'],
        ...['outlineVariant', 'onSurface', 'onSurfaceVariant', 'secondary', 'error'],
      ].map((name) => `${name}.required`),
    );
    const line = text.split('\n').findIndex((each) => each.includes('"colors"'));
    assert.deepEqual(problems[0]?.range, {
      start: { line, character: 2 },
      end: { line, character: 10 },
    });
    assert.equal(problems[0].message, '"spec.colors.background" is required');
  });

  it('require the skin of a gauge', () => {
    const { problems } = validate(fileOf('spec.gauge', '{ "ringColor": "#FFFFFF" }'));
    assert.deepEqual(
      problems.map(({ rule }) => rule),
      ['theme.spec.gauge.skin.required'],
    );
  });

  it('drop unknown fields at the top, and refuse them inside spec', () => {
    const top = validate(JSON.stringify(themeWith({ url: 'https://x.example/', $schema: 'x' })));
    assert.deepEqual(
      top.problems.map(({ rule, severity }) => [rule, severity]),
      [['manifest.unknown-field', 'info']],
    );
    assert.ok(
      top.manifest !== undefined && !('url' in top.manifest) && !('$schema' in top.manifest),
    );
    const cases = {
      spec: ['{ «"colour"»: 1, "brightness": "dark", "colors": {} }', 'spec.colour'],
      'spec.wallpaper': ['{ «"lock"»: "./l.png" }', 'spec.wallpaper.lock'],
      'spec.typography': ['{ «"weight"»: 400 }', 'spec.typography.weight'],
      'spec.shape': ['{ «"radius"»: 4 }', 'spec.shape.radius'],
      'spec.gauge': ['{ "skin": "x", «"needle"»: 4 }', 'spec.gauge.needle'],
    };
    for (const [field, [value = '', name]] of Object.entries(cases)) {
      const { text, ranges } = marked(fileOf(field, value));
      const { problems, manifest } = validate(text);
      const unknown = problems.filter(({ rule }) => rule === 'theme.unknown-field');
      assert.deepEqual(
        unknown.map(({ range }) => range),
        ranges,
        field,
      );
      assert.equal(unknown[0]!.severity, 'error');
      assert.ok(unknown[0]!.message.startsWith(`"${name}" is not a field of a theme`));
      assert.equal(manifest, undefined);
    }
  });

  it('suggest the field, the value and the category that were meant', () => {
    const message = (field: string, value: string) =>
      validate(fileOf(field, value)).problems[0]?.message ?? '';
    assert.match(
      message('spec.gauge', '{ "skin": "x", "ringColour": "#FFFFFF" }'),
      /did you mean "ringColor"/u,
    );
    assert.match(message('spec.brightness', '"Dark"'), /did you mean "dark"/u);
    assert.match(message('category', '"minimall"'), /did you mean "minimal"/u);
  });

  it('fill in the defaults of what is there', () => {
    const spec = { typography: {}, shape: {}, gauge: { skin: 'x' } };
    const { manifest } = validate(JSON.stringify(themeWith({}, spec)));
    assert.equal(manifest?.spec.schema, 1);
    assert.deepEqual(manifest.spec.typography, { family: 'Inter', bundled: false });
    assert.deepEqual(manifest.spec.shape, { cardRadius: 24, buttonRadius: 14, inputRadius: 14 });
    const { manifest: bare } = validate(JSON.stringify(themeWith()));
    assert.ok(bare !== undefined && !('shape' in bare.spec) && !('wallpaper' in bare.spec));
  });

  it('leave what is valid when other values are not', () => {
    const { sound } = validate(
      JSON.stringify(
        themeWith({ id: 'X!' }, { wallpaper: { home: '../h.png' } }, { accent: 'red' }),
      ),
    );
    const { id, icon, spec } = sound as Record<string, Record<string, Record<string, unknown>>>;
    assert.deepEqual([id, icon], [undefined, './icon.svg']);
    assert.deepEqual(spec?.['wallpaper'], {});
    assert.equal(spec['colors']!['accent'], undefined);
    assert.equal(spec['colors']!['error'], '#FF6B6B');
  });

  it('name theme.json when it is not JSON', () => {
    const messages = ['', '[]', '{ "id": }'].map((text) => validate(text).problems[0]?.message);
    for (const message of messages) {
      assert.match(message ?? '', /^theme\.json /u);
    }
  });
});
