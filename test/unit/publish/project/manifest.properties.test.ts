import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalOrigin } from '../../../../src/core/publish/project/origin';
import { validateConfig } from '../../../../src/core/publish/project/config';
import { manifestSchema } from '../../../../src/core/publish/project/manifest';
import { isRuleId } from '../../../../src/core/publish/rules/rules';
import { validateManifest } from '../../../../src/core/publish/project/validateManifest';
import type { Problem } from '../../../../src/core/problem';
import { cpuSince } from '../../../support/cpu-time';

const VALID = {
  id: 'trip-log',
  name: { en: 'Trip log', ar: 'سجل' },
  description: { en: 'x' },
  icon: './icon.png',
  coverImage: './cover.webp',
  screenshots: ['./1.png', './2.jpg'],
  url: 'https://miniapps.i99dash.app/trip-log/',
  version: '1.0.0',
  category: 'vehicle',
  tags: ['trips'],
  requires: { schema: 1, dilink: ['di5.1'], vehicleCapabilities: ['ac.get'], minBridge: '2' },
  permissions: ['location.read'],
  network: ['https://example.com'],
};

/**
 * The CPU time limit of one validation, in milliseconds: far above the usual time and far below a
 * noticeable delay.
 */
const PATIENCE_MS = 4_000;

function assertSound(text: string): void {
  const before = process.cpuUsage();
  const { problems, manifest } = validateManifest(text, '/manifest.json');
  const { problems: ofConfig } = validateConfig(text, '/sdk.config.json');
  assert.ok(cpuSince(before) < PATIENCE_MS);
  const lines = text.replace(/^\uFEFF/u, '').split(/\r\n|\r|\n/u);
  for (const problem of [...problems, ...ofConfig]) {
    assertInside(problem, lines);
  }
  const wrong = problems.some(({ severity }) => severity === 'error');
  assert.equal(manifest === undefined, wrong, 'a manifest, or an error');
}

function assertInside({ rule, message, range }: Problem, lines: string[]): void {
  assert.ok(isRuleId(rule), rule);
  assert.ok(range, rule);
  const { start, end } = range;
  for (const { line, character } of [start, end]) {
    assert.ok(character >= 0 && character <= (lines[line] ?? assert.fail(message)).length, message);
  }
  assert.ok(start.line < end.line || (start.line === end.line && start.character <= end.character));
}

/** JSON text as people and programs leave it: tokens in any order. */
const jsonish = fc
  .array(
    fc.oneof(
      fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '//', '/*', '*/', '\n', '\r', ' '),
      fc.constantFrom(...Object.keys(manifestSchema.shape).map((name) => `"${name}"`)),
      fc.constantFrom('null', 'true', '-', '1e', '"di5.0"', '"./a.png"', '\uFEFF', '\u2028', '"😀'),
      fc.json({ maxDepth: 1 }),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

/** A valid manifest in which one value at any depth is replaced, removed or duplicated. */
const mutated = fc
  .tuple(fc.nat(), fc.jsonValue({ maxDepth: 3 }), fc.constantFrom('replace', 'remove', 'double'))
  .map(([index, value, how]) => {
    const seen = { count: 0 };
    const mark = '"\u0000"';
    const text = JSON.stringify(
      VALID,
      (key, held: unknown) => {
        const isIt = key !== '' && seen.count++ === index % 30;
        if (!isIt) return held;
        return how === 'remove' ? undefined : '\u0000';
      },
      2,
    );
    const json = JSON.stringify(value);
    return text.replace(JSON.stringify('\u0000'), how === 'double' ? `${json},\n${mark}: 1` : json);
  });

describe('manifest validation of arbitrary input', () => {
  it('returns positions within the text for any JSON value', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 6 }), assertSound), { numRuns: 500 });
  });

  it('returns positions within the text for any values in known fields', () => {
    const fields = Object.keys(manifestSchema.shape);
    const some = fc.dictionary(fc.constantFrom(...fields), fc.jsonValue());
    const text = some.map((value) => JSON.stringify(value, null, 1));
    fc.assert(fc.property(text, assertSound), { numRuns: 500 });
  });

  it('returns positions within the text for text that resembles JSON', () => {
    fc.assert(fc.property(jsonish, assertSound), { numRuns: 1_000 });
  });

  it('returns positions within the text for any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), assertSound));
  });

  it('returns positions within the text for a valid manifest with one change', () => {
    fc.assert(fc.property(mutated, assertSound), { numRuns: 1_000 });
  });

  it('returns positions within the text for a truncated valid manifest', () => {
    const text = JSON.stringify(VALID, null, 2);
    for (let length = 0; length < text.length; length++) {
      assertSound(text.slice(0, length));
      assertSound(text.slice(length));
    }
  });

  it('does not hang on large, deep or repetitive input', () => {
    const many = (count: number, item: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => item(index)).join(',');
    for (const text of [
      '['.repeat(60_000),
      '{"a":'.repeat(13_000),
      `/*"*/${'['.repeat(60_000)}`,
      '[ // "\n'.repeat(9_000),
      `{${many(4_000, (index) => `"field${index}":${index}`)}}`,
      `{${many(6_000, () => '"tags":[]')}}`,
      `{"tags":[${many(30_000, () => '7')}]}`,
      `{"network":["https://${'1.'.repeat(30_000)}"]}`,
      `{"version":"${'1.'.repeat(30_000)}"}`,
      `{"version":"1.0.0-${'0'.repeat(50_000)}"}`,
      `{"icon":"./${'.a'.repeat(30_000)}"}`,
      `{"${'a'.repeat(60_000)}":1}`,
      '"'.repeat(60_000),
      ','.repeat(100_000),
      '\u2028'.repeat(60_000),
    ]) {
      assertSound(text);
    }
  });

  it('leaves canonical origins unchanged', () => {
    const host = fc.oneof(fc.domain(), fc.string(), fc.ipV4(), fc.constant('EXAMPLE.com'));
    const url = fc
      .tuple(fc.constantFrom('https://', ' HTTPS://', 'http://', ''), host, fc.nat(70_000))
      .map(([scheme, name, port]) => `${scheme}${name}${port > 66_000 ? '' : `:${port}`}`);
    fc.assert(
      fc.property(fc.oneof(url, fc.webUrl({ validSchemes: ['https'] }), fc.string()), (text) => {
        const result = canonicalOrigin(text);
        if ('origin' in result) {
          assert.deepEqual(canonicalOrigin(result.origin), result);
          assert.equal(new URL(result.origin).origin, result.origin, 'as a browser sees it');
        } else {
          assert.ok(isRuleId(result.rule) && result.reason !== '');
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
