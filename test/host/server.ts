import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { onProcessExit } from './cleanup';
import { childEnvironment, type Environment } from './environment';
import { installHost } from './install';
import { signalGroup, stopGroup } from './process-group';
import { openServerLog, type ServerLog } from './server-log';

const run = promisify(execFile);

/** Options for starting a server. */
export interface ServerOptions {
  /** The VS Code version, one that `hostVersion` knows. */
  readonly version: string;
  /**
   * The folder for the server's data: user settings, logs, state. It is created if it is missing.
   */
  readonly serverDataDir: string;
  /** The folder with installed extensions; an empty one inside the data folder when left out. */
  readonly extensionsDir?: string;
  /**
   * The folder names of the built-in extensions to run with; all of them when left out. Each costs
   * processor time at every start.
   */
  readonly builtInExtensions?: readonly string[];
  /** Changes to the environment that the server and its extension hosts inherit. */
  readonly env?: Environment;
  /**
   * True: folders are untrusted until the user trusts them. False, the default: everything is
   * trusted.
   */
  readonly workspaceTrust?: boolean;
  /**
   * True, the default: the window honours the payload that loads extensions from source and runs
   * tests, and shows no notification toasts. False: everything behaves as for a user.
   */
  readonly smokeTestDriver?: boolean;
  /** The port to listen on; a free one when left out. */
  readonly port?: number;
  /**
   * The user's settings, such as `{ 'i99dash.backendUrl': '…' }`; they replace those of an earlier
   * start in the data folder.
   */
  readonly userSettings?: Readonly<Record<string, unknown>>;
}

/** A running server. */
export interface Server extends ServerLog {
  readonly url: string;
  readonly port: number;
  /** Resolves when the server has exited with the reason: `code 1`, `signal SIGKILL`. */
  readonly exited: Promise<string>;
  /** Ends the server and all its processes and waits until they are gone. */
  readonly stop: () => Promise<void>;
}

const startDeadlineMs = 180_000;

// Without a gallery, VS Code sends no requests to the Marketplace.
const noMarketplace = { EXTENSIONS_GALLERY: '{}' };

// Turns off distractions: a chat that needs an account, and a welcome page. The theme follows the
// browser's colour scheme.
const quietSettings = {
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'window.autoDetectColorScheme': true,
  'workbench.preferredDarkColorTheme': 'Default Dark Modern',
  'workbench.preferredLightColorTheme': 'Default Light Modern',
  'extensions.ignoreRecommendations': true,
  // VS Code's default in a browser is to save after a second, on a desktop only on demand.
  'files.autoSave': 'off',
  // VS Code would start two processes every other second to look for ports.
  'remote.autoForwardPorts': false,
  // VS Code's git extension throws when a repository is removed while it is being scanned, as tests
  // do.
  'git.autoRepositoryDetection': false,
};

/**
 * Starts a VS Code server on loopback and installs it first if needed.
 * @returns the server once it answers requests
 * @throws Error with the end of the server's log when it exits or does not answer within three
 * minutes
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { node, serverMain } = await installHost(options.version);
  await mkdir(options.serverDataDir, { recursive: true });
  await writeUserSettings(options.serverDataDir, options.userSettings);
  const builtInsDir = await linkBuiltIns(serverMain, options);
  const builtIns = builtInsDir === undefined ? [] : ['--builtin-extensions-dir', builtInsDir];
  const child = spawn(
    node,
    [
      path.join(__dirname, 'server-process.mjs'),
      serverMain,
      ...serverArguments(options),
      ...builtIns,
    ],
    {
      detached: true,
      env: childEnvironment({ ...noMarketplace, ...options.env }),
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  const forget = onProcessExit(() => signalGroup(child, 'SIGKILL'));
  const exited = exitOf(child);
  const log = openServerLog(options.serverDataDir, [child.stdout, child.stderr]);
  const stop = async () => {
    await stopGroup(child, exited);
    forget();
  };
  try {
    const port = await listeningPort(child, exited);
    const url = `http://127.0.0.1:${port}`;
    await answers(`${url}/version`);
    return { url, port, exited, stop, ...log };
  } catch (error) {
    await stop();
    const reason = error instanceof Error ? error.message : String(error);
    const output = await log.lastLogLines(20);
    throw new Error(`VS Code's server did not start: ${reason}\n${output}`, { cause: error });
  }
}

/**
 * Installs a packaged extension into an extensions folder.
 * @param vsix path of the package
 * @throws Error with the server's output when the installation fails
 */
export async function installExtension(
  vsix: string,
  options: { readonly version: string; readonly extensionsDir: string },
): Promise<void> {
  const { node, serverMain } = await installHost(options.version);
  const dirs = ['--extensions-dir', options.extensionsDir];
  const dataDir = ['--server-data-dir', path.join(options.extensionsDir, '.server-data')];
  const terms = ['--accept-server-license-terms', '--telemetry-level', 'off'];
  const args = [serverMain, '--install-extension', path.resolve(vsix), ...dirs, ...dataDir];
  try {
    await run(node, [...args, ...terms], { env: childEnvironment({}) });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${vsix} could not be installed: ${stdout}${stderr}`.trim(), { cause: error });
  }
}

function serverArguments(options: ServerOptions): string[] {
  const extensions = options.extensionsDir ?? path.join(options.serverDataDir, 'extensions');
  const args = ['--host', '127.0.0.1', '--port', String(options.port ?? 0)];
  args.push('--without-connection-token', '--accept-server-license-terms');
  args.push('--server-data-dir', options.serverDataDir, '--extensions-dir', extensions);
  // The user's shell profile would restore the environment that `env` replaces.
  args.push('--telemetry-level', 'off', '--force-disable-user-env');
  if (options.smokeTestDriver !== false) args.push('--enable-smoke-test-driver');
  if (options.workspaceTrust !== true) args.push('--disable-workspace-trust');
  return args;
}

/** Makes a folder of links to the wanted built-in extensions that this version has. */
async function linkBuiltIns(
  serverMain: string,
  { serverDataDir, builtInExtensions }: ServerOptions,
): Promise<string | undefined> {
  if (builtInExtensions === undefined) return undefined;
  const all = path.join(path.dirname(serverMain), '../extensions');
  const dir = path.join(serverDataDir, 'built-in-extensions');
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir);
  const found = builtInExtensions.filter((name) => existsSync(path.join(all, name)));
  await Promise.all(found.map((name) => symlink(path.join(all, name), path.join(dir, name))));
  return dir;
}

async function writeUserSettings(
  serverDataDir: string,
  settings: Readonly<Record<string, unknown>> | undefined,
): Promise<void> {
  const dir = path.join(serverDataDir, 'data/User');
  const file = path.join(dir, 'settings.json');
  if (settings === undefined && existsSync(file)) return;
  await mkdir(dir, { recursive: true });
  await writeFile(file, JSON.stringify({ ...quietSettings, ...settings }, undefined, 2));
}

type ServerProcess = ChildProcessByStdio<Writable, Readable, Readable>;

function exitOf(child: ServerProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(code === null ? `signal ${signal ?? 'unknown'}` : `code ${code}`);
    });
    child.once('error', (error) => resolve(error.message));
  });
}

function listeningPort(child: ServerProcess, exited: Promise<string>): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => reject(new Error('it is not listening')), startDeadlineMs);
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const port = /Extension host agent listening on (\d+)/.exec(output)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      child.stdout.off('data', read);
      resolve(Number(port));
    };
    child.stdout.on('data', read);
    void exited.then((how) => {
      clearTimeout(timer);
      reject(new Error(`it ended with ${how}`));
    });
  });
}

async function answers(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(startDeadlineMs) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  await response.arrayBuffer();
}
