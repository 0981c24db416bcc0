import assert from 'node:assert/strict';
import { localize } from '../../../src/core/text/l10n';
import { lineLogger } from '../../../src/core/platform/lineLogger';
import { MemoryLogger } from '../../support/fakes';

describe('line logger', () => {
  let memory: MemoryLogger;
  const log = (text: string): string | undefined => {
    lineLogger(memory).info(text);
    return memory.lines.at(-1)?.replace('[info] ', '');
  };
  beforeEach(() => {
    memory = new MemoryLogger();
  });

  it('keeps each log level', () => {
    const logger = lineLogger(memory);
    for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level](`${level}\n!`);
    assert.deepEqual(
      memory.lines,
      ['debug', 'info', 'warn', 'error'].map((level) => `[${level}] ${level}\\n!`),
    );
  });

  it('keeps ordinary text unchanged', () => {
    for (const text of [
      '',
      'POST https://api.i99dash.app/x → 200 in 12 ms',
      'C:\\new\\table',
      'ضغط الإطارات',
      'می\u200Cخواهم',
      '👩\u200D🔧 胎压',
    ]) {
      assert.equal(log(text), text);
    }
  });

  it('writes one line for each entry and escapes hidden characters', () => {
    for (const [text, shown] of [
      ['a\nb', 'a\\nb'],
      [
        'a\r\n2026-01-01 00:00:00.000 [info] Signed in',
        'a\\r\\n2026-01-01 00:00:00.000 [info] Signed in',
      ],
      ['a\tb\0', 'a\\tb\\u0000'],
      ['\u001B[2J\u009B31m\u007F', '\\u001b[2J\\u009b31m\\u007f'],
      ['\u0085\u2028\u2029', '\\u0085\\u2028\\u2029'],
      ['\u202Egnp.exe\u200B\uFEFF', '\\u202egnp.exe\\u200b\\ufeff'],
      ['\u2068a\u2069', '\\u2068a\\u2069'],
      ['\uD83D \u{E0041}', '\\ud83d \\u{e0041}'],
    ] as const) {
      assert.equal(log(text), shown);
    }
  });

  it('keeps the isolates of a right-to-left language', () => {
    localize({ language: 'ar', file: '/nowhere' }, {});
    try {
      const text = '\u2067لا يوجد مفتاح في \u2068~/.ssh/id\u2069.\u2069';
      assert.equal(log(`${text}\n\u202E`), `${text}\\n\\u202e`);
    } finally {
      localize(undefined);
    }
  });

  it('limits the length of an entry', () => {
    const shown = log(`${'x'.repeat(1_000_000)} ends`) ?? '';
    assert.ok(shown.length <= 4_001 && shown.includes('…') && shown.endsWith(' ends'));
  });
});
