import { repositoryRoot } from './host/paths';
import { defaultVersion } from './host/versions';
import { runIntegrationTests, type IntegrationKind } from './integration/run';
import { SHORTEST } from './soak/plan';
import { soak } from './soak/soak';
import { parseRunArguments, type RunArguments, type StageName } from './support/arguments';
import { interruptCommandsOnly, runCommand, wasInterrupted } from './support/command';
import {
  addUp,
  checkResult,
  countTests,
  NO_TEST,
  runMocha,
  type StageResult,
} from './support/stage';

/** A stage's result with the time it took. */
interface Row extends StageResult {
  readonly stage: StageName;
  readonly seconds: number;
}

const KINDS: readonly IntegrationKind[] = ['samples', 'multi-root', 'untrusted', 'arabic'];
// A desktop VS Code trusts everything when `@vscode/test-electron` starts it, and is in Arabic with a language pack alone.
const DESKTOP_KINDS: readonly IntegrationKind[] = ['samples', 'multi-root'];

type Stage = (args: RunArguments) => Promise<StageResult>;

// Suites without settings of their own in .mocharc.json.
const mochaOptions = ['--no-config', '-n', 'import=tsx', '--extension', 'ts', '--forbid-only'];

const stages: Readonly<Record<StageName, Stage>> = {
  lint: async () => checkResult((await runCommand('npm', ['run', '--silent', 'lint'])) === 0),
  build: async () => {
    const code = await runCommand('npm', ['run', '--silent', 'build']);
    // It is no test, but nothing can pass without it.
    return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  },
  unit: (args) => runMocha(grepOptions(args), {}),
  host: (args) => runSuite('test/host/**/*.test.ts', args),
  integration: async (args) => {
    const results: StageResult[] = [];
    for (const kind of args.desktop ? DESKTOP_KINDS : KINDS) {
      results.push(await runIntegration(args, kind));
    }
    results.push(await runSoak(args));
    // A pattern need not match tests of every kind.
    const ran = results.filter(({ note }) => args.grep === undefined || note !== NO_TEST);
    return addUp(ran.length === 0 ? results.slice(0, 1) : ran);
  },
  ui: (args) => runSuite('test/ui/**/*.test.ts', args),
};

/** One VS Code for each kind. */
function runIntegration(args: RunArguments, kind: IntegrationKind): Promise<StageResult> {
  return countTests(async (results) => {
    const grep = args.grep === undefined ? {} : { I99DASH_TEST_GREP: args.grep };
    const { version, desktop } = args;
    const env = { ...results, ...grep };
    return runIntegrationTests({ version, desktop, kind, env }).then(
      () => true,
      (error: unknown) => {
        process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
        return false;
      },
    );
  });
}

const NOTHING = { passed: 0, failed: 0, skipped: 0 };
const SOAK = 'soak: the extension host does not grow';

/** The shortest soak; a desktop VS Code has none. */
async function runSoak({ grep, version, desktop }: RunArguments): Promise<StageResult> {
  if (grep !== undefined && !new RegExp(grep).test(SOAK)) return { ...NOTHING, note: NO_TEST };
  if (desktop || wasInterrupted()) return NOTHING;
  process.stdout.write(`\n  ${SOAK}\n`);
  const isFlat = await soak({ plan: SHORTEST, version }).catch((error: unknown) => {
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  });
  return { ...checkResult(isFlat), ...(isFlat ? {} : { failures: [SOAK] }) };
}

function runSuite(spec: string, args: RunArguments): Promise<StageResult> {
  const options = [...mochaOptions, '--timeout', '60000', ...grepOptions(args), spec];
  return runMocha(options, { I99DASH_TEST_VSCODE_VERSION: args.version });
}

function grepOptions({ grep }: RunArguments): string[] {
  return grep === undefined ? [] : ['--grep', grep];
}

async function runStages(args: RunArguments): Promise<Row[]> {
  const rows: Row[] = [];
  for (const stage of args.stages) {
    process.stdout.write(`\n── ${stage} ${'─'.repeat(70 - stage.length)}\n`);
    const start = performance.now();
    const result = await stages[stage](args);
    const note = wasInterrupted() ? { note: 'interrupted' } : {};
    rows.push({ stage, seconds: (performance.now() - start) / 1000, ...result, ...note });
    if (wasInterrupted() || (stage === 'build' && result.failed > 0)) break;
  }
  return rows;
}

function printTable(args: RunArguments, rows: readonly Row[]): void {
  const columns = ['seconds', 'passed', 'failed', 'skipped'];
  const header = columns.map((column) => column.padStart(9)).join('');
  process.stdout.write(`\n${'stage'.padEnd(12)}${header}\n`);
  for (const stage of args.stages) {
    const row = rows.find((each) => each.stage === stage);
    const cells = row ? [row.seconds.toFixed(1), row.passed, row.failed, row.skipped] : [];
    const line = cells.map((cell) => String(cell).padStart(9)).join('');
    const note = row ? (row.note ?? '') : 'not run';
    process.stdout.write(`${stage.padEnd(12)}${line}  ${note}`.trimEnd() + '\n');
  }
}

/** Once more at the end, where somebody who reads the log from there meets them. */
function printFailures(rows: readonly Row[]): void {
  const failures = rows.flatMap(({ stage, failures = [] }) =>
    failures.map((failure) => `failed: ${stage}: ${failure}\n`),
  );
  if (failures.length > 0) process.stdout.write(`\n${failures.join('')}`);
}

async function main(): Promise<void> {
  const args = parseRunArguments(process.argv.slice(2), defaultVersion);
  process.chdir(repositoryRoot);
  interruptCommandsOnly();
  const rows = await runStages(args);
  printTable(args, rows);
  printFailures(rows);
  const passed = rows.reduce((sum, row) => sum + row.passed, 0);
  const failed = rows.reduce((sum, row) => sum + row.failed, 0);
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : wasInterrupted() ? 130 : 0;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
