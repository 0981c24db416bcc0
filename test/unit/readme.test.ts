import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

describe('README', () => {
  const section = readFileSync(join(ROOT, 'README.md'), 'utf8')
    .split(/^## /mu)
    .find((text) => text.startsWith('From the terminal to the editor'));
  const rows = [...(section ?? '').matchAll(/^\| (.*) \| `([a-zA-Z/]+)`: (.*?) +\|$/gmu)];

  it('names a test for every command of the command-line tools', () => {
    const lines = (section ?? '').split('\n').filter((line) => line.startsWith('| '));
    assert.equal(rows.length, lines.length - 2, 'each row but the head is read');
    assert.ok(rows.length >= 25);
  });

  for (const [, , file = '', title = ''] of rows) {
    it(`names an existing test: ${file}, ${title}`, () => {
      const source = readFileSync(join(ROOT, 'test', `${file}.test.ts`), 'utf8');
      assert.ok(source.includes(`it('${title}'`), `${file} has no such test`);
    });
  }
});
