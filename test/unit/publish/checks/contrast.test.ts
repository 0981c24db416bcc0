import assert from 'node:assert/strict';
import {
  checkContrast,
  formatRatio,
  readableColor,
} from '../../../../src/core/publish/checks/contrast';
import { JsonText } from '../../../../src/core/publish/json/jsonText';
import { formatColor } from '../../../../src/core/publish/project/theme/color';
import { ManifestLocations } from '../../../../src/core/publish/project/manifestLocations';
import { PALETTES } from '../../../../src/core/publish/project/theme/themeDefaults';
import type { JsonObject } from '../../../../src/core/platform/json';
import { themeWith } from '../../../support/theme';

const FILE = '/themes/night/theme.json';

function check(colors: object, spec: object = {}) {
  const theme = themeWith({}, spec, colors) as JsonObject;
  const source = new JsonText(JSON.stringify(theme, null, 2));
  const problems = checkContrast(theme, new ManifestLocations(FILE, source));
  return problems.map(({ rule, message, severity, range }) => ({
    ...{ rule, message, severity },
    at: source.text.split('\n')[range?.start.line ?? 0]?.trim().split('"')[1],
  }));
}

describe('contrast of a theme', () => {
  it('is enough in the colors that quick fixes insert', () => {
    for (const [brightness, colors] of Object.entries(PALETTES)) {
      assert.deepEqual(check(colors, { brightness, colors }), [], brightness);
    }
  });

  it('warns of text below 4.5:1 on any surface, at the text', () => {
    const surfaces = Object.fromEntries(
      ['background', 'surfaceLow', 'surfaceContainer'].map((name) => [name, '#FFFFFF']),
    );
    const base = { ...surfaces, surfaceHigh: '#000000', accent: '#767676', secondary: '#767676' };
    const found = check({
      ...{ ...base, error: '#767676' },
      ...{ onSurface: '#777777', onSurfaceVariant: '#767676' },
    });
    assert.deepEqual(found, [
      {
        rule: 'contrast.text',
        message:
          '"onSurface" is hard to read on "background" (4.4:1), "surfaceLow" (4.4:1), ' +
          '"surfaceContainer" (4.4:1): text needs a contrast of 4.5:1',
        severity: 'warning',
        at: 'onSurface',
      },
    ]);
  });

  it('warns of accents below 3:1, optional ones too', () => {
    const names = (colors: object) => check(colors).map(({ rule, at }) => `${rule} ${at}`);
    assert.deepEqual(names({ accent: '#303A48', warning: '#202020', neutral: '#202020' }), [
      'contrast.accent accent',
      'contrast.accent warning',
    ]);
  });

  it('blends colors that are not opaque over what is behind them', () => {
    assert.deepEqual(check({ onSurface: '#FFEEF3F8' }), []);
    assert.deepEqual(
      check({ onSurface: '#20EEF3F8' }).map(({ rule }) => rule),
      ['contrast.text'],
    );
    // Behind surfaces that are clear lies the screen: black, or white for a light theme.
    const clear = '#00808080';
    const surfaces = { background: clear, surfaceLow: clear };
    const colors = { ...surfaces, surfaceContainer: clear, surfaceHigh: clear };
    assert.deepEqual(check(colors), []);
    const light = themeWith({}, { brightness: 'light' }, colors) as JsonObject;
    const places = new ManifestLocations(FILE, new JsonText(JSON.stringify(light)));
    assert.ok(checkContrast(light, places).some(({ message }) => message.includes('(1.1:1)')));
  });

  it('is not judged for missing and invalid colors', () => {
    assert.deepEqual(check({ onSurface: '#FFF', accent: undefined, surfaceHigh: 'white' }), []);
    const empty = new ManifestLocations(FILE, new JsonText('{}'));
    for (const theme of [{}, { spec: 7 }, { spec: { colors: [] } }] as JsonObject[]) {
      assert.deepEqual(checkContrast(theme, empty), []);
    }
  });

  it('can be mended with the nearest color that stands out', () => {
    const mend = (token: 'onSurface' | 'accent' | 'outline', color: string, spec = {}) => {
      const theme = themeWith({}, spec, { [token]: color }) as JsonObject;
      const found = readableColor(theme, token);
      return found === undefined ? undefined : formatColor(found);
    };
    const better = mend('onSurface', '#555F6B') ?? assert.fail();
    assert.deepEqual(check({ onSurface: better }), []);
    assert.equal(mend('onSurface', '#EEF3F8'), undefined, 'it stands out already');
    assert.equal(mend('outline', '#000000'), undefined, 'outlines need not stand out');
    const stuck = { background: '#FFFFFF', surfaceHigh: '#000000', surfaceLow: '#777777' };
    const theme = themeWith({}, {}, { ...stuck, onSurface: '#777777' }) as JsonObject;
    assert.equal(readableColor(theme, 'onSurface'), undefined, 'no color stands out from all');
  });

  it('never shows a ratio that is too low as the required one', () => {
    assert.equal(formatRatio(4.499), '4.4');
    assert.equal(formatRatio(4.5), '4.5');
    assert.equal(formatRatio(21), '21.0');
  });
});
