import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { localize } from '../../../../src/core/text/l10n';
import { configFields } from '../../../../src/core/publish/project/configFields';
import { languageName } from '../../../../src/core/text/languages';
import { manifestFields } from '../../../../src/core/publish/project/manifestFields';
import { RULES } from '../../../../src/core/publish/rules/rules';
import { validateManifest } from '../../../../src/core/publish/project/validateManifest';

const BUNDLE = join(__dirname, '../../../../dist/l10n/bundle.l10n.ar.json');
const ARABIC = /\p{Script=Arabic}/u;

describe('publishing texts in Arabic', () => {
  before(() =>
    localize(
      { language: 'ar', file: BUNDLE },
      JSON.parse(readFileSync(BUNDLE, 'utf8')) as Record<string, string>,
    ),
  );
  after(() => localize(undefined));

  function messages(json: string): string[] {
    return validateManifest(json, '/app/manifest.json').problems.map(({ message }) => message);
  }

  it('translate every rule and field although their modules were loaded before', () => {
    for (const [id, { text }] of Object.entries(RULES)) {
      assert.match(text, ARABIC, id);
    }
    for (const path of [[], ['requires']]) {
      for (const { name, description } of manifestFields(path)) {
        assert.match(description, ARABIC, name);
      }
    }
    for (const { name, description } of [...configFields([]), ...configFields(['dev'])]) {
      assert.match(description, ARABIC, name);
    }
    assert.match(languageName('en'), ARABIC);
  });

  it('isolate the reading direction in a problem and keep names intact', () => {
    assert.deepEqual(messages(''), [
      '\u2067\u2068manifest.json\u2069: \u2068\u0641\u0627\u0631\u063a\u2069\u2069',
    ]);
    const ofId = messages('{ "id": 1 }').find((message) => message.includes('id'));
    assert.match(ofId ?? '', /^\u2067«\u2068id\u2069»: .*\u2069$/u);
  });

  it('close the bidirectional controls of a quoted name', () => {
    const found = messages('{ "a\u2067b": 1 }').find((message) => message.includes('\u2067b'));
    assert.match(found ?? '', /^\u2067«\u2068a\u2067b\u2069\u2069»: /u);
  });
});

describe('rules that a field kind already implies', () => {
  it('say nothing more than the kind', () => {
    const plain = Object.values(RULES).filter(({ isPlain }) => isPlain);
    assert.deepEqual(
      new Set(plain.map(({ text }) => text.replace(/(?<=one of ).*/u, '…'))),
      new Set([
        'is required',
        'must be one of …',
        'must be true or false',
        'must be a list',
        'must be text',
        'must be an object',
        'must be a path beginning with "./"',
      ]),
    );
  });
});
