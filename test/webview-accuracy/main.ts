/**
 * Measures the accuracy of the WebView check on popular packages: `npm run webview:accuracy`. They
 * are installed from the npm registry into `out/webview-accuracy` without running their scripts.
 * Each build file is checked as it is and, together with probes of known behaviour, bundled by
 * esbuild with and without minification. V8 is the reference for whether a text is JavaScript and
 * for which of the functions newer than Chromium 95 (by browser-compat-data) a bundle polyfills.
 */
import { build, transform } from 'esbuild';
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { Script, SourceTextModule } from 'node:vm';
import { checkScript } from '../../src/core/publish/checks/baseline/script';
import { findBrought } from './oldContext';
import { FOLDER, install, listFiles } from './packages';
import { PROBES } from './probes';

type Variant = 'as it is' | 'bundled' | 'minified';
type Finding = Awaited<ReturnType<typeof checkScript>>[number];

interface Text {
  file: string;
  variant: Variant;
  text: string;
}

const VARIANTS: readonly Variant[] = ['as it is', 'bundled', 'minified'];
const KINDS = [
  'False alarms that stop a publish',
  'False alarms that warn',
  'Misses',
  'False alarms of baseline.syntax',
  'Misses of baseline.syntax',
  'False alarms of baseline.module',
  'Misses of baseline.module',
  'To look at',
];

/** Counts wrong findings and their subjects. */
class Counts {
  private readonly counts = new Map<string, Map<string, number>>();

  add(kind: string, variant: Variant, about: string): void {
    const row = this.counts.get(`${kind}, ${variant}`) ?? new Map<string, number>();
    row.set(about, (row.get(about) ?? 0) + 1);
    this.counts.set(`${kind}, ${variant}`, row);
  }

  print(): void {
    for (const what of KINDS.flatMap((kind) => VARIANTS.map((each) => `${kind}, ${each}`))) {
      const row = this.counts.get(what) ?? new Map<string, number>();
      console.log(`${what}: ${[...row.values()].reduce((sum, each) => sum + each, 0)}`);
      row.forEach((count, about) => console.log(`  ${count} × ${about}`));
    }
  }
}

/** Returns V8's classification of a text; undefined when it is not JavaScript. */
function parseWithV8(text: string): 'script' | 'module' | undefined {
  const tries = { script: () => new Script(text), module: () => new SourceTextModule(text) };
  return (['script', 'module'] as const).find((kind) => {
    try {
      tries[kind]();
      return true;
    } catch (error) {
      if ((error as Error).name !== 'SyntaxError') throw error;
      return false;
    }
  });
}

/**
 * Checks whether esbuild compiles a text differently for Chromium 95 than for the newest browsers.
 */
async function isNewerSyntax(text: string): Promise<boolean> {
  const write = async (target: string): Promise<string> =>
    (await transform(text, { target, minifyWhitespace: true, logLevel: 'silent' })).code;
  return (await write('chrome95')) !== (await write('esnext'));
}

async function bundle(file: string, minify: boolean): Promise<string> {
  const path = JSON.stringify(join(FOLDER, 'node_modules', file));
  const probes = PROBES.map(
    ({ code }, index) => `window.probes.push('probe:${index}', (xs, f) => { ${code} });`,
  );
  const contents = [
    `import * as library from ${path};`,
    'window.library = library;',
    'window.probes = [];',
    ...probes,
    `window.probes.push('probe:${PROBES.length}');`,
  ].join('\n');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: FOLDER },
    bundle: true,
    format: 'iife',
    target: 'chrome95',
    define: { 'process.env.NODE_ENV': '"production"' },
    external: builtinModules.flatMap((name) => [name, `node:${name}`]),
    minify,
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

async function checkSyntax(
  { file, variant, text }: Text,
  findings: readonly Finding[],
  counts: Counts,
): Promise<void> {
  const kind = parseWithV8(text);
  const truths = {
    'baseline.syntax': kind === undefined || (await isNewerSyntax(text)),
    'baseline.module': kind === 'module',
  };
  for (const [rule, isReal] of Object.entries(truths)) {
    const isTold = findings.some((finding) => finding.rule === rule);
    if (isTold !== isReal) {
      counts.add(`${isTold ? 'False alarms' : 'Misses'} of ${rule}`, variant, file);
    }
  }
}

/** @returns the findings that are not about a probe */
function checkProbes(
  { variant, text }: Text,
  findings: readonly Finding[],
  counts: Counts,
): Finding[] {
  const starts = [...PROBES, undefined].map((_, index) =>
    text.search(new RegExp(`["'\`]probe:${index}["'\`]`, 'u')),
  );
  const brought = findBrought(text);
  for (const [index, { api, code, isUse }] of PROBES.entries()) {
    const [start = 0, end = 0] = starts.slice(index, index + 2);
    const told = findings.filter((finding) => finding.start > start && finding.start < end);
    const isReal = isUse && !brought.has(api);
    const stops = told.some(({ rule }) => rule === 'baseline.api');
    if (told.length === 0 && isReal) {
      counts.add('Misses', variant, code);
    } else if (told.length > 0 && !isReal) {
      counts.add(`False alarms that ${stops ? 'stop a publish' : 'warn'}`, variant, code);
    }
  }
  const [first = 0] = starts;
  return findings.filter(({ start }) => start < first || start > (starts.at(-1) ?? 0));
}

async function readVariants(file: string): Promise<Text[]> {
  const text = readFileSync(join(FOLDER, 'node_modules', file), 'utf8');
  const texts: Text[] = [{ file, variant: 'as it is', text }];
  for (const [variant, minify] of [
    ['bundled', false],
    ['minified', true],
  ] as const) {
    try {
      texts.push({ file, variant, text: await bundle(file, minify) });
    } catch (error) {
      console.log(`not ${variant}: ${file}: ${String(error).split('\n').slice(0, 2).join(' ')}`);
    }
  }
  return texts;
}

async function main(): Promise<void> {
  install();
  const files = listFiles();
  const counts = new Counts();
  let checked = 0;
  for (const file of files) {
    for (const each of await readVariants(file)) {
      checked++;
      const findings = await checkScript(each.text);
      await checkSyntax(each, findings, counts);
      const calls = findings.filter(({ rule }) => /api|feature/u.test(rule));
      const others = each.variant === 'as it is' ? calls : checkProbes(each, calls, counts);
      for (const { message, start, end } of others) {
        const place = each.text.slice(Math.max(0, start - 60), end + 40).replace(/\s+/gu, ' ');
        counts.add('To look at', each.variant, `${file}: ${message}: ${place}`);
      }
    }
  }
  counts.print();
  console.log(`${files.length} files, ${checked} texts, ${PROBES.length} probes in each bundle`);
}

void main();
