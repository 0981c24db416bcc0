import assert from 'node:assert/strict';
import { JsonText } from '../../../../src/core/publish/json/jsonText';
import { marked } from '../../../support/marked-text';

describe('position of a JSON value', () => {
  it('maps back to the value and its text', () => {
    const { text, ranges } = marked('{\r\n "a": [1, «{"b": "é"}»],\n "c": «"d"» }');
    const source = new JsonText(text);
    assert.deepEqual(
      ranges.map((range) => source.valueAt(range)),
      [
        { path: ['a', 1], text: '{"b": "é"}' },
        { path: ['c'], text: '"d"' },
      ],
    );
    for (const range of ranges) {
      const value = source.valueAt(range);
      assert.deepEqual(value && source.rangeOf(value.path), range);
      assert.equal(value && source.textAt(value.path), value?.text);
    }
  });

  it('is undefined where no value starts', () => {
    const { text, ranges } = marked('{ "a": "b«c»d"« »}«»');
    const source = new JsonText(text);
    for (const range of ranges) {
      assert.equal(source.valueAt(range), undefined);
    }
    const beyond = { line: 7, character: 7 };
    assert.equal(source.valueAt({ start: beyond, end: beyond }), undefined);
    assert.equal(source.textAt(['b']), undefined);
    assert.equal(source.textAt(['a', 0]), undefined);
  });
});
