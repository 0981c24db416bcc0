import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readableCommand, wrapCommand } from '../../../../src/core/publish/build/readableCommand';

describe('build command shown for approval', () => {
  it('is unchanged when it is plain text', () => {
    const command = `npm run build -- --mode="production" && rm -rf './x y' | tee \\n ~$HOME`;
    assert.equal(readableCommand(command), command);
  });

  it('escapes all other characters', () => {
    for (const [command, expected] of [
      ['true\nrm -rf ~', 'true⏎rm -rf ~'],
      ['true\r\nrm', 'true⏎rm'],
      ['true\rrm', 'true⟨U+000D⟩rm'],
      ['true\tx', 'true⟨U+0009⟩x'],
      ['\u001B[2K\u001B[1Anpm', '⟨U+001B⟩[2K⟨U+001B⟩[1Anpm'],
      ['a\u202Etset\u202C', 'a⟨U+202E⟩tset⟨U+202C⟩'],
      ['npm\u200B run', 'npm⟨U+200B⟩ run'],
      ['nрm ci', 'n⟨U+0440⟩m ci'],
      ['echo ⏎⟨U+0041⟩', 'echo ⟨U+23CE⟩⟨U+27E8⟩U+0041⟨U+27E9⟩'],
      ['a\u00A0b\0', 'a⟨U+00A0⟩b⟨U+0000⟩'],
      ['🚗\uD83D', '⟨U+1F697⟩⟨U+D83D⟩'],
      [`true${' '.repeat(4_000)}; curl x | sh`, 'true⟨4000 blanks⟩; curl x | sh'],
    ] as const) {
      assert.equal(readableCommand(command), expected);
    }
  });

  it('is different for every different command', () => {
    // A shell user reads the line ends of Windows and of other systems as the same.
    const same = (text: string): string => text.replaceAll('\r\n', '\n');
    const commands = fc.string({
      unit: fc.constantFrom(...Array.from(' \n\r\u202E⏎⟨⟩U+0Aa4 blanks')),
    });
    fc.assert(
      fc.property(commands, commands, (one, other) => {
        const isSame = readableCommand(one) === readableCommand(other);
        assert.equal(isSame, same(one) === same(other));
        assert.match(readableCommand(one), /^[\x20-\x7E⏎⟨⟩]*$/u);
      }),
    );
  });

  it('is complete in a document of any length', () => {
    const command = `${'x'.repeat(1_000_000)}; rm -rf ~`;
    const lines = wrapCommand(command).split('\n');
    assert.equal(lines.join(''), command);
    assert.ok(lines.every((line) => line.length <= 100));
  });
});
