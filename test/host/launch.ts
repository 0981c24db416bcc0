import { fstatSync, mkdtempSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { format } from 'node:util';
import { build } from 'esbuild';
import { parseLaunchArguments, type LaunchArguments } from './arguments';
import { removeOnExit } from './cleanup';
import { isolatedEnvironment } from './environment';
import { startServer, type Server } from './server';
import { suiteMarker, suiteVariable } from './suite-channel';
import { defaultVersion } from './versions';
import { developmentPayload, openWorkbench, type Workbench } from './workbench';

const defaultDeadlineMs = 30 * 60_000;

/**
 * Runs a test suite in VS Code without a display, with the interface of VS Code's desktop
 * executable. Environment variables: `I99DASH_TEST_VSCODE_VERSION`, `I99DASH_TEST_HOME` (the home
 * folder that tests see; a new one when unset) and `I99DASH_TEST_DEADLINE_MS`.
 * @param args as `runTests` passes them
 * @returns the exit code: 0 when every test passed, 1 otherwise
 */
export async function main(args: readonly string[]): Promise<number> {
  exitWithParent();
  try {
    return await launch(parseLaunchArguments(args));
  } catch (error) {
    print(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

async function launch(args: LaunchArguments): Promise<number> {
  const version = process.env['I99DASH_TEST_VSCODE_VERSION'] ?? defaultVersion;
  const home = process.env['I99DASH_TEST_HOME'] ?? temporaryHome();
  await mkdir(home, { recursive: true });
  const server = await startServer({
    version,
    serverDataDir: path.join(args.userDataDir, 'server'),
    extensionsDir: args.extensionsDir,
    workspaceTrust: args.workspaceTrust,
    env: {
      ...isolatedEnvironment(home),
      I99DASH_TEST_VSCODE_VERSION: version,
      [suiteVariable]: path.resolve(args.tests),
    },
  });
  try {
    return await runSuite(server, args);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    print(`The test run broke off: ${reason}\nThe last lines of VS Code's log:`);
    print(await server.lastLogLines(30));
    return 1;
  } finally {
    await server.stop();
  }
}

async function runSuite(server: Server, args: LaunchArguments): Promise<number> {
  const deadlineMs = Number(process.env['I99DASH_TEST_DEADLINE_MS'] ?? defaultDeadlineMs);
  const { promise: ended, resolve: end, reject: breakOff } = deferred<number>();
  const timer = setTimeout(
    () => breakOff(new Error(`no result within ${deadlineMs / 1000} s`)),
    deadlineMs,
  );
  void server.exited.then((how) => breakOff(new Error(`the server ended with ${how}`)));
  const runner = await compileSuiteRunner(args.userDataDir);
  let passed = false;
  const opened = openWorkbench({
    server,
    profileDir: path.join(args.userDataDir, 'browser'),
    payload: developmentPayload(server, { extensions: args.extensions, tests: runner }),
    ...(args.folder === undefined ? {} : { folder: args.folder }),
    ...(args.displayLanguage === undefined ? {} : { displayLanguage: args.displayLanguage }),
    onLog: (type, entries) => {
      const [marker, message, text] = entries;
      if (marker !== suiteMarker) server.log(`[window] [${type}] ${format(...entries)}`);
      else if (message === 'passed') passed = true;
      else print(String(text));
    },
    onExit: (code) => {
      if (code !== 0 || passed) end(code);
      else breakOff(new Error('the extension host ended before the tests did'));
    },
  });
  opened.then((workbench) => watch(workbench, breakOff), breakOff);
  try {
    return await ended;
  } finally {
    clearTimeout(timer);
    await opened.then(
      (workbench) => workbench.close(),
      () => undefined,
    );
  }
}

function watch({ page, context }: Workbench, breakOff: (reason: Error) => void): void {
  page.once('crash', () => breakOff(new Error('the page crashed')));
  page.once('close', () => breakOff(new Error('the page was closed')));
  context.once('close', () => breakOff(new Error('the browser ended')));
}

/**
 * Exits this process, with cleanup, as soon as its parent is gone, even when the parent was killed.
 */
function exitWithParent(): void {
  // Node gives a child a socket as standard input; any other kind of input may end early for other
  // reasons.
  if (fstatSync(0).isSocket()) process.stdin.on('close', () => process.exit(1)).resume();
}

/** Compiles the module that VS Code runs, which in turn runs the suite. */
async function compileSuiteRunner(dir: string): Promise<string> {
  const outfile = path.join(dir, 'suite-runner.js');
  const entryPoints = [path.join(__dirname, 'suite-runner.ts')];
  await build({ entryPoints, outfile, bundle: true, format: 'cjs', platform: 'node' });
  return outfile;
}

function temporaryHome(): string {
  const home = mkdtempSync(path.join(os.tmpdir(), 'i99dash-home-'));
  removeOnExit(home);
  return home;
}

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // The promise may be rejected before it is awaited.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
