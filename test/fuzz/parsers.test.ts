import assert from 'node:assert/strict';
import { FOUND } from './found';
import { Fuzzer } from './fuzzer';
import { seedFrom } from './options';
import { PARSERS } from './parsers/index';
import type { Report } from './protocol';
import { printTable, type Tried } from './table';

/**
 * Few enough that all parsers take seconds together. `npm run fuzz` runs for as long as requested.
 */
const DEFAULT_RUNS = 50;
/** Far more than needed; the fuzzer detects an input that hangs before this. */
const TIMEOUT_MS = 120_000;

describe('parsers with arbitrary input', () => {
  const seed = seedFrom(process.env['I99DASH_FUZZ_SEED']);
  const fuzzer = new Fuzzer();
  const tried: Tried[] = [];
  after(() => printTable(seed, tried));
  after(() => fuzzer.stop());

  for (const { name: parser, runs = DEFAULT_RUNS } of PARSERS) {
    it(`keep their promises: ${parser}`, async () => {
      const report = await fuzzer.explore({ parser, seed, runs });
      tried.push({ parser, ...report });
      assertClean(report, `npm run fuzz -- --seed=${seed} "--parser=${parser}"`);
      assert.equal(report.runs, runs, 'every input was tried');
    }).timeout(TIMEOUT_MS);
  }

  for (const { parser, what, input } of FOUND) {
    it(`handle an input that once failed: ${parser} that ${what}`, async () => {
      assertClean(await fuzzer.replay(parser, input), what);
    }).timeout(TIMEOUT_MS);
  }
});

function assertClean({ failure, error }: Report, again: string): void {
  assert.equal(error, undefined);
  if (failure === undefined) return;
  const { message, input } = failure;
  const shown = Buffer.from(input).toString('base64').slice(0, 2_000);
  assert.fail(`${message}\nfor ${input.length} bytes (base64): ${shown}\nagain with: ${again}`);
}
