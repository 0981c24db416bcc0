import assert from 'node:assert/strict';
import { buildLog, MAX_LOGGED } from '../../../../src/core/publish/build/buildLog';
import { MemoryLogger } from '../../../support/fakes';

describe('build log', () => {
  it('writes each line separately without colors and empty lines', () => {
    const logger = new MemoryLogger();
    buildLog(logger)('one\r\n\n\u001B[31mred\u001B[0m\nthree');
    assert.deepEqual(logger.lines, [
      '[info] build: one',
      '[info] build: red',
      '[info] build: three',
    ]);
  });

  for (const [what, chunk] of [
    ['lines', 'a line of output\n'.repeat(4_000)],
    ['one line', 'x'.repeat(64 * 1024)],
  ] as const) {
    it(`truncates endless ${what} and says so once`, () => {
      const logger = new MemoryLogger();
      const log = buildLog(logger);
      for (let length = 0; length < 20 * MAX_LOGGED; length += chunk.length) log(chunk);
      const logged = logger.lines.reduce((sum, { length }) => sum + length, 0);
      assert.ok(logged < 3 * MAX_LOGGED, `${logged} logged`);
      assert.deepEqual(logger.lines.filter((line) => line.startsWith('[warn]')).length, 1);
    });
  }
});
