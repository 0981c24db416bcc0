import assert from 'node:assert/strict';
import { WholeSequences } from '../../../../src/core/publish/bundle/wholeSequences';

/** Returns the forwarded text for an input that arrives in these chunks. */
function passedOn(...pieces: string[]): string[] {
  const chunks: string[] = [];
  const output = new WholeSequences((text) => void chunks.push(text));
  pieces.forEach((piece) => output.write(piece));
  output.end();
  return chunks;
}

describe('escape sequences in output', () => {
  for (const [what, sequence] of [
    ['a colour', '\u001B[1;31m'],
    ['a true colour', '\u001B[38:2::1:2:3m'],
    ['a cursor that is hidden', '\u001B[?25l'],
    ['a command with an intermediate character', '\u001B[2 q'],
    ['a command of one character', '\u009B31m'],
    ['a title that ends with BEL', '\u001B]0;building\u0007'],
    ['a link that ends with ESC \\', '\u001B]8;;https://a.test/b\u001B\\'],
    ['a device control string', '\u001BP1$r0m\u001B\\'],
    ['a character set', '\u001B(B'],
    ['a short one', '\u001B7'],
  ] as const) {
    it(`stay whole when a chunk splits ${what}`, () => {
      for (let cut = 1; cut < sequence.length; cut++) {
        const [begin, rest] = [sequence.slice(0, cut), sequence.slice(cut)];
        assert.deepEqual(passedOn(`a${begin}`, `${rest}b\n`), ['a', `${sequence}b\n`]);
      }
      const pieces = passedOn('a', ...Array.from(sequence), 'b');
      assert.deepEqual(pieces.slice(0, 2), ['a', sequence]);
      assert.deepEqual(
        passedOn(`a${sequence}`),
        [`a${sequence}`],
        'nothing is held back of a whole one',
      );
    });
  }

  it('do not delay the text after them or text that is no sequence', () => {
    for (const text of [
      'a[31m',
      '\u001B[31mred',
      '\u001B]0;title\u0007end',
      'a\u001Bzb',
      '[',
      '',
    ]) {
      const chunks: string[] = [];
      new WholeSequences((chunk) => void chunks.push(chunk)).write(text);
      assert.equal(chunks.join(''), text);
    }
  });

  it('are forwarded at the end when they are incomplete', () => {
    assert.deepEqual(passedOn('a\u001B[3'), ['a', '\u001B[3']);
  });

  it('lose nothing and buffer little when one never ends', () => {
    const piece = 'x'.repeat(1000);
    let held = 0;
    let passed = '';
    const output = new WholeSequences((text) => (passed += text));
    let written = '';
    for (let count = 0; count < 50; count++) {
      const text = count === 0 ? `\u001B]0;${piece}` : piece;
      written += text;
      output.write(text);
      held = Math.max(held, written.length - passed.length);
    }
    output.end();
    assert.equal(passed, written);
    assert.ok(held <= 4096, `${held} held back`);
  });
});
