import assert from 'node:assert/strict';
import {
  CATEGORIES,
  VEHICLE_CAPABILITIES,
} from '../../../../src/core/publish/rules/manifestValues';
import { isRuleId, RULES as WORDS } from '../../../../src/core/publish/rules/rules';
import { validateManifest } from '../../../../src/core/publish/project/validateManifest';

const FILE = '/apps/trip-log/manifest.json';

const MINIMAL = {
  id: 'trip-log',
  name: { en: 'Trip log' },
  icon: './icon.png',
  url: 'https://miniapps.i99dash.app/trip-log/',
  version: '1.0.0',
  category: 'vehicle',
};

const validate = (manifest: object) => validateManifest(JSON.stringify(manifest), FILE);

function parsed(manifest: object): Record<string, unknown> {
  const { manifest: result } = validate(manifest);
  assert.ok(result);
  return { ...result };
}

const many = <T>(count: number, item: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => item(index));
const path = (length: number) => `./${'a'.repeat(length - 6)}.png`;

/** Valid and invalid values of each field. `requires.x` is a nested field. */
const RULES: Record<string, { good: unknown[]; bad: unknown[] }> = {
  id: {
    good: ['ab', '0a', 'a_b-c', 'a'.repeat(64)],
    bad: ['', 'a', 'a'.repeat(65), '-ab', '_ab', 'Trip', 'a b', 'a.b', 'é1', 'ab\n', 7, null],
  },
  name: {
    good: [{ en: 'x' }, { en: 'Trip log', ar: 'سجل' }],
    bad: [
      {},
      { en: '' },
      { EN: 'x' },
      { eng: 'x' },
      { 'en-GB': 'x' },
      { e1: 'x' },
      { en: 7 },
      'x',
      [],
      null,
    ],
  },
  description: {
    good: [{ en: 'x' }, { de: 'x', fr: 'y' }],
    bad: [{}, { en: '' }, { english: 'x' }, { en: null }, 'text', ['x'], null],
  },
  icon: {
    good: ['./icon.png', './a/b/icon.svg', './ICON.PNG', './a..b.png', path(256)],
    bad: [
      '',
      './',
      'icon.png',
      '/icon.png',
      '../icon.png',
      './../icon.png',
      './a/../b.png',
      './a\\..\\b.png',
      './icon.jpg',
      './icon.webp',
      './icon',
      './png',
      './icon.png.exe',
      path(257),
      'https://x.com/i.png',
      7,
      null,
    ],
  },
  coverImage: {
    good: ['./c.png', './c.jpg', './c.jpeg', './c.webp', './c.svg', path(256)],
    bad: ['c.png', './../c.png', './c.gif', './c.bmp', './c', path(257), [], null],
  },
  screenshots: {
    good: [[], ['./1.png'], ['./1.jpg', './2.webp'], many(8, (index) => `./${index}.svg`)],
    bad: [
      many(9, (index) => `./${index}.png`),
      ['1.png'],
      ['./1.gif'],
      ['./../1.png'],
      [7],
      './1.png',
      {},
      null,
    ],
  },
  url: {
    good: [
      'https://example.com',
      'https://miniapps.i99dash.app/a/?b=c#d',
      'https://example.com:8443/x',
    ],
    bad: [
      '',
      'example.com',
      'http://example.com',
      'http://localhost',
      'ftp://x.com',
      'javascript:1',
      'https://',
      '/x',
      7,
      null,
    ],
  },
  version: { good: ['1.0.0', '0.4.0-beta.2', '1.2.3+build.7'], bad: ['', 1, null, {}] },
  minHostVersion: { good: ['1.0.0', ''], bad: [1, null, ['1.0.0']] },
  category: { good: [...CATEGORIES], bad: ['', 'games', 'Vehicle', 7, null, ['vehicle']] },
  tags: {
    good: [[], ['a'], ['tyre-pressure', '4x4'], ['a'.repeat(24)], many(8, (index) => `t${index}`)],
    bad: [
      [''],
      ['a'.repeat(25)],
      ['Tyres'],
      ['a b'],
      ['a_b'],
      ['é'],
      [1],
      many(9, (index) => `t${index}`),
      'a',
      null,
    ],
  },
  safeWhileDriving: { good: [true, false], bad: ['true', 0, null] },
  privileged: { good: [true, false], bad: ['false', 1, null] },
  permissions: {
    good: [[], ['a'], ['vehicle.tyres.read'], ['a'.repeat(64)], many(32, (index) => `p${index}`)],
    bad: [[''], ['a'.repeat(65)], [7], many(33, (index) => `p${index}`), 'a', {}, null],
  },
  requiredEntitlement: { good: ['a', 'a'.repeat(64)], bad: ['', 'a'.repeat(65), 7, null] },
  network: {
    good: [[], ['https://example.com'], many(10, (index) => `https://h${index}.example.com`)],
    bad: [
      ['http://example.com'],
      ['https://example.com/api'],
      ['https://*.example.com'],
      ['https://10.0.0.1'],
      ['https://localhost'],
      [7],
      many(11, (index) => `https://h${index}.example.com`),
      'https://example.com',
      null,
    ],
  },
  requires: { good: [{}, { schema: 1 }], bad: ['di5.0', [], 7, null] },
  'requires.schema': { good: [1, 2, 99], bad: [0, -1, 1.5, '1', null] },
  'requires.dilink': {
    good: [['di5.0'], ['di5.0', 'di5.1', 'unknown']],
    bad: [[], ['di4.0'], ['DI5.0'], 'di5.0', [5.0], null],
  },
  'requires.vehicleCapabilities': {
    good: [...VEHICLE_CAPABILITIES.map((capability) => [capability]), [...VEHICLE_CAPABILITIES]],
    bad: [[], ['ac'], ['AC.GET'], ['ac.get', 'ac.put'], 'ac.get', null],
  },
  'requires.modernWebview': { good: [true, false], bad: ['true', 1, null] },
  'requires.minBridge': {
    good: ['1', '1.2.3', 'x'.repeat(32)],
    bad: ['', 'x'.repeat(33), 1, null],
  },
};

function withField(field: string, value: unknown): Record<string, unknown> {
  const [outer = '', inner] = field.split('.');
  return { ...MINIMAL, [outer]: inner === undefined ? value : { [inner]: value } };
}

describe('manifest', () => {
  for (const [field, { good, bad }] of Object.entries(RULES)) {
    it(`accepts valid values of "${field}"`, () => {
      for (const value of good) {
        const { problems } = validate(withField(field, value));
        assert.deepEqual(problems, [], JSON.stringify(value));
      }
    });

    it(`rejects invalid values of "${field}" with a reason`, () => {
      for (const value of bad) {
        const { manifest, problems } = validate(withField(field, value));
        const told = JSON.stringify(value);
        assert.equal(manifest, undefined, told);
        assert.ok(problems.length > 0, told);
        for (const problem of problems) {
          assert.deepEqual([problem.severity, problem.file], ['error', FILE], told);
          assert.ok(isRuleId(problem.rule) && problem.rule.startsWith(`manifest.${field}.`), told);
          if (problem.rule.endsWith('.locale')) continue; // names the key alone
          assert.ok(problem.message.startsWith(`"${field}`), `${told}: ${problem.message}`);
          const [words] = problem.message.split('; did you mean');
          const isNoText = problem.rule.endsWith('.text') && words?.endsWith('must be text');
          assert.ok(isNoText === true || words?.endsWith(WORDS[problem.rule].text), told);
        }
      }
    });
  }

  it('has six required fields', () => {
    const { problems } = validate({});
    assert.deepEqual(
      problems.map(({ rule, message }) => [rule, message]).sort(),
      Object.keys(MINIMAL)
        .map((field) => [`manifest.${field}.required`, `"${field}" is required`])
        .sort(),
    );
  });

  it('reports all problems at once', () => {
    const { problems } = validate({
      ...MINIMAL,
      id: 'X',
      version: 'one',
      tags: ['ok', 'Not ok', 'nor this'],
      network: ['https://example.com', 'http://example.com'],
      requires: { dilink: [], minBridge: '' },
    });
    assert.deepEqual(
      problems.map(({ message }) => message),
      [
        '"id" must be 2 to 64 of a-z, 0-9, "_" and "-", beginning with a letter or digit',
        '"version" should be a semantic version, such as 1.4.2',
        '"tags.1" must be 1 to 24 of a-z, 0-9 and "-"',
        '"tags.2" must be 1 to 24 of a-z, 0-9 and "-"',
        '"network.1" must begin with https://',
        '"requires.dilink" must not be an empty list',
        '"requires.minBridge" must have 1 to 32 characters',
      ],
    );
  });

  it('names an invalid locale', () => {
    const { problems } = validate({ ...MINIMAL, name: { english: 'Trip log' } });
    assert.deepEqual(
      problems.map(({ message }) => message),
      ['"english" is not a language code; use two lower-case letters, such as "en"'],
    );
  });

  it('says of a text whether it is empty or none', () => {
    const { problems } = validate({ ...MINIMAL, name: { en: '', ar: 7 } });
    assert.deepEqual(
      problems.map(({ message }) => message),
      ['"name.en" must not be empty', '"name.ar" must be text'],
    );
  });

  it('gets its defaults', () => {
    assert.deepEqual(parsed(MINIMAL), { ...MINIMAL, safeWhileDriving: false, privileged: false });
    assert.deepEqual(parsed({ ...MINIMAL, requires: { modernWebview: true } })['requires'], {
      schema: 1,
      modernWebview: true,
    });
  });

  it('drops unknown fields, except within "requires"', () => {
    const requires = { schema: 2, lidar: { range: 7 }, dilink: ['di5.1'] };
    const result = parsed({ ...MINIMAL, $schema: './s.json', author: 'x', requires });
    assert.deepEqual(result, { ...MINIMAL, requires, safeWhileDriving: false, privileged: false });
  });

  it('ignores fields inherited from a prototype', () => {
    const json = JSON.stringify(MINIMAL).replace('{', '{"__proto__":{"privileged":true},');
    assert.equal(validateManifest(json, FILE).manifest?.privileged, false);
  });

  it('gets canonical network origins without duplicates', () => {
    const network = [
      ' https://B.example.com:443/ ',
      'https://a.example.com:8443',
      'https://b.example.com',
      'https://b.example.com:444',
    ];
    assert.deepEqual(parsed({ ...MINIMAL, network })['network'], [
      'https://b.example.com',
      'https://a.example.com:8443',
      'https://b.example.com:444',
    ]);
  });

  it('may start with a byte order mark', () => {
    assert.deepEqual(validateManifest(`\uFEFF${JSON.stringify(MINIMAL)}`, FILE).problems, []);
  });

  it('suggests the list value that was probably meant', () => {
    for (const [field, value, meant] of [
      ['category', 'info', 'services'],
      ['category', 'Navigation', 'navigation'],
      ['category', 'entertaiment', 'entertainment'],
      ['category', 'games', 'entertainment'],
      ['category', ' Tools ', 'productivity'],
      ['requires.dilink', ['DI5.0'], 'di5.0'],
      ['requires.vehicleCapabilities', ['ac.gt'], 'ac.get'],
    ] as const) {
      const message = validate(withField(field, value)).problems[0]?.message ?? '';
      assert.ok(message.endsWith(`; did you mean "${meant}"?`), message);
    }
    for (const [field, value] of [
      ['category', 'zzzzzz'],
      ['category', 7],
      ['requires.dilink', ['games']],
    ] as const) {
      const message = validate(withField(field, value)).problems[0]?.message ?? '';
      assert.ok(message !== '' && !message.includes('did you mean'), message);
    }
  });

  it('keeps every number within "requires" that JSON can represent', () => {
    const numbers = ['0', '-0', '1.0', '0.1', '1e2', '1E+2', '100e-2', '1e21', '9007199254740992'];
    const json = JSON.stringify({ ...MINIMAL, requires: { x: 0 } });
    for (const number of [...numbers, '5e-324', '1.7976931348623157e308', '0.10000', '0e999']) {
      const { problems } = validateManifest(json.replace('"x":0', `"x":${number}`), FILE);
      assert.deepEqual(problems, [], number);
    }
  });

  it('ignores numbers that are not submitted', () => {
    const json = JSON.stringify(MINIMAL).replace('{', '{"build":12345678901234567890,');
    const { problems } = validateManifest(json, FILE);
    assert.deepEqual(
      problems.map(({ rule }) => rule),
      ['manifest.unknown-field'],
    );
  });

  it('reports dropped fields and suggests the intended ones', () => {
    const { manifest, problems } = validate({
      ...MINIMAL,
      $schema: './s.json',
      author: 'x',
      Tags: [],
      permisions: [],
    });
    assert.ok(manifest);
    assert.deepEqual(
      problems.map(({ severity, rule, message }) => [severity, rule, message]),
      [
        ['info', 'author', ''],
        ['warning', 'Tags', '; did you mean "tags"?'],
        ['warning', 'permisions', '; did you mean "permissions"?'],
      ].map(([severity, field = '', hint = '']) => [
        severity,
        'manifest.unknown-field',
        `"${field}" is no field of a manifest: it is not submitted${hint}`,
      ]),
    );
  });

  it('reports each list entry and the list length', () => {
    const tags = many(9, () => '#');
    assert.deepEqual(
      validate({ ...MINIMAL, tags }).problems.map(({ rule }) => rule),
      ['manifest.tags.count', ...many(9, () => 'manifest.tags.format')],
    );
  });
});
