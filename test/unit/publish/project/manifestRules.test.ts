import assert from 'node:assert/strict';
import { RULES, type RuleId } from '../../../../src/core/publish/rules/rules';
import { validateManifest } from '../../../../src/core/publish/project/validateManifest';
import { marked } from '../../../support/marked-text';

const FILE = '/apps/trip-log/manifest.json';

/** A manifest that satisfies every rule, as JSON text by field. */
const FIELDS: Record<string, string> = {
  id: '"trip-log"',
  name: '{ "en": "Trip log", "ar": "سجل" }',
  icon: '"./icon.png"',
  url: '"https://miniapps.i99dash.app/trip-log/"',
  version: '"1.0.0"',
  category: '"vehicle"',
};

const entries = (count: number, entry: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => JSON.stringify(entry(index))).join(', ');

const LOCALIZED = (field: string) => ({
  type: [`"${field}": «"Trip log"»`, `"${field}": «[]»`, `"${field}": «null»`, `"${field}": «7»`],
  empty: [`"${field}": «{}»`],
  locale: [
    `"${field}": { «"english"»: "Trip log" }`,
    `"${field}": { "en": "x", «"EN"»: "y" }`,
    `"${field}": { "en": "x", «""»: "y" }`,
  ],
  text: [`"${field}": { "en": «""» }`, `"${field}": { "en": "x", "ar": «7» }`],
});

const PATHS = (field: string, before: string, after: string) => ({
  length: [`"${field}": ${before}«"./"»${after}`, `"${field}": ${before}«""»${after}`],
  relative: [
    `"${field}": ${before}«"icon.png"»${after}`,
    `"${field}": ${before}«"/i.png"»${after}`,
  ],
  parent: [
    `"${field}": ${before}«"./../icon.png"»${after}`,
    `"${field}": ${before}«"./a/../i.png"»${after}`,
  ],
  extension: [
    `"${field}": ${before}«"./icon"»${after}`,
    `"${field}": ${before}«"./i.gif"»${after}`,
  ],
});

const TYPES = (field: string, ...wrong: string[]) => wrong.map((value) => `"${field}": «${value}»`);

const text = LOCALIZED('name');
const description = LOCALIZED('description');
const icon = PATHS('icon', '', '');
const cover = PATHS('coverImage', '', '');
const screenshots = PATHS('screenshots', '["./1.png", ', ']');
const within = (field: string) => `"requires": { "x": 1, ${field} }`;

/**
 * Manifests that break exactly the given rule. `«»` marks the reported range. A text with a colon
 * replaces a field, `-field` removes one, and any other text is the whole file.
 */
const BROKEN: Record<
  Exclude<Extract<RuleId, `manifest.${string}`>, 'manifest.unreadable'>,
  string[]
> = {
  'manifest.syntax': [
    '«»',
    '« \n»',
    '{«»',
    '«trip-log»',
    '{ "id": "x"«»',
    '{ "id": "x", «}»',
    '{\n  «// comment»\n}',
    '{ «/* comment */» }',
    '{\n  "id" «"x"»\n}',
    '{\n  "id": "x"\n  «"name"»: {}\n}',
    '{ "id": «"x »\n}',
    '{ "id": «"\\x"» }',
    '{ "id": «"\t"» }',
    '{ "id": «\'x\'» }',
    '{ "safeWhileDriving": «True» }',
    '{} «{»}',
    '{ "a": «tru», "b": 1 «"c"»: 2, «}»',
    `${'['.repeat(100)}«[»${']'.repeat(101)}`,
    `${'{"a":['.repeat(50)}«{»`,
  ],
  'manifest.object': ['«[]»', '«null»', '\n«"manifest"»\n', '«7»', '«[{"id":\n"x"}]»'],
  'manifest.duplicate-key': [
    '"tags": [], «"tags"»: []',
    '"requires": { "dilink": ["di5.0"],\n «"dilink"»: ["di5.1"] }',
    '"requires": { "lidar": [{ "a": 1, «"a"»: 1 }] }',
    '"requires": {}, «"\\u0072equires"»: {}',
  ],
  'manifest.unknown-field': ['«"author"»: "x"', '«"tag"»: []', '«"Icon"»: ""', '«""»: 1'],
  'manifest.number': ['12345678901234567890', '1e400', '-1E+309', '1e-400', '0.1234567890123456789']
    .map((value) => within(`"lidar": { "range": [1, «${value}»] }`))
    .concat(within('"range": «9007199254740993»')),
  'manifest.proto': [
    within('«"__proto__"»: { "schema": 2 }'),
    within('"lidar": [{ «"__proto__"»: 1 }]'),
    '"name": { "en": "x", «"__proto__"»: "y" }',
    '"description": { "en": "x", «"\\u005f_proto__"»: "y" }',
  ],
  'manifest.id.required': ['-id'],
  'manifest.id.type': TYPES('id', '7', 'null', '["x"]', '{\n  "x": 1\n}'),
  'manifest.id.format': TYPES('id', '""', '"a"', '"Trip"', '"-ab"', '"a.b"', '"سجل"'),
  'manifest.name.required': ['-name'],
  'manifest.name.type': text.type,
  'manifest.name.empty': text.empty,
  'manifest.name.locale': text.locale,
  'manifest.name.text': text.text,
  'manifest.description.type': description.type,
  'manifest.description.empty': description.empty,
  'manifest.description.locale': description.locale,
  'manifest.description.text': description.text,
  'manifest.icon.required': ['-icon'],
  'manifest.icon.type': TYPES('icon', '7', 'null', '{}'),
  'manifest.icon.length': icon.length,
  'manifest.icon.relative': icon.relative,
  'manifest.icon.parent': icon.parent,
  'manifest.icon.extension': [...icon.extension, '"icon": «"./icon.webp"»'],
  'manifest.coverImage.type': TYPES('coverImage', '7', 'null', '[]'),
  'manifest.coverImage.length': cover.length,
  'manifest.coverImage.relative': cover.relative,
  'manifest.coverImage.parent': cover.parent,
  'manifest.coverImage.extension': cover.extension,
  'manifest.screenshots.type': TYPES('screenshots', '"./1.png"', '{}', 'null'),
  'manifest.screenshots.count': [`"screenshots": «[${entries(9, (index) => `./${index}.png`)}]»`],
  'manifest.screenshots.path': ['"screenshots": ["./1.png",\n«7»]', '"screenshots": [«null»]'],
  'manifest.screenshots.length': screenshots.length,
  'manifest.screenshots.relative': screenshots.relative,
  'manifest.screenshots.parent': screenshots.parent,
  'manifest.screenshots.extension': screenshots.extension,
  'manifest.url.required': ['-url'],
  'manifest.url.type': TYPES('url', '7', 'null'),
  'manifest.url.https': TYPES(
    'url',
    ...['""', '"x"', '"http://x.com"', '"https://"', '"https:x.com"', '"https:/x.com"'],
    ...['" https://x.com"', '"https://x.com "', '"https:\\\\x.com"', '"\\thttps://x.com"'],
    ...['"https://x\\n.com"', '"https://x.com/\\r\\n"', '"https://x.com\\\\y"', '"https:///x.com"'],
    ...['"HTTPS://x.com"', '"https://x.com/\\u0000"'],
  ),
  'manifest.version.required': ['-version'],
  'manifest.version.type': TYPES('version', '1', 'null'),
  'manifest.version.empty': TYPES('version', '""'),
  'manifest.version.semver': TYPES('version', '"1"', '"1.0"', '"v1.0.0"', '"01.0.0"', '"1.0.0-"'),
  'manifest.minHostVersion.type': TYPES('minHostVersion', '1', 'null'),
  'manifest.category.required': ['-category'],
  'manifest.category.value': TYPES('category', '"games"', '""', '7', 'null', '["vehicle"]'),
  'manifest.tags.type': TYPES('tags', '"a"', '{}', 'null'),
  'manifest.tags.count': [`"tags": «[${entries(9, (index) => `t${index}`)}]»`],
  'manifest.tags.format': ['"tags": ["a", «"A"»]', '"tags": [«""»]', '"tags": [«7»]'],
  'manifest.safeWhileDriving.type': TYPES('safeWhileDriving', '"true"', '0', 'null'),
  'manifest.requires.type': TYPES('requires', '"di5.0"', '[]', 'null'),
  'manifest.requires.schema.value': ['0', '1.5', '"1"', 'null', '1e400'].map((value) =>
    within(`"schema": «${value}»`),
  ),
  'manifest.requires.dilink.type': [within('"dilink": «"di5.0"»'), within('"dilink": «null»')],
  'manifest.requires.dilink.empty': [within('"dilink": «[]»')],
  'manifest.requires.dilink.value': [
    within('"dilink": ["di5.1", «"di6"»]'),
    within('"dilink": [«5»]'),
  ],
  'manifest.requires.vehicleCapabilities.type': [within('"vehicleCapabilities": «"ac.get"»')],
  'manifest.requires.vehicleCapabilities.empty': [within('"vehicleCapabilities": «[]»')],
  'manifest.requires.vehicleCapabilities.value': [
    within('"vehicleCapabilities": ["ac.get", «"ac.put"»]'),
  ],
  'manifest.requires.modernWebview.type': [within('"modernWebview": «"yes"»')],
  'manifest.requires.minBridge.type': [within('"minBridge": «1»')],
  'manifest.requires.minBridge.length': [
    within('"minBridge": «""»'),
    within(`"minBridge": «"${'1'.repeat(33)}"»`),
  ],
  'manifest.permissions.type': TYPES('permissions', '"a"', 'null'),
  'manifest.permissions.count': [`"permissions": «[${entries(33, (index) => `p${index}`)}]»`],
  'manifest.permissions.length': ['"permissions": [«""»]', '"permissions": ["a", «7»]'],
  'manifest.network.type': TYPES('network', '"https://example.com"', 'null'),
  'manifest.network.count': [
    `"network": «[${entries(11, (index) => `https://h${index}.example.com`)}]»`,
  ],
  'manifest.network.scheme': ['"network": [«"http://example.com"»]', '"network": [«7»]'],
  'manifest.network.path': ['"network": ["https://a.com", «"https://example.com/a"»]'],
  'manifest.network.credentials': ['"network": [«"https://me@example.com"»]'],
  'manifest.network.wildcard': ['"network": [«"https://*.example.com"»]'],
  'manifest.network.ip': ['"network": [«"https://10.0.0.1"»]'],
  'manifest.network.length': [`"network": [«"https://${'a.'.repeat(122)}aa"»]`],
  'manifest.network.host': ['"network": [«"https://-example.com"»]'],
  'manifest.network.domain': ['"network": [«"https://intranet"»]'],
  'manifest.network.port': ['"network": [«"https://example.com:0"»]'],
  'manifest.privileged.type': TYPES('privileged', '"true"', '1', 'null'),
  'manifest.requiredEntitlement.type': TYPES('requiredEntitlement', '7', 'null'),
  'manifest.requiredEntitlement.length': TYPES('requiredEntitlement', '""', `"${'x'.repeat(65)}"`),
};

/** Returns the whole file of a case. */
function fileOf(example: string): string {
  const [, left] = /^-(\w+)$/u.exec(example) ?? [];
  const [, field] = /^«?"(.*?)"»?:/su.exec(example) ?? [];
  if (left === undefined && field === undefined) {
    return example;
  }
  const lines = Object.entries(FIELDS)
    .filter(([name]) => name !== left && name !== field)
    .map(([name, value]) => `  "${name}": ${value}`);
  const brace = left === undefined ? '{' : '«{»';
  return `${brace}\n${[...lines, ...(left === undefined ? [`  ${example}`] : [])].join(',\n')}\n}\n`;
}

describe('manifest rules', () => {
  for (const [rule, examples] of Object.entries(BROKEN) as [RuleId, string[]][]) {
    it(`report ${rule}: ${RULES[rule].text}`, () => {
      assert.ok(examples.length > 0);
      for (const example of examples) {
        const { text, ranges } = marked(fileOf(example));
        const { problems, manifest } = validateManifest(text, FILE);
        assert.deepEqual(
          problems.map((problem) => [problem.rule, problem.file, problem.range]),
          ranges.map((range) => [rule, FILE, range]),
          example,
        );
        assert.equal(manifest === undefined, RULES[rule].severity === 'error', example);
      }
    });
  }

  it('count lines and UTF-16 characters as an editor does', () => {
    const lines = ['\uFEFF{ "tags": [', '"😀",', '"سجل", "B"', '] }'];
    for (const end of ['\n', '\r\n', '\r']) {
      const { problems } = validateManifest(lines.join(end), FILE);
      assert.deepEqual(
        problems
          .filter(({ rule }) => rule === 'manifest.tags.format')
          .map(({ range }) => [
            range?.start.line,
            range?.start.character,
            range?.end.line,
            range?.end.character,
          ]),
        [
          [1, 0, 1, 4],
          [2, 0, 2, 5],
          [2, 7, 2, 10],
        ],
      );
      const missing = problems.find(({ rule }) => rule === 'manifest.id.required');
      assert.deepEqual(missing?.range?.start, { line: 0, character: 0 }, 'after the mark');
    }
  });
});
