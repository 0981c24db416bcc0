import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '../host/paths';
import { interruptCommandsOnly, runCommand, wasInterrupted } from '../support/command';
import { EXPLAINED } from './explained';
import { COVERAGE, RAW } from './folders';
import { judge } from './judge';
import { measure } from './measure';
import { formatCoverage } from './table';

/**
 * Runs the covered test stages.
 * @returns whether every test passed
 */
async function runTests(): Promise<boolean> {
  await rm(COVERAGE, { recursive: true, force: true });
  const args = ['--import', 'tsx', 'test/run.ts', 'unit', 'integration'];
  const env = { NODE_V8_COVERAGE: RAW };
  return (await runCommand({ file: process.execPath, args, env })) === 0;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { again: { type: 'boolean', default: false } } });
  process.chdir(repositoryRoot);
  interruptCommandsOnly();
  const passed = values.again || (await runTests());
  if (wasInterrupted()) {
    process.exitCode = 130;
    return;
  }
  if (!existsSync(RAW)) throw new Error('Nothing has been counted yet.');
  const { rows, writePages } = await measure(RAW, COVERAGE);
  await writePages();
  process.stdout.write(`\n${formatCoverage(rows)}\n\n`);
  const wrong = judge(rows, EXPLAINED);
  for (const line of wrong) process.stdout.write(`${line}\n`);
  if (!passed) process.stdout.write('A test failed: what it would have run is not counted.\n');
  process.exitCode = passed && wrong.length === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
