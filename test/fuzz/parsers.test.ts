import assert from 'node:assert/strict';
import { FOUND } from './found';
import { Fuzzer } from './fuzzer';
import { seedFrom } from './options';
import { PARSERS } from './parsers';
import type { Report } from './protocol';
import { printTable, type Tried } from './table';

/** So few that all parsers together take seconds; `npm run fuzz` goes on for as long as it is told. */
const DEFAULT_RUNS = 50;
/** Far more than any of it takes: what hangs is found out before. */
const TIMEOUT_MS = 120_000;

describe('whatever a parser is given', () => {
  const seed = seedFrom(process.env['I99DASH_FUZZ_SEED']);
  const fuzzer = new Fuzzer();
  const tried: Tried[] = [];
  after(() => printTable(seed, tried));
  after(() => fuzzer.stop());

  for (const { name: parser, runs = DEFAULT_RUNS } of PARSERS) {
    it(`keeps its promises: ${parser}`, async () => {
      const report = await fuzzer.explore({ parser, seed, runs });
      tried.push({ parser, ...report });
      assertClean(report, `npm run fuzz -- --seed=${seed} "--parser=${parser}"`);
      assert.equal(report.runs, runs, 'every input was tried');
    }).timeout(TIMEOUT_MS);
  }

  for (const { parser, what, input } of FOUND) {
    it(`keeps them still: ${parser} that ${what}`, async () => {
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
