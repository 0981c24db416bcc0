import assert from 'node:assert/strict';
import { versionEdit } from '../../../../src/core/publish/editing/valueFixes';
import { applyTextEdits } from '../../../support/text-edits';

function setVersion(text: string, version: string): string | undefined {
  const edit = versionEdit(text, version);
  return edit && applyTextEdits(text, [edit]);
}

describe('manifest version replacement', () => {
  it('changes only the version', () => {
    for (const [before, after] of [
      ['{"version":"1.0.0"}', '{"version":"1.0.1"}'],
      ['{\r\n\t"id": "a",\r\n\t"version" :  "1.0.0",\r\n}\r\n', undefined],
      ['{\n    "network": [ ],\n    "version": "1.0.0"   \n}', undefined],
      ['{ "requires": { "version": "1.0.0" }, "version": "1.0.0" }', undefined],
    ] as const) {
      const expected = after ?? before.replace(/"1\.0\.0"(?!.*"1\.0\.0")/su, '"1.0.1"');
      assert.equal(setVersion(before, '1.0.1'), expected);
    }
  });

  it('changes nothing when the version is current or absent', () => {
    assert.equal(setVersion('{"version":"1.0.1"}', '1.0.1'), '{"version":"1.0.1"}');
    assert.equal(setVersion('{"id":"a"}', '1.0.1'), undefined);
  });
});
