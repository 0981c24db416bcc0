import fc from 'fast-check';
import { openSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inputsFor } from './mutations';
import type { Parser, Seed } from './parser';
import { parserNamed } from './parsers/index';
import { encodeProgress, type Order, type Report } from './protocol';

/**
 * The limits for one input, in milliseconds of wall clock and CPU time: far above the usual time.
 */
const PATIENCE_MS = 2_000;
/** The limit for memory that one input may retain, in bytes: far above the usual amount. */
const MOST_MEMORY = 256 * 1024 * 1024;

const [folderOfAll = '', progressFile = ''] = process.argv.slice(2);
const progress = openSync(progressFile, 'w');
let tried = 0;

interface Ready {
  parser: Parser;
  folder: string;
  seeds: readonly Seed[];
}

const ready = new Map<string, Promise<Ready>>();

async function prepare(name: string): Promise<Ready> {
  const parser = parserNamed(name);
  const folder = join(folderOfAll, `inputs${ready.size}`);
  const seedFolder = join(folderOfAll, `seeds${ready.size}`);
  await mkdir(folder);
  await mkdir(seedFolder);
  return { parser, folder, seeds: await parser.seeds(seedFolder) };
}

/** Where the parent process finds the input that hangs. */
function announce(input: Buffer): void {
  tried += 1;
  writeSync(progress, encodeProgress(tried, input), null, null, 0);
}

/** Monitors the checks of one request. */
class Watch {
  runs = 0;
  accepted = 0;
  slowestMs = 0;

  constructor(
    private readonly parser: Parser,
    private readonly folder: string,
  ) {}

  async check(input: Buffer): Promise<void> {
    announce(input);
    this.runs += 1;
    const began = performance.now();
    const usedBefore = process.cpuUsage();
    const memory = occupied();
    const verdict = await this.parser.check(input, this.folder);
    const ms = performance.now() - began;
    const { user, system } = process.cpuUsage(usedBefore);
    // On a busy computer, wall clock time alone would blame the wrong process.
    const busyMs = Math.min(ms, (user + system) / 1_000);
    if (busyMs > PATIENCE_MS) throw new Error(`It takes ${Math.round(busyMs)} ms`);
    if (occupied() - memory > MOST_MEMORY) throw new Error('It takes too much memory');
    this.slowestMs = Math.max(this.slowestMs, busyMs);
    if (verdict === 'accepted') this.accepted += 1;
  }
}

function occupied(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function replay({ parser, folder }: Ready, input: Uint8Array): Promise<Report> {
  const watch = new Watch(parser, folder);
  try {
    await watch.check(Buffer.from(input));
    return { runs: 1, accepted: watch.accepted, slowestMs: watch.slowestMs };
  } catch (error) {
    return { runs: 1, accepted: 0, slowestMs: 0, failure: { message: told(error), input } };
  }
}

async function explore({ parser, folder, seeds }: Ready, order: Order & { kind: 'explore' }) {
  const watch = new Watch(parser, folder);
  const details = await fc.check(
    fc.asyncProperty(inputsFor(parser, seeds), (input) => watch.check(input)),
    {
      seed: order.seed,
      numRuns: order.runs ?? Number.MAX_SAFE_INTEGER,
      ...(order.ms === undefined ? {} : { interruptAfterTimeLimit: order.ms }),
    },
  );
  const { runs, accepted, slowestMs } = watch;
  const report: Report = { runs, accepted, slowestMs };
  const input = details.counterexample?.[0];
  return details.failed && input !== undefined
    ? { ...report, failure: { message: told(details.errorInstance), input } }
    : report;
}

function told(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

process.on('message', (order: Order) => {
  void obey(order).then((report) => process.send?.(report));
});

async function obey(order: Order): Promise<Report> {
  try {
    let state = ready.get(order.parser);
    if (state === undefined) {
      state = prepare(order.parser);
      ready.set(order.parser, state);
    }
    return order.kind === 'replay'
      ? await replay(await state, order.input)
      : await explore(await state, order);
  } catch (error) {
    return { runs: 0, accepted: 0, slowestMs: 0, error: told(error) };
  }
}
