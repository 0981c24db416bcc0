import assert from 'node:assert/strict';
import { listColors } from '../../../../src/core/publish/editing/colors';
import { complete } from '../../../../src/core/publish/editing/complete';
import { fixesFor } from '../../../../src/core/publish/editing/fixes';
import { hoverAt } from '../../../../src/core/publish/editing/hover';
import { pictureLinks } from '../../../../src/core/publish/editing/pictureLinks';
import { addRequiredFix } from '../../../../src/core/publish/editing/requiredFixes';
import { TextPositions } from '../../../../src/core/publish/json/textPositions';
import { JsonText } from '../../../../src/core/publish/json/jsonText';
import { checkContrast } from '../../../../src/core/publish/checks/contrast';
import { ManifestLocations } from '../../../../src/core/publish/project/manifestLocations';
import { MANIFEST_TYPES } from '../../../../src/core/publish/project/manifestType';
import { checkManifest } from '../../../../src/core/publish/project/validateManifest';
import { REQUIRED_COLORS } from '../../../../src/core/publish/rules/themeValues';
import { atCursor } from '../../../support/cursor';
import { applyTextEdits } from '../../../support/text-edits';
import { themeWith } from '../../../support/theme';

const FILE = '/themes/night/theme.json';
const CONTEXT = { kind: 'theme', folderName: 'Night Drive', icons: [] } as const;

async function candidates(marked: string) {
  const { text, offset } = atCursor(marked);
  const pictures = ({ path }: { path: readonly string[] }) =>
    Promise.resolve([{ path: `./${path.join('-')}.png`, size: 1 }]);
  return (await complete('theme', text, offset, pictures))?.candidates ?? [];
}

const labels = async (marked: string) => (await candidates(marked)).map(({ label }) => label);

/** Applies each fix for the first problem of a theme. */
function mended(theme: object): string[] {
  const text = JSON.stringify(theme, null, 2);
  const { problems, sound } = checkManifest(MANIFEST_TYPES.theme, text, FILE);
  const places = new ManifestLocations(FILE, new JsonText(text));
  const [problem] = [...problems, ...checkContrast(sound, places)];
  assert.ok(problem?.range !== undefined);
  const start = new TextPositions(text).offset(problem.range.start);
  const at = { rule: problem.rule, start, end: start };
  return fixesFor(at, text, CONTEXT).map(({ edits }) => applyTextEdits(text, edits));
}

const rulesOf = (text: string) =>
  checkManifest(MANIFEST_TYPES.theme, text, FILE).problems.map(({ rule }) => rule);

describe('editing a theme', () => {
  it('completes every color that is not there yet, the required ones first', async () => {
    const names = await labels('{ "spec": { "colors": { "accent": "#FFFFFF", | } } }');
    const missing = REQUIRED_COLORS.filter((name) => name !== 'accent');
    assert.deepEqual(names, [...missing, 'warning', 'neutral']);
    const [first] = await candidates('{ "spec": { "colors": { | } } }');
    assert.equal(first?.insert, '"background": "#$1"');
  });

  it('completes the fields of spec, their values, and pictures for each of their fields', async () => {
    assert.deepEqual(await labels('{ "spec": { "brightness": | } }'), ['light', 'dark']);
    assert.deepEqual(await labels('{ "spec": { "gauge": { | } } }'), ['skin', 'ringColor']);
    assert.deepEqual(await labels('{ "spec": { "wallpaper": { "home": "|" } } }'), [
      './spec-wallpaper-home.png',
    ]);
    assert.deepEqual(await labels('{ "icon": "|" }'), ['./icon.png']);
    assert.ok((await labels('{ "category": "|" }')).includes('seasonal'));
    assert.ok(!(await labels('{ | }')).includes('url'));
    const [wallpaper] = await candidates('{ "spec": { "wallpaper": { | } } }');
    assert.equal(wallpaper?.hasSuggestions, true, 'pictures are suggested next');
  });

  it('completes a color with those that the theme has', async () => {
    const text =
      '{ "spec": { "colors": { "accent": "#80ff0000", "error": "#80FF0000", "secondary": "|" } } }';
    const found = await candidates(text);
    assert.deepEqual(
      found.map(({ color, insert }) => [color, insert]),
      [['#80FF0000', '"#80FF0000"']],
    );
  });

  it('finds the colors of the fields for colors alone', () => {
    const text =
      '{ "id": "#111111", "x": "#222222", "spec": { "colors": { "accent": "#333333", "x": "#444444", ' +
      '"error": "red" }, "gauge": { "skin": "#555555", "ringColor": "#80666666" } } }';
    assert.deepEqual(
      listColors('theme', text).map((found) => [found.text, text.slice(found.start, found.end)]),
      ['#333333', '#80666666'].map((color) => [color, color]),
    );
    assert.deepEqual(listColors('miniApp', text), []);
    assert.deepEqual(listColors('theme', '{ "spec": { "colors": { "accent": "#33'), []);
  });

  it('explains each field on hover', () => {
    const at = (marked: string) => {
      const { text, offset } = atCursor(marked);
      return hoverAt('theme', text, offset);
    };
    const accent = at('{ "spec": { "colors": { "acc|ent": "#FFFFFF" } } }');
    assert.equal(accent?.field.kind, 'color');
    assert.equal(accent.field.required, true);
    assert.match(accent.field.description, /^What stands out/u);
    const picture = at('{ "spec": { "wallpaper": { "home": "./|h.png" } } }')?.picture;
    assert.deepEqual(picture?.field.path, ['spec', 'wallpaper', 'home']);
    assert.equal(
      at('{ "name": { "en": "|x" } }')?.field.description,
      'The name of the theme for people, by language.',
    );
  });

  it('links the pictures in the order in which they are packed', () => {
    const pictures = {
      spec: { wallpaper: { cluster: './k', homeDark: './d', home: './h' } },
      ...{ screenshots: ['./1', './2'], coverImage: './c', icon: './i' },
    };
    const paths = pictureLinks('theme', JSON.stringify(pictures)).map(({ path }) => path);
    assert.deepEqual(paths, ['./i', './c', './1', './2', './h', './d', './k']);
  });

  it('adds what is missing, with readable colors', () => {
    for (const field of ['id', 'name', 'version', 'spec']) {
      const [text = assert.fail(field)] = mended(themeWith({ [field]: undefined }));
      assert.deepEqual(rulesOf(text), [], field);
    }
    for (const color of REQUIRED_COLORS) {
      const [text = assert.fail(color)] = mended(themeWith({}, {}, { [color]: undefined }));
      assert.deepEqual(rulesOf(text), [], color);
    }
    assert.equal(mended(themeWith({ category: undefined })).length, 11);
    assert.deepEqual(
      mended(themeWith({}, { brightness: undefined })).map((text) => rulesOf(text)),
      [[], []],
    );
    const light = mended(themeWith({}, { brightness: 'light', colors: undefined }));
    assert.match(light[0] ?? '', /"background": "#F7F9FC"/u);
  });

  it('adds all required fields to an empty file at once', () => {
    const { edits } = addRequiredFix('', CONTEXT) ?? assert.fail();
    const text = applyTextEdits('', edits);
    assert.deepEqual(rulesOf(text), []);
    assert.deepEqual(Object.keys(JSON.parse(text) as object), [
      ...['id', 'name', 'icon', 'version', 'category', 'spec'],
    ]);
  });

  it('mends colors, misspelt fields and paths', () => {
    const color = (value: string) => mended(themeWith({}, {}, { accent: value }))[0] ?? '';
    assert.match(color('#4af'), /"accent": "#44AAFF"/u);
    assert.match(color('4DA3FF'), /"accent": "#4DA3FF"/u);
    assert.equal(color('red'), '');
    const gauge = { skin: 'x', ringColour: '#FFFFFF' };
    const [renamed = '', removed = ''] = mended(themeWith({}, { gauge }));
    assert.match(renamed, /"ringColor": "#FFFFFF"/u);
    assert.doesNotMatch(removed, /ringColo/u);
    const [path] = mended(themeWith({}, { wallpaper: { home: 'h.png' } }));
    assert.match(path ?? '', /"home": "\.\/h\.png"/u);
  });

  it('mends text that is hard to read', () => {
    const [text = ''] = mended(themeWith({}, {}, { onSurfaceVariant: '#4A5560' }));
    const { sound } = checkManifest(MANIFEST_TYPES.theme, text, FILE);
    const places = new ManifestLocations(FILE, new JsonText(text));
    assert.deepEqual(checkContrast(sound, places), []);
  });
});
