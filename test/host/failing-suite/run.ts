import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { launcherPath, repositoryRoot } from '../paths';

/** The outcome of a suite run through `runTests` and the launcher. */
export interface SuiteOutcome {
  /** The error that `runTests` rejected with; `undefined` when it resolved. */
  readonly rejection: (Error & { readonly code?: number }) | undefined;
  /** The whole output. */
  readonly output: string;
  /** The text of the file that `I99DASH_TEST_RESULTS` names; `undefined` when none was written. */
  readonly results: string | undefined;
}

/**
 * Runs a suite of this folder.
 * @param name file name without `.suite.ts`
 * @param env additional environment variables
 */
export async function runSuite(
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<SuiteOutcome> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'i99-'));
  const folder = path.join(root, 'workspace');
  await mkdir(path.join(folder, 'inner'), { recursive: true });
  await writeFile(path.join(folder, 'inner/found.txt'), '');
  const resultsFile = path.join(root, 'results.json');
  const extensionTestsPath = await buildSuite(name);
  let rejection: SuiteOutcome['rejection'];
  const output = await captureStdout(async () => {
    await runTests({
      vscodeExecutablePath: launcherPath,
      extensionDevelopmentPath: path.join(__dirname, 'extension'),
      extensionTestsPath,
      extensionTestsEnv: { ...env, I99DASH_TEST_RESULTS: resultsFile },
      launchArgs: [folder, `--user-data-dir=${root}/data`, `--extensions-dir=${root}/extensions`],
    }).catch((error: unknown) => {
      rejection = error as Error;
    });
  });
  const results = await readFile(resultsFile, 'utf8').catch(() => undefined);
  await rm(root, { recursive: true, force: true, maxRetries: 5 });
  return { rejection, output, results };
}

async function buildSuite(name: string): Promise<string> {
  const outdir = path.join(repositoryRoot, '.build/host', name);
  await build({
    entryPoints: {
      index: path.join(repositoryRoot, 'test/integration/index.ts'),
      [`${name}.test`]: path.join(__dirname, `${name}.suite.ts`),
    },
    outdir,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'error',
  });
  return path.join(outdir, 'index.js');
}

async function captureStdout(action: () => Promise<void>): Promise<string> {
  const chunks: string[] = [];
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (chunk: string | Uint8Array): boolean => {
    chunks.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    return true;
  };
  try {
    await action();
  } finally {
    process.stdout.write = write;
  }
  return chunks.join('');
}
