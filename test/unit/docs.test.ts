import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Documents = Record<
  string,
  {
    section: string;
    rows: { row: string; tests: Record<string, string[]> }[];
  }
>;

/** `scripts/docs.mjs`, which is not TypeScript. */
interface Script {
  testTables: (documents: Documents) => Promise<string>;
}

const ROOT = join(__dirname, '../..');

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** Returns the first cell of each row of the table in a section. */
function tableRows(document: string, section: string): string[] {
  const text = read(document)
    .split(/^## /mu)
    .find((part) => part.startsWith(section));
  return [...(text ?? '').matchAll(/^\| (\S.*?) +\| \S.*\|$/gmu)]
    .slice(2)
    .map(([, cell = '']) => cell);
}

describe('documents that cite tests', () => {
  const documents = JSON.parse(read('docs/tests.json')) as Documents;

  for (const [document, { section, rows }] of Object.entries(documents)) {
    describe(document, () => {
      it('cites a test for every row of its table', () => {
        const cited = rows.filter(({ tests }) => Object.values(tests).flat().length > 0);
        assert.ok(cited.length >= 15);
        assert.deepEqual(
          cited.map(({ row }) => row),
          tableRows(document, section),
        );
      });

      for (const { row, tests } of rows) {
        it(`cites only existing tests for: ${row}`, () => {
          for (const [file, titles] of Object.entries(tests)) {
            const source = read(`test/${file}.test.ts`);
            for (const title of titles) {
              const calls = [`it('${title}'`, `describe('${title}'`];
              assert.ok(
                calls.some((call) => source.includes(call)),
                `${file} has no test “${title}”`,
              );
            }
          }
        });
      }
    });
  }

  it('are listed in docs/tests.md as `npm run docs` writes it', async () => {
    const { testTables } = (await import(join(ROOT, 'scripts/docs.mjs'))) as Script;
    assert.equal(read('docs/tests.md'), await testTables(documents));
  });

  it('explain how to report a vulnerability and which limits remain', () => {
    const text = read('SECURITY.md');
    assert.match(text, /^## Reporting a vulnerability\n\n.*privately/mu);
    assert.match(text, /^## Limits that remain\n\n- /mu);
  });
});
