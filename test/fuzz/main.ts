import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fuzzer } from './fuzzer';
import { parseFuzzOptions, type FuzzOptions } from './options';
import { PARSERS, parserNamed } from './parsers/index';
import type { Parser } from './parser';
import type { Report } from './protocol';
import { printTable, type Tried } from './table';

/**
 * The time of one turn of a parser, in milliseconds. Short enough that a short run includes every
 * parser.
 */
const TURN_MS = 5_000;
const FINDINGS = join(__dirname, '../../out/fuzz');

/** Saves each failing input once. */
class Findings {
  private readonly known = new Set<string>();

  get count(): number {
    return this.known.size;
  }

  add(parser: string, { failure, error }: Report): void {
    const message = failure?.message ?? error;
    if (message === undefined) return;
    const fault = `${parser}: ${message.split('\n', 1)[0]?.replace(/\d+/gu, 'N') ?? ''}`;
    if (this.known.has(fault)) return;
    this.known.add(fault);
    process.stdout.write(`\n${parser}: ${message}\n`);
    if (failure !== undefined)
      process.stdout.write(`the input is ${keep(parser, failure.input)}\n`);
  }
}

/** @returns the path of the file */
function keep(parser: string, input: Uint8Array): string {
  const folder = join(FINDINGS, parser.replace(/[^\w.]+/gu, '-'));
  mkdirSync(folder, { recursive: true });
  const file = join(folder, createHash('sha256').update(input).digest('hex').slice(0, 16));
  writeFileSync(file, input);
  return file;
}

/** Runs the parsers in turns until the time is up. Each turn starts with the next seed. */
async function exploreAll(fuzzer: Fuzzer, options: FuzzOptions, findings: Findings): Promise<void> {
  const parsers = options.parser?.split(',').map(parserNamed) ?? PARSERS;
  const rows = new Map(
    parsers.map((each) => [each, { parser: each.name, runs: 0, accepted: 0, slowestMs: 0 }]),
  );
  const end = performance.now() + options.minutes * 60_000;
  const left = (): number => end - performance.now();
  const turn = Math.max(200, Math.min(TURN_MS, left() / parsers.length));
  for (let seed = options.seed; left() > 0; seed++) {
    for (const [parser, row] of rows) {
      if (left() <= 0) break;
      const report = await fuzzer.explore({
        parser: parser.name,
        seed,
        ms: Math.min(turn, left()),
      });
      findings.add(parser.name, report);
      addUp(row, report);
    }
  }
  printTable(options.seed, [...rows.values()]);
}

function addUp(row: Tried, { runs, accepted, slowestMs }: Report): void {
  row.runs += runs;
  row.accepted += accepted;
  row.slowestMs = Math.max(row.slowestMs, slowestMs);
}

async function tryOne(fuzzer: Fuzzer, { name }: Parser, file: string, findings: Findings) {
  const report = await fuzzer.replay(name, readFileSync(file));
  findings.add(name, report);
  if (findings.count === 0)
    process.stdout.write(`${name}: no fault, ${Math.round(report.slowestMs)} ms\n`);
}

async function main(): Promise<void> {
  const options = parseFuzzOptions(process.argv.slice(2));
  const fuzzer = new Fuzzer();
  const findings = new Findings();
  try {
    const { input, parser = '' } = options;
    if (input === undefined) await exploreAll(fuzzer, options, findings);
    else await tryOne(fuzzer, parserNamed(parser), input, findings);
  } finally {
    await fuzzer.stop();
  }
  process.exitCode = findings.count === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
