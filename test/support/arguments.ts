import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

/** The stages of a test run. */
export const stageNames = ['lint', 'build', 'unit', 'host', 'integration', 'ui'] as const;

/** The name of a stage. */
export type StageName = (typeof stageNames)[number];

/** The parsed command line of `test/run.ts`. */
export interface RunArguments {
  readonly stages: readonly StageName[];
  /** The VS Code version for the stages that need one. */
  readonly version: string;
  /** True: the integration stage runs in a desktop VS Code. */
  readonly desktop: boolean;
  /** Runs only tests whose title matches. */
  readonly grep?: string;
  /** The number of concurrent jobs. */
  readonly jobs: number;
}

/** More jobs would only compete for memory and processors. */
const MOST_JOBS = 4;

/**
 * Parses the command line of `test/run.ts`. Without a stage, all stages run; stages that need the
 * built extension add `build`.
 * @param args without the executable and the script
 * @param defaultVersion the VS Code version when none is given
 * @throws Error with the usage when an argument is unknown
 */
export function parseRunArguments(args: readonly string[], defaultVersion: string): RunArguments {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      vscode: { type: 'string', default: defaultVersion },
      desktop: { type: 'boolean', default: false },
      grep: { type: 'string' },
      jobs: { type: 'string', default: String(Math.min(availableParallelism(), MOST_JOBS)) },
    },
  });
  const unknown = positionals.find((name) => !stageNames.some((stage) => stage === name));
  if (unknown !== undefined) {
    throw new Error(
      `There is no stage ${unknown}.\n` +
        `usage: run.ts [${stageNames.join('|')}…] [--vscode=<version>] [--desktop] [--grep=<pattern>] [--jobs=<number>]`,
    );
  }
  const jobs = Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 1) throw new Error('--jobs must be a number above 0.');
  const named = new Set(positionals);
  if (named.has('integration') || named.has('ui')) named.add('build');
  return {
    stages: stageNames.filter((stage) => named.size === 0 || named.has(stage)),
    version: values.vscode,
    desktop: values.desktop,
    jobs,
    ...(values.grep === undefined ? {} : { grep: values.grep }),
  };
}
