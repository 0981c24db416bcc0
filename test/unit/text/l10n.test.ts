import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  formatNumber,
  localization,
  localize,
  plural,
  t,
  textLanguage,
} from '../../../src/core/text/l10n';
import { formatBytes } from '../../../src/core/text/formatBytes';
import { placeholdersOf, sourceOf, sourcesIn, textsOf, untranslatable } from '../../support/l10n';
import type { Text } from '../../support/l10n';
import { useTempFolder } from '../../support/temp-folder';

/** `scripts/l10n.mjs`, which is not TypeScript. */
interface Build {
  isolate(text: string): string;
  readArabic(): Promise<Areas>;
  merge(areas: Areas): { bundle: Record<string, string>; nls: Record<string, string> };
}

type Areas = Record<string, Record<string, string | Record<string, string>>>;

const ROOT = join(__dirname, '../../..');

/** Modules whose texts are English on purpose. */
const ENGLISH = [
  // Read by support.
  'src/vscode/diagnostics.ts',
  'src/core/http/networkReport.ts',
  // A file for a repository.
  'src/core/publish/project/packageCommands.ts',
  'src/core/ci/workflow.ts',
  // An image, and language codes.
  'src/core/newProject/templates/',
  'src/core/publish/project/placeholderIcon.ts',
  'src/core/text/languages.ts',
  // Read by a language model.
  'src/core/agents',
  'src/vscode/agents/toolCall.ts',
];

/**
 * Literals that look like UI texts but are not: commands, task names that `tasks.json` may use,
 * words of the parser and of OpenSSL, parts of files and log lines, and a name stored by the
 * backend.
 */
const NO_TEXTS = [
  'GitHub CLI',
  'Google Cloud',
  'npm ci --ignore-scripts',
  'npm run build',
  '… run build',
  'npm install --ignore-scripts',
  'Bag Attributes',
  'OPENSSH PRIVATE KEY',
  '-provider legacy -provider default',
  'openssl pkcs8 -topk8 … -in … -out …',
  'dry run',
  'Not enough stack space',
  'Invalid regular expression',
  'the list of apps',
  'the beta of …',
  'the testers of …',
  '@alice_k @bob_42',
  'SSH key',
  'i99dash dev',
  "new EventSource(new URL('events', document.currentScript.src)).onmessage = () => location.reload();",
  '<script src="……"></script>',
];

/** The six plural forms of Arabic. */
const FORMS = new Intl.PluralRules('ar').resolvedOptions().pluralCategories;
const [RIGHT_TO_LEFT, AS_IT_IS, END] = ['\u2067', '\u2068', '\u2069'];

function readJson(path: string): Record<string, string> {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Record<string, string>;
}

const sources = [
  ...sourcesIn('src/extension.ts'),
  ...sourcesIn('src/vscode'),
  ...sourcesIn('src/core'),
];
const texts = sources.filter(({ path }) => path !== 'src/core/text/l10n.ts').flatMap(textsOf);

describe('Arabic texts', () => {
  let build: Build;
  let areas: Areas;

  /** The texts of every area except package.json: English → Arabic. */
  function arabic(): Map<string, string | Record<string, string>> {
    const ofCode = Object.entries(areas).filter(([area]) => area !== 'package.nls.json');
    return new Map(ofCode.flatMap(([, area]) => Object.entries(area)));
  }

  before(async () => {
    build = (await import(join(ROOT, 'scripts/l10n.mjs'))) as Build;
    areas = await build.readArabic();
  });

  it('exist for every text of the sources', () => {
    const known = arabic();
    assert.ok(texts.length > 300);
    assert.deepEqual(
      texts.filter(({ key }) => !known.has(key)).map(({ where, key }) => `${where} ${key}`),
      [],
    );
  });

  it('are all used', () => {
    const used = new Set(texts.map(({ key }) => key));
    assert.deepEqual(
      [...arabic().keys()].filter((key) => !used.has(key)),
      [],
    );
  });

  it('have the placeholders of the English text', () => {
    const known = arabic();
    for (const { key, forms, isPlural, where } of texts) {
      const found = known.get(key);
      if (!isPlural && typeof found === 'string') {
        assert.deepEqual(placeholdersOf(found), placeholdersOf(forms[0] ?? ''), `${where} ${key}`);
      }
    }
  });

  it('have all six plural forms exactly where something is counted', () => {
    const known = arabic();
    for (const text of texts) {
      const found = known.get(text.key);
      if (text.isPlural) {
        assertForms(text, found);
      } else {
        assert.equal(typeof found, 'string', `${text.where} ${text.key}: one text, for no plural`);
      }
    }
  });

  it('are Arabic, except for names and composed texts', () => {
    const ownWords = (text: string): string => text.replaceAll(/\{[^{}]+\}|[^\p{L}]/gu, '');
    const flat = (value: string | Record<string, string>): string[] =>
      typeof value === 'string' ? [value] : Object.values(value);
    const NAMES = new Set(['GitHub Actions', 'GitLab CI/CD', 'true or false']);
    for (const [area, entries] of Object.entries(areas)) {
      for (const [key, value] of Object.entries(entries)) {
        for (const text of flat(value)) {
          const isFine = NAMES.has(key) || ownWords(text) === '' || /\p{Script=Arabic}/u.test(text);
          assert.ok(isFine, `l10n/ar/${area}: ${key}`);
          assert.doesNotMatch(text, /\p{Cf}/u, `l10n/ar/${area}: the build isolates, not ${key}`);
        }
      }
    }
  });

  it('have the keys and links of the English package.json texts', () => {
    const english = readJson('package.nls.json');
    const translated = areas['package.nls.json'] as Record<string, string>;
    assert.deepEqual(Object.keys(translated).sort(), Object.keys(english).sort());
    const targets = (text = ''): string[] =>
      [...text.matchAll(/\]\([^)]*\)|`[^`]*`/gu)].map(String);
    for (const [key, text] of Object.entries(english)) {
      assert.deepEqual(targets(translated[key]), targets(text), key);
    }
  });

  it('are shipped as they are built', () => {
    const { bundle, nls } = build.merge(areas);
    assert.deepEqual(readJson('dist/l10n/bundle.l10n.ar.json'), bundle);
    assert.deepEqual(readJson('package.nls.ar.json'), nls);
    const shipped = readFileSync(join(ROOT, '.vscodeignore'), 'utf8');
    assert.match(shipped, /^!package\.nls\.ar\.json$/mu);
    assert.match(shipped, /^!dist\/l10n\/\*\.json$/mu);
    assert.equal(readJson('package.json')['l10n'], './dist/l10n');
  });

  it('are the same in every area', () => {
    const one = { 'a.json': { Add: 'إضافة' }, 'b.json': { Add: 'إضافة' } };
    assert.deepEqual(build.merge(one).bundle, { Add: 'إضافة' });
    const two = { 'a.json': { Add: 'إضافة' }, 'b.json': { Add: 'أضف' } };
    assert.throws(() => build.merge(two), /b\.json .*Add/u);
  });

  describe('isolated by the build', () => {
    const inSentence = (text: string): string => `${RIGHT_TO_LEFT}${text}${END}`;
    const asItIs = (text: string): string => `${AS_IT_IS}${text}${END}`;

    it('isolate every placeholder, piece of code and path', () => {
      assert.equal(
        build.isolate('نسخ {0} إلى `a.b` في ~/.ssh.'),
        inSentence(`نسخ ${asItIs('{0}')} إلى ${asItIs('`a.b`')} في ${asItIs('~/.ssh')}.`),
      );
    });

    it('isolate the text that belongs to a placeholder', () => {
      assert.equal(
        build.isolate('لا توجد {0}() هنا (HTTP {1}).'),
        inSentence(`لا توجد ${asItIs('{0}()')} هنا (${asItIs('HTTP {1}')}).`),
      );
    });

    it('are isolated line by line because an isolate ends with its line', () => {
      assert.equal(build.isolate('نعم.\n\nلا.'), `${inSentence('نعم.')}\n\n${inSentence('لا.')}`);
    });

    it('are not isolated without left-to-right text', () => {
      assert.equal(build.isolate('تسجيل الدخول'), 'تسجيل الدخول');
    });

    it('keep buttons and links intact', () => {
      assert.equal(build.isolate('[فتح](command:a.b)'), '[فتح](command:a.b)');
      assert.equal(build.isolate('[فتح!](command:a)'), `[${inSentence('فتح!')}](command:a)`);
      assert.equal(
        build.isolate('انظر [هنا](command:a.b).'),
        inSentence('انظر [هنا](command:a.b).'),
      );
    });
  });
});

function assertForms(
  { key, forms, where }: Text,
  found: string | Record<string, string> = '',
): void {
  assert.ok(typeof found === 'object', `${where} ${key}: wants the six forms of Arabic`);
  assert.deepEqual(Object.keys(found).sort(), [...FORMS].sort(), `${where} ${key}`);
  const wanted = placeholdersOf(forms[1] ?? '');
  for (const [form, text] of Object.entries(found)) {
    // None, one and two may be words; a sentence about none may omit the rest.
    const exact = form === 'few' || form === 'many' || form === 'other';
    const has = placeholdersOf(text);
    assert.ok(
      exact ? has.join() === wanted.join() : has.every((each) => wanted.includes(each)),
      `${where} ${key}: placeholders of “${form}”`,
    );
  }
}

function forgotten(source: ReturnType<typeof sourceOf>): string[] {
  return ENGLISH.some((part) => source.path.startsWith(part))
    ? []
    : untranslatable(source)
        .filter(({ text }) => !NO_TEXTS.includes(text))
        .map(({ where, text }) => `${where} ${text}`);
}

describe('texts of the sources', () => {
  it('are looked up when they are shown, not at load time when the language is unknown', () => {
    assert.deepEqual(
      texts.filter(({ isEager }) => isEager).map(({ where }) => where),
      [],
    );
  });

  it('are all available for translation', () => {
    assert.deepEqual(sources.flatMap(forgotten), []);
  });

  it('are found in every position', () => {
    const found = textsOf(
      sourceOf(`
        const eager = vscode.l10n.t('a {0}', 1);
        const later = () => [t('b'), plural(n, { one: '{0} c', other: '{0} cs' })];
        const noted = () => t({ message: 'd', comment: ['of', 'e'] });
      `),
    );
    assert.deepEqual(
      found.map(({ key, isPlural, isEager }) => ({ key, isPlural, isEager })),
      [
        { key: 'a {0}', isPlural: false, isEager: true },
        { key: 'b', isPlural: false, isEager: false },
        { key: '{0} cs', isPlural: true, isEager: false },
        { key: 'd/ofe', isPlural: false, isEager: false },
      ],
    );
    assert.throws(() => textsOf(sourceOf('t(name)')), /one literal/u);
  });

  it('are reported when a literal is shown untranslated', () => {
    const shown = (text: string): string[] =>
      untranslatable(sourceOf(text)).map((each) => each.text);
    assert.deepEqual(shown("void vscode.window.showErrorMessage('It broke');"), ['It broke']);
    assert.deepEqual(shown("throw new I99dashError('PROTOCOL', `No ${name}`);"), ['No …']);
    assert.deepEqual(shown("const WHY = { gone: 'It is gone' };"), ['It is gone']);
    assert.deepEqual(shown("const a = { title: ok ? 'Yes' : 'No' };"), ['Yes', 'No']);
    assert.deepEqual(shown('const a = { label: `$(key) ${name}`, title: "i99dash" };'), []);
    assert.deepEqual(shown("isI99dashError(error, 'PROTOCOL');"), []);
    assert.deepEqual(shown("logger.info('Signed in'); throw new Error('A bug');"), []);
  });
});

describe('localization', () => {
  const folder = useTempFolder('each');
  const ARABIC = {
    'Hello, {0}': 'مرحبًا {0}',
    '{0} files in {1}#one': 'ملف واحد في {1}',
    '{0} files in {1}#two': 'ملفان في {1}',
    '{0} files in {1}#few': '{0} ملفات في {1}',
    '{0} files in {1}#many': '{0} ملفًا في {1}',
  };
  const ar = { language: 'ar', file: '/nowhere' };
  const files = (count: number): string =>
    plural(count, { one: '{0} file in {1}', other: '{0} files in {1}' }, 'src');

  afterEach(() => localize(undefined));

  it('is English by default', () => {
    assert.equal(localization(), undefined);
    assert.equal(t('Hello, {0}', 'you'), 'Hello, you');
    assert.deepEqual([0, 1, 2].map(files), ['0 files in src', '1 file in src', '2 files in src']);
    assert.equal(textLanguage(), 'en');
  });

  it('supports every plural form of the language', () => {
    localize(ar, ARABIC);
    assert.equal(t('Hello, {0}', 'you'), 'مرحبًا you');
    assert.deepEqual([1, 2, 3, 11].map(files), [
      'ملف واحد في src',
      'ملفان في src',
      '3 ملفات في src',
      '11 ملفًا في src',
    ]);
  });

  it('shows untranslated texts in English', () => {
    localize(ar, ARABIC);
    assert.equal(t('Bye'), 'Bye');
    assert.equal(files(100), '100 files in src');
  });

  it('writes numbers with the same digits as versions, and units in the language', () => {
    assert.equal(formatNumber(1234.5), '1,234.5');
    assert.equal(formatBytes(12_400_000), '12.4 MB');
    localize(ar, {});
    assert.match(formatNumber(12), /^12$/u);
    assert.match(formatBytes(62_000), /^62\s\p{Script=Arabic}/u);
  });

  it('reads the bundle from its URI', async () => {
    const file = join(folder.path, 'bundle.json');
    await writeFile(file, JSON.stringify(ARABIC));
    localize({ language: 'ar', file });
    assert.equal(t('Hello, {0}', 'you'), 'مرحبًا you');
    assert.deepEqual(localization(), { language: 'ar', file });
  });

  it('stays English when the bundle cannot be read', () => {
    localize(ar);
    assert.equal(localization(), undefined);
    assert.equal(t('Hello, {0}', 'you'), 'Hello, you');
  });

  it('tolerates an unknown language', () => {
    localize({ language: 'not a language', file: '/nowhere' }, {});
    assert.equal(formatNumber(1234), '1,234');
  });
});
