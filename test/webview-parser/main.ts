/**
 * Compares the script check, which asks V8 first, with the parser alone: `npm run webview:parser`.
 * It checks all scripts of this repository's `node_modules` and of some packages, which are
 * installed from the npm registry into `out/webview-parser` without running their scripts. Where
 * the two differ, V8's verdict must explain it. Exits with 1 otherwise.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { compile } from '../../src/core/publish/checks/baseline/compile';
import { inspectParsed } from '../../src/core/publish/checks/baseline/parsedScript';
import { inspectScript } from '../../src/core/publish/checks/baseline/script';
import { installPackages } from '../support/npm-packages';

const ROOT = resolve(__dirname, '../..');
const FOLDER = join(ROOT, 'out/webview-parser');
const PACKAGES = ['core-js', 'date-fns', 'lodash', 'rxjs', 'three', 'vue'];
const SCRIPT = /\.[cm]?js$/u;
/** Bytes. */
const MAX_SCRIPT = 2_000_000;

interface Totals {
  scripts: number;
  bytes: number;
  findings: number;
  explained: number;
  unexplained: number;
}

function listScripts(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => SCRIPT.test(name))
    .map((name) => join(folder, name))
    .filter((file) => {
      const stats = statSync(file, { throwIfNoEntry: false });
      return stats?.isFile() === true && stats.size <= MAX_SCRIPT;
    });
}

async function compare(file: string, totals: Totals): Promise<void> {
  const text = readFileSync(file, 'utf8').replace(/^\uFEFF/u, '');
  const expected = inspectParsed(text);
  const actual = await inspectScript(text);
  totals.scripts++;
  totals.bytes += text.length;
  totals.findings += expected.findings.length;
  if (isDeepStrictEqual(actual, expected)) {
    return;
  }
  const { isValid } = compile(text, false);
  const isRefused = (check: typeof expected): boolean =>
    check.findings.some(({ rule }) => rule === 'baseline.syntax' || rule === 'baseline.unchecked');
  const isExplained = isRefused(actual) === !isValid && isRefused(expected) === isValid;
  totals[isExplained ? 'explained' : 'unexplained']++;
  console.log(`${isExplained ? 'V8 knows better' : 'DIFFERENT'}: ${relative(ROOT, file)}`);
  console.log('  parser alone:', ...expected.findings.slice(0, 3).map(({ message }) => message));
  console.log('  check:', ...actual.findings.slice(0, 3).map(({ message }) => message));
}

async function main(): Promise<void> {
  installPackages(FOLDER, PACKAGES);
  const totals: Totals = {
    ...{ scripts: 0, bytes: 0, findings: 0, explained: 0, unexplained: 0 },
  };
  for (const folder of [ROOT, FOLDER]) {
    for (const file of listScripts(join(folder, 'node_modules'))) {
      await compare(file, totals);
    }
  }
  console.log(`Node ${process.version}, V8 ${process.versions.v8}:`, totals);
  process.exitCode = totals.unexplained === 0 ? 0 : 1;
}

void main();
