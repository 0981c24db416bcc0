import assert from 'node:assert/strict';
import fc from 'fast-check';
import { redact } from '../../../src/core/text/redact';

describe('redaction of secrets', () => {
  it('replaces every occurrence of each secret', () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkIn0.c2lnbmF0dXJl';
    assert.equal(redact(`a ${token} b ${token}${token}`, [token, 'nonce']), 'a … b ……');
    assert.equal(redact('the nonce nonce', ['nonce', '']), 'the … …');
    assert.equal(
      redact(`${token.slice(0, -1)} is another`, [token]),
      `${token.slice(0, -1)} is another`,
    );
  });

  it('replaces the same texts as the built-in search', () => {
    // Few letters, so that prefixes of a secret repeat within it and within the text.
    const words = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(words, fc.array(words, { maxLength: 40 }), (word, others) => {
        const secret = word.repeat(Math.ceil(40 / word.length));
        const text = others.join(secret.slice(0, 39)) + secret + others.join(secret);
        assert.equal(redact(text, [secret]), text.replaceAll(secret, '…'));
      }),
    );
  });

  it('takes no longer for repetitive tokens and texts', () => {
    for (const [token, unit] of [
      ['a'.repeat(8_000), `${'a'.repeat(7_999)}b`],
      [`${'a'.repeat(300)}b${'a'.repeat(300)}`, 'a'],
    ] as const) {
      const text = unit.repeat(Math.ceil((4 * 1024 * 1024) / unit.length));
      const before = process.cpuUsage();
      assert.equal(redact(text, [token]), text);
      const { user, system } = process.cpuUsage(before);
      assert.ok(user + system < 1_000_000, `${user + system} µs`);
    }
  });
});
