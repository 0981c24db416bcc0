import assert from 'node:assert/strict';
import { join } from 'node:path';
import { orEnd, slowness } from '../support/pattern-time';
import { patternsBelow, patternsIn, type SourcePattern } from '../support/patterns';

const SOURCES = join(__dirname, '../../src');

const patternOf = (source: string, flags = 'u'): SourcePattern => ({ place: '', source, flags });

describe('regular expressions of the sources', () => {
  it('take less than 200 ms each for repetitive texts of up to 4 MiB', () => {
    const known = new Set<string>();
    const found = patternsBelow(SOURCES).flatMap((pattern) => {
      const { place, source, flags } = pattern;
      const text = `/${source}/${flags}`;
      if (known.has(text)) return [];
      known.add(text);
      const slow = orEnd(() => slowness(pattern));
      return slow === undefined ? [] : [`${place}: ${text} takes ${slow}`];
    });
    assert.deepEqual(found, []);
    assert.ok(known.size > 100, 'the sources have more');
  }).timeout(120_000);

  it('are found as literals and when they are constructed from literals', () => {
    const text = [
      "const a = /a[/]+/giu; const b = new RegExp('b' + c, 'u');",
      "const d = new RegExp(`^(?:${['x', 'y'].join('|')})${z}$`, 'su');",
      "text.split(/\\r?\\n/u); RegExp('\\\\d');",
    ].join('\n');
    assert.deepEqual(
      patternsIn('a.ts', text).map(({ place, source, flags }) => [place, source, flags]),
      [
        ['a.ts:1', 'a[/]+', 'giu'],
        ['a.ts:1', 'bword', 'u'],
        ['a.ts:2', '^(?:x|y)word$', 'su'],
        ['a.ts:3', '\\r?\\n', 'u'],
        ['a.ts:3', '\\d', ''],
      ],
    );
  });

  it('are reported when their time is quadratic', () => {
    const removesQueries = patternOf(String.raw`(https?:\/\/[^\s?#]+)[?#]\S*`, 'giu');
    assert.match(slowness(removesQueries) ?? '', /^\d+ ms for \d+ characters of "", "https:\/\//u);
    assert.equal(slowness(patternOf(String.raw`\s+$`), 1024), undefined, 'a short text');
    const endless = patternOf(String.raw`^(?:\w+ ?)*:`);
    assert.throws(() => orEnd(() => slowness(endless), 1_000), /timed out/u);
  }).timeout(60_000);
});
