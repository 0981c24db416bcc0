import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { isolatedEnvironment } from '../host/environment';
import { launcherPath, repositoryRoot } from '../host/paths';
import { defaultVersion } from '../host/versions';
import { HOSTILE_SETTINGS } from '../support/hostile-settings';
import { buildIntegrationTests } from './build';
import type { IntegrationKind } from './kinds';

/** Options of a run of the integration tests. */
export interface IntegrationRun {
  /** The VS Code version; the test host's default when left out. */
  readonly version?: string;
  /** True: runs in a desktop VS Code, which `@vscode/test-electron` downloads. */
  readonly desktop?: boolean;
  /** A built module with `run` to run inside VS Code instead of the integration tests. */
  readonly suite?: string;
  /**
   * A folder or `.code-workspace` file to open; a workspace of two roots with copies of the sample
   * mini-apps when left out.
   */
  readonly folder?: string;
  /** The kind of workspace, which also selects the tests; `samples` when left out. */
  readonly kind?: IntegrationKind;
  /** Additional environment variables for the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** Additional arguments for VS Code, such as `--enable-workspace-trust`. */
  readonly launchArgs?: readonly string[];
}

/**
 * Bundles the integration tests and runs them in VS Code with a new home folder, user data,
 * extensions folder and workspace, which are removed afterwards. The extension must have been
 * built. Output goes to the terminal as it arrives.
 * @throws Error unless every test passed
 */
export async function runIntegrationTests(options: IntegrationRun = {}): Promise<void> {
  const { version = defaultVersion, kind = 'samples' } = options;
  const extensionTestsPath = options.suite ?? (await buildIntegrationTests(kind));
  // A short path, because a desktop VS Code creates sockets there, whose paths are limited to about
  // 100 characters.
  const root = mkdtempSync(path.join(os.tmpdir(), 'i99-'));
  const home = path.join(root, 'home');
  mkdirSync(home);
  const desktop = options.desktop === true;
  try {
    await runTests({
      ...(desktop ? { version } : { vscodeExecutablePath: launcherPath }),
      extensionDevelopmentPath: repositoryRoot,
      extensionTestsPath,
      extensionTestsEnv: {
        I99DASH_TEST_VSCODE_VERSION: version,
        // The launcher needs the real home folder for npm's settings.
        ...(desktop ? isolatedEnvironment(home) : { I99DASH_TEST_HOME: home }),
        ...options.env,
      },
      launchArgs: [
        options.folder ?? WORKSPACES[kind](root),
        `--user-data-dir=${path.join(root, 'data')}`,
        `--extensions-dir=${path.join(root, 'extensions')}`,
        ...(kind === 'untrusted' ? ['--enable-workspace-trust'] : []),
        ...(kind === 'arabic' ? ['--locale=ar'] : []),
        ...(options.launchArgs ?? []),
      ],
    });
  } finally {
    // A failed removal, for example while a killed VS Code still writes there, must not hide the
    // result of the run.
    await rm(root, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  }
}

/**
 * Creates the workspace of each kind below a folder.
 * @returns the path to open
 */
const WORKSPACES: Readonly<Record<IntegrationKind, (root: string) => string>> = {
  samples: copyWorkspace,
  'multi-root': writeMultiRootWorkspace,
  untrusted: writeHostileWorkspace,
  arabic: copyWorkspace,
};

/** Writes the sample mini-apps with the settings and tasks of an attacker. */
function writeHostileWorkspace(root: string): string {
  const samples = copySamples(root);
  mkdirSync(path.join(samples, '.vscode'));
  const write = (name: string, content: object): void =>
    writeFileSync(path.join(samples, name), JSON.stringify(content));
  write('.vscode/settings.json', HOSTILE_SETTINGS);
  write('.vscode/tasks.json', {
    version: '2.0.0',
    tasks: [{ type: 'i99dash', task: 'publish', folder: 'tyre-pressure', confirmed: true }],
  });
  write('tyre-pressure/sdk.config.json', { buildCommand: 'touch built' });
  const workspace = path.join(root, 'sent.code-workspace');
  const content = { folders: [{ path: samples }], settings: HOSTILE_SETTINGS };
  writeFileSync(workspace, JSON.stringify(content));
  return workspace;
}

/**
 * Writes a `.code-workspace` with two sample mini-apps and a third folder with a `manifest.json` of
 * other software.
 */
function writeMultiRootWorkspace(root: string): string {
  const samples = copySamples(root);
  const folders = ['tyre-pressure', 'trip-log', 'web-app'].map((name) => ({
    path: path.join(samples, name),
  }));
  const file = path.join(root, 'several.code-workspace');
  writeFileSync(file, JSON.stringify({ folders }));
  return file;
}

/**
 * Writes a workspace of two roots: a folder with every sample mini-app and two folders with a
 * `manifest.json` of other software, and a mini-app that publishes to beta by default. Their
 * settings try to override user settings.
 */
function copyWorkspace(root: string): string {
  const samples = copySamples(root);
  const second = path.join(root, 'tester-notes');
  cpSync(path.join(samples, 'parking-note'), second, { recursive: true });
  mkdirSync(path.join(second, '.vscode'));
  const settings = { 'i99dash.publish.defaultTrack': 'beta', ...HOSTILE_SETTINGS };
  writeFileSync(path.join(second, '.vscode/settings.json'), JSON.stringify(settings));
  const workspace = path.join(root, 'samples.code-workspace');
  const folders = [{ path: samples }, { path: second }];
  writeFileSync(workspace, JSON.stringify({ folders, settings: HOSTILE_SETTINGS }));
  return workspace;
}

function copySamples(root: string): string {
  const fixtures = path.join(repositoryRoot, 'test/fixtures');
  const samples = path.join(root, 'workspace');
  cpSync(path.join(fixtures, 'mini-apps'), samples, { recursive: true });
  for (const other of ['browser-extension', 'web-app']) {
    cpSync(path.join(fixtures, other), path.join(samples, other), { recursive: true });
  }
  return samples;
}
