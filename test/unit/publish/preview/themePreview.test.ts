import assert from 'node:assert/strict';
import { readThemePreview } from '../../../../src/core/publish/preview/themePreview';
import { themeWith } from '../../../support/theme';

const read = (theme: unknown, language = 'en') =>
  readThemePreview(JSON.stringify(theme), language) ?? assert.fail('no preview');

describe('the preview of a theme', () => {
  it('draws its colors, radii, font and ring', () => {
    const { properties, isLight } = read(
      themeWith(
        {},
        {
          shape: { cardRadius: 4 },
          typography: { family: 'Cairo' },
          gauge: { skin: 'x', ringColor: '#80112233' },
        },
      ),
    );
    assert.equal(properties['--accent'], '#4DA3FF');
    assert.equal(properties['--cardRadius'], '4px');
    assert.equal(properties['--buttonRadius'], '14px');
    assert.equal(properties['--family'], '"Cairo"');
    assert.equal(properties['--ring'], '#11223380');
    assert.equal(isLight, false);
    const { tokens } = read(themeWith({}, {}, { surfaceLow: '#CC121821' }));
    const low = tokens.find(({ token }) => token === 'surfaceLow');
    assert.deepEqual([low?.color, low?.written], ['#121821CC', '#CC121821']);
  });

  it('draws the usual form of what is missing or invalid, and says which colors that are', () => {
    const theme = themeWith({}, { shape: { cardRadius: -1 } }, { accent: 'red' });
    const { properties, tokens } = read(theme);
    assert.equal(properties['--cardRadius'], '24px');
    assert.equal(properties['--accent'], '#4DA3FF');
    assert.equal(properties['--ring'], '#4DA3FF', 'the ring has the accent');
    const missing = tokens.filter(({ isMissing }) => isMissing).map(({ token }) => token);
    assert.deepEqual(missing, ['accent', 'warning', 'neutral']);
    const empty = read({});
    assert.equal(empty.tokens.length, 13);
    assert.ok(empty.tokens.every(({ isMissing, color }) => isMissing && color.startsWith('#')));
    assert.equal(empty.name, undefined);
  });

  it('has no font that ends its quotes', () => {
    const family = 'a"; background: url(https://example.com/x); "\\\n';
    const { properties } = read(themeWith({}, { typography: { family } }));
    assert.equal(properties['--family'], '"a; background: url(https://example.com/x); "');
  });

  it('shows the lowest contrast of text and accents, and whether it is too low', () => {
    const { tokens } = read(themeWith({}, {}, { onSurface: '#243040' }));
    const found = tokens.find(({ token }) => token === 'onSurface');
    assert.deepEqual([found?.contrast, found?.isLow], ['1.0', true]);
    const accent = tokens.find(({ token }) => token === 'accent');
    assert.deepEqual([accent?.isLow, accent?.contrast?.slice(0, 1)], [false, '5']);
    assert.equal(tokens.find(({ token }) => token === 'outline')?.contrast, undefined);
  });

  it('has the name in the language of the editor, or the first one', () => {
    assert.equal(read(themeWith(), 'ar').name, 'قيادة ليلية');
    assert.equal(read(themeWith(), 'fr').name, 'Night Drive');
  });

  it('names the wallpapers that are inside the folder alone', () => {
    const wallpaper = { home: './h.png', homeDark: '../h.png', cluster: '/etc/passwd' };
    assert.deepEqual(read(themeWith({}, { wallpaper })).wallpapers, { home: './h.png' });
  });

  it('is none for a text that is not a JSON object', () => {
    for (const text of ['', '[]', '{ "spec": ', '7']) {
      assert.equal(readThemePreview(text, 'en'), undefined);
    }
  });
});
