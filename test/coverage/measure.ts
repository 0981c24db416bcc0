import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { eachMapping, TraceMap } from '@jridgewell/trace-mapping';
import { Report } from 'c8';
import { createCoverageMap, type FileCoverageData } from 'istanbul-lib-coverage';
import v8ToIstanbul from 'v8-to-istanbul';
import { repositoryRoot } from '../host/paths';
import { codeLines } from './code-lines';

const SOURCES = path.join(repositoryRoot, 'src');

type Sources = Parameters<typeof v8ToIstanbul>[2];
type Functions = Parameters<ReturnType<typeof v8ToIstanbul>['applyCoverage']>[0];

/** A script as V8 knows it: its absolute path and its coverage merged over all processes. */
interface Script {
  readonly url: string;
  readonly functions: Functions;
}

/** The parts of c8's report that c8 does not declare. */
interface C8Report {
  _getMergedProcessCov(): { readonly result: readonly Script[] };
  /** Returns Node's source map data of a script, which is empty for a script without one. */
  _getSourceMap(script: Script): Sources;
  /** Returns the coverage that `run` writes. */
  getCoverageMapFromAllCoverageFiles: () => Promise<unknown>;
  run(): Promise<void>;
}

/** Execution counts by absolute path and line number. */
type Counts = Map<string, Map<number, number>>;

/** The coverage of a file's lines with code. */
export interface FileLines {
  /** The path relative to the repository's root, with slashes. */
  readonly file: string;
  readonly covered: number;
  readonly total: number;
  /** The uncovered lines in ascending order. */
  readonly uncovered: readonly number[];
}

/** The coverage of the sources. */
export interface Measured {
  /** One for each source with code, including sources that no process loaded, sorted by path. */
  readonly rows: readonly FileLines[];
  /** Writes HTML pages of the sources with their coverage. */
  readonly writePages: () => Promise<void>;
}

/**
 * Merges the coverage that Node wrote for every process that ran a source, whether directly through
 * tsx or as a bundle.
 * @param tempDirectory the folder that `NODE_V8_COVERAGE` named
 * @param reportsDirectory the folder for the HTML pages
 */
export async function measure(tempDirectory: string, reportsDirectory: string): Promise<Measured> {
  const report = new Report({
    tempDirectory,
    reportsDirectory,
    reporter: ['html'],
    resolve: '',
    include: ['src/**/*.ts', 'dist/*.js', '.build/integration/**/*.js', 'coverage/workers/**/*.js'],
    // Some bundles are in folders that c8 excludes as tests and reports.
    exclude: [],
    extension: ['.ts', '.js'],
  }) as unknown as C8Report;
  const counts: Counts = new Map();
  for (const script of report._getMergedProcessCov().result) {
    await count(script, report._getSourceMap(script), counts);
  }
  const map = createCoverageMap();
  const rows: FileLines[] = [];
  for (const file of sourceFiles()) {
    const text = readFileSync(file, 'utf8');
    const lines = [...(await codeLines(text))].sort((one, other) => one - other);
    if (lines.length === 0) continue;
    const ran = (line: number): number => counts.get(file)?.get(line) ?? 0;
    const uncovered = lines.filter((line) => ran(line) === 0);
    rows.push({
      file: path.relative(repositoryRoot, file).replaceAll(path.sep, '/'),
      ...{ covered: lines.length - uncovered.length, total: lines.length, uncovered },
    });
    map.addFileCoverage(toIstanbul(file, text, lines, ran));
  }
  report.getCoverageMapFromAllCoverageFiles = () => Promise.resolve(map);
  return { rows, writePages: () => report.run() };
}

/**
 * Adds the coverage of a script to the counts of its sources. c8 would count everything as covered
 * that V8 does not report as uncovered, including functions that esbuild leaves out of a bundle.
 * Therefore only lines that the script contains are counted.
 */
async function count(script: Script, sources: Sources, counts: Counts): Promise<void> {
  if (sources === undefined || !('sourceMap' in sources)) return;
  const contained = linesOf(script.url, new TraceMap(sources.sourceMap.sourcemap));
  const converter = v8ToIstanbul(script.url, 0, sources);
  await converter.load();
  converter.applyCoverage(script.functions);
  for (const { path: file, statementMap, s } of Object.values(converter.toIstanbul())) {
    const ofFile = counts.get(file) ?? new Map<number, number>();
    counts.set(file, ofFile);
    for (const [id, { start }] of Object.entries(statementMap)) {
      if (!contained.get(file)?.has(start.line)) continue;
      ofFile.set(start.line, (ofFile.get(start.line) ?? 0) + (s[id] ?? 0));
    }
  }
}

/** Returns the lines that a script contains, by the absolute path of the source. */
function linesOf(script: string, map: TraceMap): ReadonlyMap<string, ReadonlySet<number>> {
  const lines = new Map<string, Set<number>>();
  eachMapping(map, ({ source, originalLine }) => {
    if (source === null) return;
    const file = source.startsWith('file:')
      ? fileURLToPath(source)
      : path.resolve(path.dirname(script), source);
    const ofFile = lines.get(file) ?? new Set();
    lines.set(file, ofFile.add(originalLine));
  });
  return lines;
}

function sourceFiles(): string[] {
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(SOURCES, name))
    .sort();
}

/**
 * Converts line counts only: functions and branches would be those of the compiled code, which
 * differs between tsx and a bundle.
 */
function toIstanbul(
  file: string,
  text: string,
  lines: readonly number[],
  ran: (line: number) => number,
): FileCoverageData {
  const lengths = text.split('\n').map(({ length }) => length);
  const range = (line: number) => ({
    start: { line, column: 0 },
    end: { line, column: lengths[line - 1] ?? 0 },
  });
  return {
    path: file,
    statementMap: Object.fromEntries(lines.map((line) => [line, range(line)])),
    s: Object.fromEntries(lines.map((line) => [line, ran(line)])),
    ...{ fnMap: {}, f: {}, branchMap: {}, b: {} },
  };
}
