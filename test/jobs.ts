import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { repositoryRoot } from './host/paths';
import { integrationKinds, type IntegrationKind } from './integration/kinds';
import type { RunArguments, StageName } from './support/arguments';
import { runCommand, type Command } from './support/command';
import type { Job, Print } from './support/jobs';
import { checkResult, countTests, mochaCommand, type StageResult } from './support/stage';
import { packagePath } from './ui/packaged-extension';

// A desktop VS Code started by `@vscode/test-electron` trusts every folder, and it needs a language
// pack for Arabic.
const DESKTOP_KINDS: readonly IntegrationKind[] = ['samples', 'multi-root'];
const SOAK = 'soak: the extension host does not grow';
const UI_JOBS = 3;

// For suites that do not use the settings in .mocharc.json.
const suiteOptions = ['--no-config', '-n', 'import=tsx', '--extension', 'ts', '--forbid-only'];
// A timeout for tests that hang, which no busy machine reaches.
const suiteTimeout = ['--timeout', '600000'];

/**
 * Creates the jobs of a test run in starting order: first those that others wait for, then the
 * longest.
 * @param args the arguments of the run
 */
export function createJobs(args: RunArguments): Job[] {
  const jobs = [
    ...setUpJobs(args),
    ...uiJobs(args).slice(0, 1),
    ...integrationJobs(args),
    ...uiJobs(args).slice(1),
    unitJob(args),
    lintJob(),
    hostJob(args),
  ];
  return jobs.filter(({ stage }) => args.stages.includes(stage));
}

function setUpJobs({ version, desktop, stages }: RunArguments): Job[] {
  const needsHost = stages.some((stage) => ['host', 'integration', 'ui'].includes(stage));
  const install = check('install', 'build', tsx('test/host/main.ts', version));
  const packaging = check('package', 'build', npmRun('package'));
  // Runs after the package because the package's production build goes to the same folder.
  const build = check('build', 'build', npmRun('build'), ['package']);
  return [
    ...(needsHost && !desktop ? [install] : []),
    ...(stages.includes('ui') ? [packaging] : []),
    build,
  ];
}

function lintJob(): Job {
  return check('lint', 'lint', npmRun('lint'), [], 'lint');
}

function unitJob(args: RunArguments): Job {
  return mochaJob('unit', 'unit', [], args.grep, ['build']);
}

function hostJob(args: RunArguments): Job {
  const options = [...suiteOptions, ...suiteTimeout, 'test/host/**/*.test.ts'];
  return mochaJob('host', 'host', options, args.grep, ['install']);
}

function integrationJobs(args: RunArguments): Job[] {
  const kinds = args.desktop ? DESKTOP_KINDS : integrationKinds;
  const jobs = kinds.map((kind) => integrationJob(args, kind));
  const isSoakWanted = args.grep === undefined || new RegExp(args.grep, 'u').test(SOAK);
  return args.desktop || !isSoakWanted ? jobs : [...jobs, soakJob(args)];
}

/** Returns the job of one kind, which runs in its own VS Code. */
function integrationJob({ version, desktop, grep }: RunArguments, kind: IntegrationKind): Job {
  const args = [`--kind=${kind}`, ...(desktop ? ['--desktop'] : [])];
  const runTests = (pattern: string | undefined, print: Print | undefined) => {
    const env = pattern === undefined ? {} : { I99DASH_TEST_GREP: pattern };
    return countTests(printing(tsx('test/integration/main.ts', version, args, env), print));
  };
  return {
    ...{ name: `integration ${kind}`, stage: 'integration', after: ['install', 'build'] },
    run: (print) => runTests(grep, print),
    runAgain: runTests,
  };
}

function soakJob({ version }: RunArguments): Job {
  const command = tsx('test/soak/main.ts', version, ['--shortest']);
  const job = check('soak', 'integration', command, ['install', 'build'], SOAK);
  // Resident memory also depends on other load, so a growth counts only if it shows twice.
  const run = async (print: Print | undefined): Promise<StageResult> => {
    const first = await job.run(print);
    return first.failed > 0 ? job.run(print) : first;
  };
  return { ...job, run };
}

/**
 * Returns a few jobs for the UI suites: each has its own browsers and servers, and all share the
 * package.
 */
function uiJobs(args: RunArguments): Job[] {
  const shares = args.grep === undefined ? shareOut(uiFiles(), UI_JOBS) : [uiFiles()];
  return shares.map((files, index) => {
    const options = [...suiteOptions, ...suiteTimeout, ...files];
    const name = shares.length === 1 ? 'ui' : `ui ${index + 1} of ${shares.length}`;
    return mochaJob(name, 'ui', options, args.grep, ['install', 'package'], {
      I99DASH_TEST_VSCODE_VERSION: args.version,
      I99DASH_TEST_VSIX: packagePath,
    });
  });
}

function uiFiles(): string[] {
  const folder = path.join(repositoryRoot, 'test/ui');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `test/ui/${name.split(path.sep).join('/')}`);
}

/** Distributes files so that each share has about as many tests. */
function shareOut(files: readonly string[], count: number): string[][] {
  const weigh = (file: string): number =>
    readFileSync(path.join(repositoryRoot, file), 'utf8').split(/\bit\(/u).length;
  const weighed = files.map((file) => ({ file, weight: weigh(file) }));
  const shares = Array.from({ length: count }, () => ({ files: [] as string[], weight: 0 }));
  for (const { file, weight } of weighed.sort((one, other) => other.weight - one.weight)) {
    const lightest = shares.reduce((one, other) => (other.weight < one.weight ? other : one));
    lightest.files.push(file);
    lightest.weight += weight;
  }
  return shares.map((share) => share.files.sort());
}

function npmRun(script: string): Command {
  return { file: 'npm', args: ['run', '--silent', script] };
}

function tsx(
  script: string,
  version: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Command {
  return {
    file: process.execPath,
    args: ['--import', 'tsx', script, ...args],
    env: { I99DASH_TEST_VSCODE_VERSION: version, ...env },
  };
}

function mochaJob(
  name: string,
  stage: StageName,
  options: readonly string[],
  grep: string | undefined,
  after: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Job {
  const runTests = (pattern: string | undefined, print: Print | undefined) => {
    const grepOptions = pattern === undefined ? [] : ['--grep', pattern];
    return countTests(printing({ ...mochaCommand([...options, ...grepOptions]), env }, print));
  };
  return { name, stage, after, run: (print) => runTests(grep, print), runAgain: runTests };
}

/**
 * Creates a job that is a single check, not a test run. A failure names the last line of output.
 * @param title the title it is counted under; without one, it is counted only when it fails
 */
function check(
  name: string,
  stage: StageName,
  command: Command,
  after: readonly string[] = [],
  title?: string,
): Job {
  const run = async (print: Print | undefined): Promise<StageResult> => {
    let end = '';
    const keepEnd = (chunk: Buffer): void => {
      end = `${end}${chunk.toString()}`.slice(-1_000);
      print?.(chunk);
    };
    const succeeded = (await runCommand(printing(command, print && keepEnd))) === 0;
    return checkResult(succeeded, title, lastLine(end));
  };
  return { name, stage, after, run };
}

function lastLine(text: string): string {
  return stripVTControlCharacters(text).trim().split('\n').at(-1)?.trim() ?? '';
}

function printing(command: Command, print: Print | undefined): Command {
  return print === undefined ? command : { ...command, print };
}
