import { createJobs } from './jobs';
import { repositoryRoot } from './host/paths';
import { defaultVersion } from './host/versions';
import { parseRunArguments } from './support/arguments';
import { interruptCommandsOnly, wasInterrupted } from './support/command';
import { runFailedAgain, runJobs, type JobEvents } from './support/jobs';
import {
  formatFailures,
  formatSlowest,
  formatStages,
  formatUnsteady,
  totalResult,
} from './support/report';

const RULE_WIDTH = 70;

const events: JobEvents = {
  started: (name) => print(`${sinceStart()}  ${name} started\n`),
  ended: ({ name, seconds, result }, output) => {
    const rule = '─'.repeat(Math.max(0, RULE_WIDTH - name.length));
    if (output.length > 0) print(`\n── ${name} ${rule}\n${output.toString()}\n`);
    const { passed = 0, failed = 0 } = result ?? {};
    const counts = passed + failed === 0 ? 'done' : `${passed} passed, ${failed} failed`;
    print(`${sinceStart()}  ${name} ended after ${seconds.toFixed(1)} s: ${counts}\n`);
  },
};

async function main(): Promise<void> {
  const args = parseRunArguments(process.argv.slice(2), defaultVersion);
  process.chdir(repositoryRoot);
  interruptCommandsOnly();
  const jobs = createJobs(args);
  const first = await runJobs(jobs, args.jobs, events);
  const outcomes = await runFailedAgain(jobs, first, args.jobs, events);
  const { passed, failed } = totalResult(outcomes);
  const sections = [
    `The ten longest tests:\n${formatSlowest(outcomes)}`,
    formatStages(outcomes, performance.now() / 1000),
    formatUnsteady(outcomes),
    formatFailures(outcomes),
    wasInterrupted() ? 'interrupted' : '',
    `${passed} passed, ${failed} failed`,
  ];
  print(`\n${sections.filter((section) => section !== '').join('\n\n')}\n`);
  process.exitCode = failed > 0 ? 1 : wasInterrupted() ? 130 : 0;
}

function sinceStart(): string {
  return `${(performance.now() / 1000).toFixed(0).padStart(5)} s`;
}

function print(text: string): void {
  process.stdout.write(text);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
