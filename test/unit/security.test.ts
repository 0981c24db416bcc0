import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

describe('threat model', () => {
  const text = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8');
  const section = text.split(/^## /mu).find((part) => part.startsWith('Threats')) ?? '';
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | +\|$/gu, '').trim()));

  it('lists the mitigation and the tests of every threat', () => {
    assert.ok(rows.length >= 15);
    for (const [threat = '', answer = '', tests = '', ...more] of rows) {
      assert.ok(threat !== '' && answer !== '' && more.length === 0, threat);
      assert.match(tests, /^`[\w./]+`: .+/u, threat);
    }
  });

  for (const [threat = '', , tests = ''] of rows) {
    for (const test of tests.split('<br>')) {
      const [, file = '', title = ''] = /^`([\w./]+)`: (.+)$/u.exec(test) ?? [];
      it(`names an existing test: ${file}, ${title}`, () => {
        const source = readFileSync(join(ROOT, 'test', `${file}.test.ts`), 'utf8');
        const isThere = ['it', 'describe'].some((name) => source.includes(`${name}('${title}'`));
        assert.ok(isThere, `${threat}: ${file} has no test “${title}”`);
      });
    }
  }

  it('explains how to report a vulnerability and which limits remain', () => {
    assert.match(text, /^## Reporting a vulnerability\n\n.*privately/mu);
    assert.match(text, /^## Limits that remain\n\n- /mu);
  });
});
