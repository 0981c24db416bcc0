import assert from 'node:assert/strict';
import { hoverAt } from '../../../../src/core/publish/editing/hover';
import { ICON, MINI_APP_PICTURES } from '../../../../src/core/publish/project/pictureFields';
import { atCursor } from '../../../support/cursor';

const at = (marked: string, kind: 'miniApp' | 'config' = 'miniApp') => {
  const { text, offset } = atCursor(marked);
  const hover = hoverAt(kind, text, offset);
  return hover === undefined ? undefined : { ...hover, text: text.slice(hover.start, hover.end) };
};

describe('hovers', () => {
  it('describe the field of a name and of a value', () => {
    assert.equal(at('{ "ca|tegory": "other" }')?.field.name, 'category');
    assert.equal(at('{ "ca|tegory": "other" }')?.text, '"category"');
    assert.equal(at('{ "category": "ot|her" }')?.text, '"other"');
    assert.equal(at('{ "name": { "e|n": "x" } }'), undefined, 'a locale explains itself');
    assert.equal(at('{ "name": { "en": "|x" } }')?.field.name, 'name');
    assert.equal(at('{ "tags": ["a", "|b"] }')?.field.name, 'tags');
    assert.equal(at('{ "requires": { "modern|Webview": true } }')?.field.name, 'modernWebview');
    assert.equal(at('{ "safeWhileDriving": fa|lse }')?.field.default, false);
  });

  it('describe the fields of sdk.config.json', () => {
    assert.equal(at('{ "app|Root": "./src" }', 'config')?.field.default, './src');
    assert.equal(at('{ "dev": { "po|rt": 1 } }', 'config')?.field.name, 'port');
    assert.deepEqual(at('{ "dev": { "po|rt": 1 } }', 'config')?.field.rules, ['config.dev.port']);
    assert.equal(at('{ "ic|on": "./icon.png" }', 'config'), undefined);
  });

  it('describe what older cars lack, and nothing for other capabilities', () => {
    const note = (capability: string) =>
      at(`{ "requires": { "vehicleCapabilities": ["|${capability}"] } }`)?.note;
    assert.equal(note('surface.write.cluster'), 'No car whose only platform is di5.0 has it.');
    assert.equal(note('ac.get'), undefined);
  });

  it('show the image of a path', () => {
    assert.deepEqual(at('{ "icon": "./|a.png" }')?.picture, { field: ICON, path: './a.png' });
    assert.deepEqual(at('{ "screenshots": ["./|a.png"] }')?.picture, {
      field: MINI_APP_PICTURES[2],
      path: './a.png',
    });
    assert.equal(at('{ "url": "./|a.png" }')?.picture, undefined);
  });

  it('show nothing elsewhere', () => {
    for (const marked of ['{|}', '{ "author": "|x" }', '|', '{ | "id": 1 }', '{ "tags": [ | ] }']) {
      assert.equal(at(marked), undefined, marked);
    }
    assert.equal(at(`${'['.repeat(50_000)}|`), undefined);
  });

  it('show nothing for a field named like an inherited object property', () => {
    for (const name of ['constructor', 'toString', '__proto__']) {
      assert.equal(at(`{ "${name}": { "x": "|y" } }`), undefined, name);
      assert.equal(at(`{ "${name}": { "|x": 1 } }`, 'config'), undefined, name);
    }
  });
});
