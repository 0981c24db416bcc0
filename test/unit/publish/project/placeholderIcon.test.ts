import assert from 'node:assert/strict';
import {
  isPlaceholderIcon,
  placeholderIcon,
  placeholderIconFor,
} from '../../../../src/core/publish/project/placeholderIcon';

const letterOf = (svg: string): string => />([^<>\s]+)<\/text>/u.exec(svg)?.[1] ?? '';

describe('placeholder icon', () => {
  it('shows the first letter of the name', () => {
    assert.equal(letterOf(placeholderIcon('tyre pressure', 'x')), 'T');
    assert.equal(letterOf(placeholderIcon('<&"> 4x4', 'x')), '4');
    assert.equal(letterOf(placeholderIcon('سجل', 'x')), 'س');
    assert.equal(letterOf(placeholderIcon('', 'trip-log')), 'T');
    assert.equal(letterOf(placeholderIcon('', '')), '·');
  });

  it('uses the English name, another name, or the ID', () => {
    const letter = (manifest: object) => letterOf(placeholderIconFor(JSON.stringify(manifest)));
    assert.equal(letter({ id: 'x', name: { ar: 'سجل', en: 'Log' } }), 'L');
    assert.equal(letter({ id: 'x', name: { en: 7, de: 'Öl' } }), 'Ö');
    assert.equal(letter({ id: 'x', name: 'Log' }), 'X');
    assert.equal(letterOf(placeholderIconFor('{')), '·');
  });

  it('is a square image that is stable and differs between apps', () => {
    const icon = placeholderIcon('A', 'app');
    assert.match(icon, /^<svg [^>]*width="256" height="256" viewBox="0 0 256 256">/u);
    assert.equal(icon, placeholderIcon('A', 'app'));
    assert.notEqual(icon, placeholderIcon('A', 'apq'));
  });

  it('is recognised, whatever its letter, colours and line ends, and nothing else is', () => {
    for (const name of ['tyre pressure', 'سجل', '']) {
      const icon = placeholderIcon(name, name);
      assert.ok(isPlaceholderIcon(icon), name);
      assert.ok(isPlaceholderIcon(icon.replaceAll('\n', '\r\n')), name);
      assert.ok(!isPlaceholderIcon(icon.replace('<text', '<circle r="9" /><text')), name);
    }
    assert.ok(!isPlaceholderIcon(''));
    assert.ok(!isPlaceholderIcon('<svg xmlns="http://www.w3.org/2000/svg" />'));
  });
});
