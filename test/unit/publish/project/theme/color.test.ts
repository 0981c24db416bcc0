import assert from 'node:assert/strict';
import {
  blend,
  contrastRatio,
  formatColor,
  isColor,
  parseColor,
  toCssColor,
  type Color,
} from '../../../../../src/core/publish/project/theme/color';

const color = (text: string): Color => parseColor(text) ?? assert.fail(text);

describe('theme colors', () => {
  it('have six digits, or eight with the alpha first', () => {
    assert.deepEqual(parseColor('#102030'), { red: 16, green: 32, blue: 48, alpha: 1 });
    assert.deepEqual(parseColor('#00ff8000'), { red: 255, green: 128, blue: 0, alpha: 0 });
    assert.equal(color('#80FFFFFF').alpha, 128 / 255);
    for (const text of [
      '',
      '#FFF',
      '#FFFF',
      'FFFFFF',
      '#GGGGGG',
      '#FFFFFFF',
      ' #FFFFFF',
      '#FFFFFF\n',
    ]) {
      assert.equal(isColor(text), false, JSON.stringify(text));
    }
    for (const value of [undefined, null, 7, ['#FFFFFF']]) {
      assert.equal(parseColor(value), undefined);
    }
  });

  it('are written as they are read', () => {
    for (const text of ['#000000', '#FFFFFF', '#4DA3FF', '#80102030', '#00FFFFFF', '#01FFFFFF']) {
      assert.equal(formatColor(color(text)), text);
    }
    assert.equal(formatColor(color('#FF102030')), '#102030', 'an opaque color needs no alpha');
    assert.equal(formatColor(color('#102030'), true), '#FF102030');
  });

  it('have their alpha last in CSS', () => {
    assert.equal(toCssColor(color('#80102030')), '#10203080');
    assert.equal(toCssColor(color('#102030')), '#102030');
  });

  it('are blended over a surface by their alpha', () => {
    const half = { ...color('#FFFFFF'), alpha: 0.5 };
    assert.deepEqual(blend(half, color('#000000')), {
      red: 127.5,
      green: 127.5,
      blue: 127.5,
      alpha: 1,
    });
    assert.deepEqual(blend(color('#00FFFFFF'), color('#102030')), color('#102030'));
    assert.deepEqual(blend(color('#102030'), color('#FFFFFF')), color('#102030'));
  });

  it('have the contrast ratios that WCAG 2 states', () => {
    const known: [string, string, number][] = [
      ['#000000', '#FFFFFF', 21],
      ['#FFFFFF', '#FFFFFF', 1],
      ['#FF0000', '#FFFFFF', 4],
      ['#0000FF', '#FFFFFF', 8.59],
      ['#00FF00', '#FFFFFF', 1.37],
      ['#777777', '#FFFFFF', 4.48],
      ['#767676', '#FFFFFF', 4.54],
      ['#949494', '#FFFFFF', 3.03],
    ];
    for (const [a, b, ratio] of known) {
      assert.equal(Number(contrastRatio(color(a), color(b)).toFixed(2)), ratio, `${a} on ${b}`);
      assert.equal(contrastRatio(color(a), color(b)), contrastRatio(color(b), color(a)));
    }
  });
});
