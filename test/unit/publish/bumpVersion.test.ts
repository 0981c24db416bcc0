import assert from 'node:assert/strict';
import { versionEdits } from '../../../src/core/publish/bumpVersion';

function bump(text: string, version: string): string {
  return versionEdits(text, version).reduceRight(
    (before, { offset, length, content }) =>
      before.slice(0, offset) + content + before.slice(offset + length),
    text,
  );
}

describe('a bump of the version', () => {
  it('changes the version and no other character', () => {
    for (const [before, after] of [
      ['{"version":"1.0.0"}', '{"version":"1.0.1"}'],
      ['{\r\n\t"id": "a",\r\n\t"version" :  "1.0.0",\r\n}\r\n', undefined],
      ['{\n    "network": [ ],\n    "version": "1.0.0"   \n}', undefined],
      ['{ "requires": { "version": "1.0.0" }, "version": "1.0.0" }', undefined],
    ] as const) {
      const expected = after ?? before.replace(/"1\.0\.0"(?!.*"1\.0\.0")/su, '"1.0.1"');
      assert.equal(bump(before, '1.0.1'), expected);
    }
  });

  it('adds none that is needed twice', () => {
    assert.equal(bump('{"version":"1.0.1"}', '1.0.1'), '{"version":"1.0.1"}');
  });
});
