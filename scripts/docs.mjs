// Writes docs/tests.md: which tests show the rows of the tables in SECURITY.md and
// docs/from-the-terminal.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../docs');
const OUTPUT = join(FOLDER, 'tests.md');

/**
 * @typedef {{ row: string, tests: Record<string, string[]> }} Row
 * @param {Record<string, { section: string, rows: Row[] }>} documents The content of docs/tests.json.
 * @returns {Promise<string>} The content of docs/tests.md.
 */
export async function testTables(documents) {
  const sections = Object.entries(documents).map(([document, { section, rows }]) => {
    const lines = rows.map(({ row, tests }) => {
      const cited = Object.entries(tests).flatMap(([file, titles]) =>
        titles.map((title) => `\`${file}\`: ${title}`),
      );
      return `| ${row} | ${cited.join('<br>')} |`;
    });
    return [`## ${document}: ${section}`, '', '| row | tests |', '| - | - |', ...lines].join('\n');
  });
  const intro =
    '`npm run docs` makes this page from `tests.json`. Unit tests check that the tests exist.';
  const text = ['# Tests for each row of a table', intro, ...sections].join('\n\n');
  return format(text, { ...(await resolveConfig(OUTPUT)), filepath: OUTPUT });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const documents = JSON.parse(readFileSync(join(FOLDER, 'tests.json'), 'utf8'));
  writeFileSync(OUTPUT, await testTables(documents));
}
