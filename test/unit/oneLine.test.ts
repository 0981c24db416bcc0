import assert from 'node:assert/strict';
<<<<<<< HEAD
import { oneLine, oneSentence } from '../../src/core/oneLine';
=======
import { localize } from '../../src/core/l10n';
import { oneLine } from '../../src/core/oneLine';
>>>>>>> bab97da (Keep the isolates of Arabic texts where words of others are made plain)

describe('foreign words on one line', () => {
  it('are as they are where they are words', () => {
    for (const words of [
      '',
      'Tyre pressure',
      'ضغط الإطارات',
      'می\u200Cخواهم',
      '👩\u200D🔧 胎压',
      'e\u0301',
    ]) {
      assert.equal(oneLine(words), words);
    }
  });

  it('have nothing that hides, turns the order of writing, or begins a line', () => {
    const unfit = [
      ...['\n', '\r\n', '\t', '\0', '\u001B', '\u007F', '\u0085', '\u009B', '\u2028', '\u2029'],
      ...['\u202A', '\u202E', '\u2066', '\u2069', '\u200E', '\u200F', '\u061C', '\u200B', '\uFEFF'],
      ...['\u00AD', '\uDE97', '\uD83D', '\u{E0041}'],
    ];
    for (const text of unfit) {
      assert.equal(oneLine(`a${text}b`), 'a b', JSON.stringify(text));
    }
    assert.equal(oneLine(`a${unfit.join('')}b`), 'a b');
  });

  it('keep the isolates of a language that goes from right to left, each with its end', () => {
    localize({ language: 'ar', file: '/nowhere' }, {});
    try {
      const text = '\u2067لا يوجد مفتاح في \u2068~/.ssh/id\u2069.\u2069';
      assert.equal(oneLine(text), text);
      assert.equal(oneLine(`\u2069\u202E${text}\u2067\n`), ` ${text}\u2067 \u2069`);
      assert.equal(oneLine(text, 12), '\u2067لا يوجد…d\u2069.');
    } finally {
      localize(undefined);
    }
  });

  it('lose their middle where they are too long, and no half of a character is left', () => {
    assert.equal(oneLine('x'.repeat(300)), 'x'.repeat(300));
    assert.equal(oneLine(`${'x'.repeat(1_000_000)} ends`, 9), 'xxxxxx…nds');
    const cut = oneLine('🚗'.repeat(1_000), 100);
    assert.ok(!/\p{Cs}/u.test(cut) && cut.length <= 101, cut);
  });
});

describe('a sentence of ours on one line', () => {
  it('keeps the isolates that its translation has', () => {
    const sentence = '\u2067«\u2068icon.png\u2069»: \u2067فارغ\u2069\u2069';
    assert.equal(oneSentence(sentence), sentence);
  });

  it('has none without its other half, not even where its middle is lost', () => {
    assert.equal(oneSentence('a\u2067b\u2068c\u2069d'), 'a b\u2068c\u2069d');
    assert.equal(oneSentence('a\u2069b\u2067c\u2069'), 'a b\u2067c\u2069');
    const cut = oneSentence(`\u2067a ${'\u2068b\u2069 '.repeat(100)}\u2069`, 60);
    const isolates = Array.from(cut.matchAll(/[\u2066-\u2069]/gu), String);
    const open = isolates.reduce((depth, character) => {
      assert.ok(depth >= 0);
      return depth + (character === '\u2069' ? -1 : 1);
    }, 0);
    assert.ok(isolates.length > 4);
    assert.equal(open, 0);
  });

  it('has nothing else that foreign words may not have', () => {
    assert.equal(oneSentence('a\u202Eb\r\nc\u200Bd'), 'a b c d');
    assert.equal(oneSentence(`${'x'.repeat(1_000)} ends`, 9), 'xxxxxx…nds');
  });
});
