import assert from 'node:assert/strict';
import { localize } from '../../../src/core/text/l10n';
import { sanitizeLine, serverWords } from '../../../src/core/text/sanitizeLine';

describe('untrusted text on one line', () => {
  it('is unchanged when it is ordinary text', () => {
    for (const words of [
      '',
      'Tyre pressure',
      'ضغط الإطارات',
      'می\u200Cخواهم',
      '👩\u200D🔧 胎压',
      'e\u0301',
    ]) {
      assert.equal(sanitizeLine(words), words);
    }
  });

  it('loses characters that hide text, change its direction or start a line', () => {
    const unfit = [
      ...['\n', '\r\n', '\t', '\0', '\u001B', '\u007F', '\u0085', '\u009B', '\u2028', '\u2029'],
      ...['\u202A', '\u202E', '\u2066', '\u2069', '\u200E', '\u200F', '\u061C', '\u200B', '\uFEFF'],
      ...['\u00AD', '\uDE97', '\uD83D', '\u{E0041}'],
    ];
    for (const text of unfit) {
      assert.equal(sanitizeLine(`a${text}b`), 'a b', JSON.stringify(text));
    }
    assert.equal(sanitizeLine(`a${unfit.join('')}b`), 'a b');
  });

  it('keeps the isolates of a right-to-left language, each with its end', () => {
    localize({ language: 'ar', file: '/nowhere' }, {});
    try {
      const text = '\u2067لا يوجد مفتاح في \u2068~/.ssh/id\u2069.\u2069';
      assert.equal(sanitizeLine(text), text);
      assert.equal(sanitizeLine(`\u2069\u202E${text}\u2067\n`), ` ${text}\u2067 \u2069`);
      assert.equal(sanitizeLine(text, 12), '\u2067لا يوجد…d\u2069.');
    } finally {
      localize(undefined);
    }
  });

  it('is truncated in the middle without splitting a character', () => {
    assert.equal(sanitizeLine('x'.repeat(300)), 'x'.repeat(300));
    assert.equal(sanitizeLine(`${'x'.repeat(1_000_000)} ends`, 9), 'xxxxxx…nds');
    const cut = sanitizeLine('🚗'.repeat(1_000), 100);
    assert.ok(!/\p{Cs}/u.test(cut) && cut.length <= 101, cut);
  });

  it('has at most 8,000 characters, whatever limit is requested', () => {
    assert.equal(sanitizeLine('x'.repeat(4_000_000), Infinity).length, 8_001);
  });

  it('is truncated at the end and loses URL queries when it comes from a server', () => {
    assert.equal(
      serverWords('see https://a.example/b?c=d  and\nmore'),
      'see https://a.example/b?… and more',
    );
    assert.equal(serverWords('HTTP://a.example#b'), 'HTTP://a.example?…');
    assert.equal(serverWords('😀'.repeat(301)), `${'😀'.repeat(300)}…`);
    assert.equal(serverWords(`ab ${'\n'.repeat(2_000)} c`, 100), 'ab…');
    assert.equal(serverWords('a\u2067b'), 'a b');
  });
});
