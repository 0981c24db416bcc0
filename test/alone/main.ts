import { parseArgs } from 'node:util';
import { repositoryRoot } from '../host/paths';
import { defaultVersion } from '../host/versions';
import { interruptCommandsOnly, runCommand, wasInterrupted } from '../support/command';
import { seededRandom } from '../support/random';
import { countTests, mochaCommand, type StageResult } from '../support/stage';
import { packagePath } from '../ui/packaged-extension';
import { listIntegrationTests, listUiTests, type KnownTest } from './titles';

// Draws tests of test/ui and test/integration by a seed and runs each one alone, so that a test
// that depends on another one fails. usage: npm run test:alone -- --seed=1 --count=30

const mochaOptions = ['--no-config', '-n', 'import=tsx', '--extension', 'ts', '--forbid-only'];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '30' },
      grep: { type: 'string', default: '' },
    },
  });
  process.chdir(repositoryRoot);
  interruptCommandsOnly();
  for (const script of ['package', 'build']) {
    const code = await runCommand({ file: 'npm', args: ['run', '--silent', script] });
    if (code !== 0) throw new Error(`npm run ${script} failed`);
  }
  const all = [...(await listUiTests()), ...(await listIntegrationTests())];
  const chosen = all.filter(({ title }) => new RegExp(values.grep).test(title));
  const drawn = draw(chosen, Number(values.count), Number(values.seed));
  console.log(`${drawn.length} of ${all.length} tests, drawn with the seed ${values.seed}`);
  const rows: string[] = [];
  let failed = 0;
  for (const test of drawn) {
    if (wasInterrupted()) break;
    const start = performance.now();
    const result = await runAlone(test);
    if (wasInterrupted()) break;
    const isGood = result.failed === 0 && result.passed === 1 && result.note === undefined;
    if (!isGood) failed += 1;
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
    rows.push(`${isGood ? 'passed' : 'FAILED'} ${seconds} s  ${test.stage}: ${test.title}`);
    console.log(rows.at(-1));
  }
  console.log(`\n${rows.join('\n')}\n\n${rows.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : wasInterrupted() ? 130 : 0;
}

/** Chooses distinct tests by a seed. */
function draw(tests: readonly KnownTest[], count: number, seed: number): KnownTest[] {
  const random = seededRandom(seed);
  const rest = [...tests];
  const drawn: KnownTest[] = [];
  while (drawn.length < count && rest.length > 0) {
    drawn.push(...rest.splice(Math.floor(random() * rest.length), 1));
  }
  return drawn;
}

/** Runs one test in its own process and VS Code. */
function runAlone(test: KnownTest): Promise<StageResult> {
  const grep = `^${test.title.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&')}$`;
  const version = { I99DASH_TEST_VSCODE_VERSION: defaultVersion };
  if (test.stage === 'ui') {
    const env = { ...version, I99DASH_TEST_VSIX: packagePath };
    const options = [...mochaOptions, '--timeout', '180000', '--grep', grep, test.file];
    return countTests({ ...mochaCommand(options), env });
  }
  return countTests({
    file: process.execPath,
    args: ['--import', 'tsx', 'test/integration/main.ts', `--kind=${test.kind}`],
    env: { ...version, I99DASH_TEST_GREP: grep },
  });
}

main().then(
  // Loading the tests may leave handles open that would keep the process alive.
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
