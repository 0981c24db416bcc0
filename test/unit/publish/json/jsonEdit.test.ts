import assert from 'node:assert/strict';
import fc from 'fast-check';
import { insertProperty, removeProperty } from '../../../../src/core/publish/json/jsonEdit';
import { readTree } from '../../../../src/core/publish/json/jsonTree';
import type { JsonPath } from '../../../../src/core/publish/json/jsonText';
import { applyTextEdits } from '../../../support/text-edits';

function inserted(text: string, path: JsonPath, name: string, value: unknown, order?: string[]) {
  const edit = insertProperty(text, readTree(text)!, path, name, value, order);
  return edit === undefined ? undefined : applyTextEdits(text, [edit]);
}

function removed(text: string, path: JsonPath): string | undefined {
  const edit = removeProperty(readTree(text)!, path);
  return edit === undefined ? undefined : applyTextEdits(text, [edit]);
}

describe('JSON edits', () => {
  const order = ['a', 'b', 'c'];

  for (const [style, indent, eol] of [
    ['two spaces', '  ', '\n'],
    ['four spaces', '    ', '\n'],
    ['tabs', '\t', '\n'],
    ['two spaces, CRLF', '  ', '\r\n'],
    ['tabs, CRLF', '\t', '\r\n'],
  ] as const) {
    const styled = (text: string): string => text.replaceAll('\n', eol).replaceAll('  ', indent);

    it(`keep the formatting: ${style}`, () => {
      const text = styled('{\n  "a": [1,2],\n  "c": { "x": 1 }\n}\n');
      assert.equal(
        inserted(text, [], 'b', { en: 'x', list: [1] }, order),
        styled(
          '{\n  "a": [1,2],\n  "b": {\n    "en": "x",\n    "list": [1]\n  },\n  "c": { "x": 1 }\n}\n',
        ),
      );
      assert.equal(
        inserted(styled('{\n  "c": 3\n}'), [], 'a', 1, order),
        styled('{\n  "a": 1,\n  "c": 3\n}'),
      );
      assert.equal(
        inserted(styled('{\n  "a": {}\n}\n'), ['a'], 'b', true),
        styled('{\n  "a": {\n    "b": true\n  }\n}\n'),
      );
      assert.equal(
        inserted(styled('{\n  "a": {\n    "x": 1\n  }\n}\n'), ['a'], 'b', true),
        styled('{\n  "a": {\n    "x": 1,\n    "b": true\n  }\n}\n'),
      );
      assert.equal(removed(text, ['a']), styled('{\n  "c": { "x": 1 }\n}\n'));
      assert.equal(removed(text, ['c']), styled('{\n  "a": [1,2]\n}\n'));
    });
  }

  for (const [text, expected] of [
    ['{}', '{\n  "b": 2\n}'],
    ['{\n}\n', '{\n  "b": 2\n}\n'],
    ['{"a":1}', '{"a":1,"b":2}'],
    ['{ "a": 1 }', '{ "a": 1, "b": 2 }'],
    ['{"c":1}', '{"b":2,"c":1}'],
    ['{ "c": 1 }', '{ "b": 2, "c": 1 }'],
    ['{ "x": 1 }', '{ "b": 2, "x": 1 }'],
    ['{\n\n  // first\n  "a": 1,\n}', '{\n\n  // first\n  "a": 1,\n  "b": 2,\n}'],
    ['{ "b": 1 }', undefined],
    ['[]', undefined],
  ] as const) {
    it(`insert a field into ${JSON.stringify(text)}`, () => {
      assert.equal(inserted(text, [], 'b', 2, order), expected);
    });
  }

  for (const [text, expected] of [
    ['{ "b": 2 }', '{}'],
    ['{"a":1,"b":2}', '{"a":1}'],
    ['{"b":2,"c":1}', '{"c":1}'],
    ['{\n  "b": {\n    "x": 1\n  }\n}\n', '{}\n'],
    ['{ "a": 1 }', undefined],
  ] as const) {
    it(`remove a field from ${JSON.stringify(text)}`, () => {
      assert.equal(removed(text, ['b']), expected);
    });
  }

  it('change nothing else and can be undone exactly', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-m]{1,3}$/u), {
      minLength: 1,
      maxLength: 6,
    });
    const object = names.chain((keys) =>
      fc.record(Object.fromEntries(keys.map((key) => [key, fc.jsonValue({ maxDepth: 2 })]))),
    );
    const indent = fc.constantFrom('', '  ', '    ', '\t');
    fc.assert(
      fc.property(object, indent, fc.jsonValue({ maxDepth: 2 }), (before, space, value) => {
        const text = JSON.stringify(before, undefined, space);
        const after = inserted(text, [], 'new', value, ['b', 'new', 'c']) ?? assert.fail();
        assert.deepEqual(JSON.parse(after), JSON.parse(JSON.stringify({ ...before, new: value })));
        assert.equal(removed(after, ['new']), text);
      }),
    );
  });
});
