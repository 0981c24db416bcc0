import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../../../src/core/platform/json';
import type { Problem } from '../../../src/core/problem';
import { validateConfig } from '../../../src/core/publish/project/config';
import { complete } from '../../../src/core/publish/editing/complete';
import { looksLikeOurs } from '../../../src/core/publish/editing/document';
import { fixesFor, rewritesAt } from '../../../src/core/publish/editing/fixes';
import { hoverAt } from '../../../src/core/publish/editing/hover';
import { insertProperty, removeProperty } from '../../../src/core/publish/json/jsonEdit';
import { readTree } from '../../../src/core/publish/json/jsonTree';
import { pictureLinks } from '../../../src/core/publish/editing/pictureLinks';
import { versionEdit } from '../../../src/core/publish/editing/valueFixes';
import { JsonText, type JsonPath } from '../../../src/core/publish/json/jsonText';
import { manifestSchema } from '../../../src/core/publish/project/manifest';
import { isRuleId } from '../../../src/core/publish/rules/rules';
import { TextPositions } from '../../../src/core/publish/json/textPositions';
import { validateManifest } from '../../../src/core/publish/project/validateManifest';
import { applyTextEdits } from '../../support/text-edits';
import { json, plain, type Parser, type Seed, type Verdict } from '../parser';
import { MINI_APP } from '../../../src/core/projectKind';

const MINI_APPS = join(__dirname, '../../fixtures/mini-apps');
/** More values in one text add no coverage. */
const SAMPLED_VALUES = 100;

const FULL = {
  id: 'trip-log',
  name: { en: 'Trip log', ar: '\u0633\u062c\u0644' },
  description: { en: 'x' },
  icon: './icon.png',
  coverImage: './cover.webp',
  screenshots: ['./1.png', './2.jpg'],
  url: 'https://miniapps.i99dash.app/trip-log/',
  version: '1.0.0',
  category: 'vehicle',
  tags: ['trips'],
  requires: {
    schema: 1,
    dilink: ['di5.1'],
    vehicleCapabilities: ['ac.get'],
    minBridge: '2',
    own: {},
  },
  permissions: ['location.read'],
  network: ['https://example.com'],
};

const WORDS = [
  ...Object.keys(manifestSchema.shape).map((field) => `"${field}"`),
  ...[
    '"constructor": {',
    '"__proto__": {',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '//',
    '/*',
    '*/',
    '{"a":',
    '[[',
    ' null',
    '"__proto__":',
  ],
  ...['di5.0', '1.0.0-', './a.png', 'https://', '\ufeff', '__proto__', 'a', '"a":1,'],
];

function manifestSeeds(): Seed[] {
  const file = join(MINI_APPS, 'tyre-pressure', 'manifest.json');
  return [json(FULL), plain(readFileSync(file)), plain(JSON.stringify(FULL))];
}

/**
 * Checks that every problem has a known rule and lies within the text, and that there is a result
 * without errors.
 */
function assertTold(problems: readonly Problem[], text: string): void {
  const lines = text.replace(/^\uFEFF/u, '').split(/\r\n|\r|\n/u);
  for (const { rule, range } of problems) {
    assert.ok(isRuleId(rule), rule);
    const { start, end } = range ?? assert.fail(rule);
    for (const { line, character } of [start, end]) {
      assert.ok(character >= 0 && character <= (lines[line]?.length ?? -1), rule);
    }
  }
}

/** Checks that the text at the position of a value parses to that value with JSON.parse. */
function assertPlaces(text: string): void {
  const whole = parseJson(text.replace(/^\uFEFF/u, ''));
  const source = new JsonText(text);
  if (source.parsed === undefined) {
    assert.ok(source.syntaxErrors.length > 0, 'refused without a reason');
    return;
  }
  assert.deepEqual(source.parsed, whole);
  for (const { path, value } of valuesOf(whole?.value, []).slice(0, SAMPLED_VALUES)) {
    assert.deepEqual(JSON.parse(source.textAt(path) ?? ''), value);
    const found = source.valueAt(source.rangeOf(path));
    assert.deepEqual(found?.path.map(String), path.map(String));
  }
}

function valuesOf(value: unknown, path: JsonPath): { path: JsonPath; value: unknown }[] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const isList = Array.isArray(value);
  return [
    { path, value },
    ...inner.flatMap(([key, held]) => valuesOf(held, [...path, isList ? Number(key) : key])),
  ];
}

export const manifest: Parser = {
  name: 'manifest.json',
  seeds: manifestSeeds,
  words: WORDS,
  check: (input) => {
    const text = input.toString();
    const { manifest: accepted, problems } = validateManifest(text, '/manifest.json');
    assertTold(problems, text);
    const isWrong = problems.some(({ severity }) => severity === 'error');
    assert.equal(accepted === undefined, isWrong, 'a manifest, or an error');
    assertPlaces(text);
    if (accepted === undefined) return 'refused';
    const again = validateManifest(JSON.stringify(accepted), '/manifest.json');
    assert.deepEqual(again.manifest, accepted, 'what is submitted is no manifest');
    return 'accepted';
  },
};

export const config: Parser = {
  name: 'sdk.config.json',
  seeds: () => [
    json({
      appRoot: './src',
      distDir: './dist',
      buildCommand: 'make',
      dev: { port: 1, host: 'h' },
    }),
    json({}),
  ],
  words: [...WORDS, '"appRoot"', '"distDir"', '"buildCommand"', '"dev"', '"port"', '"host"'],
  check: (input) => {
    const text = input.toString();
    const { config: accepted, problems } = validateConfig(text, '/sdk.config.json');
    assertTold(problems, text);
    const isWrong = problems.some(({ severity }) => severity === 'error');
    assert.equal(accepted === undefined, isWrong, 'a configuration, or an error');
    return accepted === undefined ? 'refused' : 'accepted';
  },
};

/** Checks the edits of a text that is an object. */
function assertEdits(text: string): Verdict {
  const value = parseJson(text)?.value;
  const tree = readTree(text);
  if (tree?.type !== 'object' || typeof value !== 'object' || value === null) return 'refused';
  const names = Object.keys(value);
  const isOnce = tree.children?.length === names.length;
  const change = versionEdit(text, '2.0.0');
  const changed = JSON.parse(applyTextEdits(text, change === undefined ? [] : [change])) as object;
  assert.deepEqual({ ...changed, version: undefined }, { ...value, version: undefined });
  const edit = insertProperty(text, tree, [], 'fuzzed', { en: ['x'] }, ['id', 'fuzzed', 'url']);
  if (edit !== undefined) {
    const after: unknown = JSON.parse(applyTextEdits(text, [edit]));
    assert.deepEqual(after, { ...value, fuzzed: { en: ['x'] } });
  }
  const [name] = names;
  const removal = name === undefined || !isOnce ? undefined : removeProperty(tree, [name]);
  if (name !== undefined && removal !== undefined) {
    const after = JSON.parse(applyTextEdits(text, [removal])) as object;
    assert.deepEqual(Object.keys(after), names.slice(1));
  }
  return 'accepted';
}

/**
 * Checks the language features at the cursor. The first input byte selects the position; the rest
 * is the text.
 */
export const editing: Parser = {
  name: 'editing of manifest.json',
  seeds: () =>
    manifestSeeds().map(({ bytes, ...seed }) => ({
      ...seed,
      bytes,
      wrap: (text: Buffer) => Buffer.concat([Buffer.of(text.length % 256), text]),
    })),
  words: WORDS,
  check: async (input) => {
    const text = input.subarray(1).toString();
    const offset = Math.floor(((input[0] ?? 0) / 255) * text.length);
    const completion = await complete('miniApp', text, offset, () => Promise.resolve([]));
    const { start, end } = completion ?? { start: 0, end: 0 };
    assert.ok(start <= end && end <= text.length);
    hoverAt('miniApp', text, offset);
    pictureLinks('miniApp', text);
    looksLikeOurs(MINI_APP, text);
    const positions = new TextPositions(text);
    const { problems } = validateManifest(text, '/manifest.json');
    for (const { rule, range } of problems.slice(0, 20)) {
      const at = positions.offset(range?.start ?? assert.fail(rule));
      const told = { rule, start: at, end: at };
      for (const { edits } of fixesFor(told, text, {
        kind: 'miniApp',
        folderName: 'app',
        icons: [],
      })) {
        applyTextEdits(text, edits);
      }
    }
    rewritesAt(text, offset);
    return assertEdits(text);
  },
  maxBytes: 30_000,
};
