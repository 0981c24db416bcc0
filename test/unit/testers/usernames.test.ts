import assert from 'node:assert/strict';
import {
  isUsername,
  normalizeUsernames,
  splitUsernames,
} from '../../../src/core/testers/usernames';

describe('Telegram names', () => {
  it('are read from a pasted list in any common form', () => {
    const names = ['alice_k', 'bob_42', 'Carol'];
    for (const text of [
      'alice_k bob_42 Carol',
      '@alice_k, @bob_42; @Carol',
      '@alice_k@bob_42@Carol',
      '  @alice_k\n@bob_42\r\n\tCarol\u00A0',
      'alice_k,bob_42,,Carol,',
      '@alice_k\u2028@bob_42\u2029Carol',
    ]) {
      assert.deepEqual(splitUsernames(text), names, JSON.stringify(text));
    }
  });

  it('are none in an empty text or a lone @', () => {
    for (const text of ['', ' \n', '@', ' @ , ']) assert.deepEqual(splitUsernames(text), []);
  });

  it('lose their blanks, their @ and their repetitions in another case', () => {
    const given = [' @Alice_K ', 'alice_k', '@ bob_42', 'ALICE_K', ''];
    assert.deepEqual(normalizeUsernames(given), ['Alice_K', 'bob_42']);
  });

  it('are split in time that grows with their number', () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `@name_${index}`).join('\n');
    assert.equal(splitUsernames(text).length, 20_000);
  });

  it('have 5 to 32 letters, digits and underscores', () => {
    for (const name of ['alice', 'A_b_9', '_____', '12345', 'x'.repeat(32)]) {
      assert.ok(isUsername(name), name);
    }
    for (const name of ['', 'abcd', 'x'.repeat(33), 'alice-k', 'alice.k', 'älice', 'alice\n']) {
      assert.ok(!isUsername(name), name);
    }
    for (const name of ['@alice', 'ali ce', 'alice\u200B', 'алиса_к', '../../x', 'alice/..']) {
      assert.ok(!isUsername(name), name);
    }
  });
});
