import assert from 'node:assert/strict';
import { complete, type Completion } from '../../../../src/core/publish/editing/complete';
import type { DocumentKind } from '../../../../src/core/publish/editing/fields';
import { manifestFields } from '../../../../src/core/publish/project/manifestFields';
import {
  CATEGORIES,
  VEHICLE_CAPABILITIES,
} from '../../../../src/core/publish/rules/manifestValues';
import { atCursor } from '../../../support/cursor';
import type { PictureField } from '../../../../src/core/publish/project/pictureFields';

const REQUIRED = ['id', 'name', 'icon', 'url', 'version', 'category'];
const OPTIONAL = manifestFields([])
  .map(({ name }) => name)
  .filter((name) => !REQUIRED.includes(name));

const pictures = ({ path }: PictureField) =>
  Promise.resolve([
    { path: `./${path.join('.')}.png`, size: 2_000, dimensions: { width: 256, height: 256 } },
    { path: './big.png', size: 20, trouble: 'is not a picture' },
  ]);

async function at(marked: string, kind: DocumentKind = 'miniApp'): Promise<Completion | undefined> {
  const { text, offset } = atCursor(marked);
  return complete(kind, text, offset, pictures);
}

async function labels(marked: string, kind: DocumentKind = 'miniApp'): Promise<string[]> {
  return (await at(marked, kind))?.candidates.map(({ label }) => label) ?? [];
}

/** Returns the text after a completion is accepted, including the snippet. */
async function taken(marked: string, label: string, kind?: DocumentKind): Promise<string> {
  const { text } = atCursor(marked);
  const completion = (await at(marked, kind)) ?? assert.fail('nothing to choose from');
  const { insert } = completion.candidates.find((each) => each.label === label) ?? assert.fail();
  const { start, end, commaAt } = completion;
  const done = text.slice(0, start) + insert + text.slice(end);
  return commaAt === undefined ? done : `${done.slice(0, commaAt)},${done.slice(commaAt)}`;
}

describe('completion', () => {
  it('suggests missing fields, the required ones first', async () => {
    assert.deepEqual(await labels('{ | }'), [...REQUIRED, ...OPTIONAL]);
    assert.deepEqual(
      await labels('{ "id": "x", "|", "tags": [], "category": "other" }'),
      [...REQUIRED, ...OPTIONAL].filter((name) => !['id', 'tags', 'category'].includes(name)),
    );
    assert.deepEqual(await labels('{ "requires": { "schema": 1, "|" } }'), [
      'dilink',
      'vehicleCapabilities',
      'modernWebview',
      'minBridge',
    ]);
  });

  it('supports sdk.config.json', async () => {
    assert.deepEqual(await labels('{ "distDir": "x", | }', 'config'), [
      'appRoot',
      'buildCommand',
      'dev',
    ]);
    assert.deepEqual(await labels('{ "dev": { "|" } }', 'config'), ['port', 'host', 'context']);
    assert.deepEqual(await labels('{ "appRoot": "|" }', 'config'), ['./src']);
    assert.deepEqual(await labels('{ "icon": "|" }', 'config'), []);
  });

  for (const [where, marked, label, expected] of [
    ['into an empty object', '{|}', 'id', '{"id": "$1"}'],
    ['within quotes', '{ "|" }', 'id', '{ "id": "$1" }'],
    ['within quotes that are not empty', '{ "na|" }', 'id', '{ "id": "$1" }'],
    ['without quotes', '{ na| }', 'id', '{ "id": "$1" }'],
    ['after an unclosed quote', '{\n  "i|\n}', 'id', '{\n  "id": "$1"\n}'],
    ['after a comma', '{ "url": "",\n  "|"\n}', 'id', '{ "url": "",\n  "id": "$1"\n}'],
    ['after a missing comma', '{ "url": ""\n  "|"\n}', 'id', '{ "url": "",\n  "id": "$1"\n}'],
    ['before another field', '{\n  |\n  "url": "" }', 'id', '{\n  "id": "$1",\n  "url": "" }'],
    [
      'between two fields',
      '{ "url": ""\n"|"\n"tags": [] }',
      'id',
      '{ "url": "",\n"id": "$1",\n"tags": [] }',
    ],
    ['in place of a name', '{ "i|x": "car" }', 'id', '{ "id": "car" }'],
    [
      'with a list as its value',
      '{ "requires": { | } }',
      'dilink',
      '{ "requires": { "dilink": ["$1"] } }',
    ],
    ['a flag', '{ | }', 'privileged', '{ "privileged": ${1|true,false|} }'],
    ['a map', '{ | }', 'name', '{ "name": {\n\t"${1:en}": "$2"\n} }'],
    ['with an object as its value', '{ | }', 'requires', '{ "requires": {\n\t$1\n} }'],
    ['a number', '{ "requires": { | } }', 'schema', '{ "requires": { "schema": ${1:1} } }'],
    ['with a URL as its value', '{ | }', 'url', '{ "url": "https://$1" }'],
  ] as const) {
    it(`inserts a field: ${where}`, async () => {
      assert.equal(await taken(marked, label), expected);
    });
  }

  it('suggests categories', async () => {
    assert.deepEqual(await labels('{ "category": "|" }'), [...CATEGORIES]);
    assert.equal(await taken('{ "category": "|" }', 'vehicle'), '{ "category": "vehicle" }');
    assert.equal(await taken('{ "category":| }', 'vehicle'), '{ "category": "vehicle" }');
    assert.equal(await taken('{ "category": veh| }', 'vehicle'), '{ "category": "vehicle" }');
    assert.equal(
      await taken('{ "category": |\n "tags": [] }', 'vehicle'),
      '{ "category": "vehicle",\n "tags": [] }',
    );
    assert.equal(await at('{ "category": | "vehicle" }'), undefined);
    assert.equal(await at('{ "category": "vehicle"| }'), undefined);
  });

  it('suggests each list entry only once', async () => {
    const rest = VEHICLE_CAPABILITIES.filter((name) => !['ac.get', 'ac.set'].includes(name));
    assert.deepEqual(
      await labels('{ "requires": { "vehicleCapabilities": ["ac.get", "|", "ac.set"] } }'),
      rest,
    );
    assert.equal(
      await taken('{ "requires": { "dilink": ["di5.0" |] } }', 'di5.1'),
      '{ "requires": { "dilink": ["di5.0", "di5.1"] } }',
    );
    assert.deepEqual(await labels('{ "requires": { "dilink": "|" } }'), []);
  });

  it('suggests true and false and marks the default', async () => {
    const completion = await at('{ "privileged": tr| }');
    assert.deepEqual(
      completion?.candidates.map(({ insert, detail }) => [insert, detail]),
      [
        ['true', undefined],
        ['false', 'default'],
      ],
    );
  });

  it('suggests locales, those used elsewhere in the manifest first', async () => {
    const [first, ...others] = await labels(
      '{ "id": "x", "name": { "he": "א" }, "description": { | } }',
    );
    assert.equal(first, 'he');
    assert.deepEqual(others.slice(0, 2), ['en', 'ar']);
    assert.ok(!(await labels('{ "name": { "en": "x", "|" } }')).includes('en'));
    assert.equal(await taken('{ "name": { "|" } }', 'ar'), '{ "name": { "ar": "$1" } }');
    const arabic = (await at('{ "name": { | } }'))?.candidates.find(({ label }) => label === 'ar');
    assert.equal(arabic?.detail, 'Arabic');
  });

  it('suggests images with a description', async () => {
    const completion = await at('{ "icon": "|" }');
    assert.deepEqual(
      completion?.candidates.map(({ label, detail, trouble }) => [label, detail, trouble]),
      [
        ['./icon.png', '2 KiB · 256×256', undefined],
        ['./big.png', '20 B', 'is not a picture'],
      ],
    );
    assert.equal(await taken('{ "icon": "./ic|" }', './icon.png'), '{ "icon": "./icon.png" }');
    assert.deepEqual(await labels('{ "screenshots": ["./big.png", "|"] }'), ['./screenshots.png']);
    assert.deepEqual(await labels('{ "screenshots": "|" }'), []);
  });

  for (const marked of [
    '|',
    '|{}',
    '{} |',
    '{ "id": "|" }',
    '{ "id" | }',
    '{ "id": "x"| }',
    '{ "name": { "en": "|" } }',
    '{ "author": { "|" } }',
    '{ "toString": "|" }',
    '{ "constructor": { "|" } }',
    '{ "__proto__": { "x": "|" } }',
    '{ // "|\n}',
    '{ /* "| */ }',
    '["|"]',
  ]) {
    it(`suggests nothing in ${JSON.stringify(marked)}`, async () => {
      assert.equal(await at(marked), undefined);
    });
  }

  it('accepts any text truncated anywhere', async () => {
    const text =
      '{ "id": "a\\"b", /* c */ "requires": { "dilink": ["di5.0", 1.5e3, tru], "x": null } }';
    for (let length = 0; length <= text.length; length++) {
      const cut = text.slice(0, length);
      await complete('miniApp', cut, length, pictures);
      await complete('miniApp', text, length, pictures);
    }
    await complete('miniApp', '['.repeat(50_000), 50_000, pictures);
  });
});
