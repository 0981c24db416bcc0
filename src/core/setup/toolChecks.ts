import { access, constants } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { PACKAGE_FILE } from '../miniAppFolder';
import { homeFolder } from '../platform/homePath';
import { runProgram } from '../platform/runProgram';
import { readScriptRunner } from '../publish/project/packageCommands';
import { t } from '../text/l10n';
import { sanitizeLine } from '../text/sanitizeLine';
import type { SetupCheck } from './setupCheck';

const NODE_PAGE = 'https://nodejs.org/en/download';
const PAGES: Readonly<Record<string, string>> = {
  pnpm: 'https://pnpm.io/installation',
  yarn: 'https://yarnpkg.com/getting-started/install',
  bun: 'https://bun.com/docs/installation',
};
const TIMEOUT_MS = 10_000;
/** The names that Windows adds to a program's. */
const ENDINGS = process.platform === 'win32' ? ['.cmd', '.exe', '.ps1'] : [''];

/** A mini-app, and the folder at or above it that may have its lock file. Absolute paths. */
export interface ProjectFolder {
  folder: string;
  root: string;
}

/** Checks whether Node.js runs. Its folder is the user's home, so that no workspace is trusted. */
export async function checkNode(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<SetupCheck> {
  const output: Buffer[] = [];
  const options = { cwd: homeFolder(), env, timeoutMs: TIMEOUT_MS, signal };
  const onOutput = (chunk: Buffer): void => void output.push(chunk);
  const exitCode = await runProgram('node', ['--version'], { ...options, onOutput });
  if (exitCode === 0) {
    const version = sanitizeLine(Buffer.concat(output).toString().trim(), 40);
    return { topic: 'node', status: 'ok', message: t('Node.js {0} is installed.', version) };
  }
  const message = t('Node.js was not found. Builds of mini-apps need it.');
  const step = { kind: 'openPage', url: NODE_PAGE } as const;
  return { topic: 'node', status: 'warning', message, step };
}

/** Checks whether the package managers of mini-apps are installed. Runs none of them. */
export async function checkPackageManager(
  projects: readonly ProjectFolder[],
  env: NodeJS.ProcessEnv,
): Promise<SetupCheck> {
  const topic = 'packageManager';
  const withPackages: ProjectFolder[] = [];
  for (const project of projects) {
    if (await isThere(join(project.folder, PACKAGE_FILE), constants.F_OK)) {
      withPackages.push(project);
    }
  }
  const names = new Set<string>();
  for (const { folder, root } of withPackages) {
    const [name = ''] = (await readScriptRunner(folder, root)).split(' ');
    if (!(await isOnPath(name, env))) {
      const message = t('{0} uses {1}, which was not found.', basename(folder), name);
      const step = { kind: 'openPage', url: PAGES[name] ?? NODE_PAGE } as const;
      return { topic, status: 'warning', message, step };
    }
    names.add(name);
  }
  return names.size === 0
    ? { topic, status: 'skipped', message: t('No mini-app here has a {0}.', PACKAGE_FILE) }
    : { topic, status: 'ok', message: t('Installed: {0}.', [...names].join(', ')) };
}

async function isOnPath(name: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(Boolean);
  for (const folder of folders) {
    for (const ending of ENDINGS) {
      if (await isThere(join(folder, name + ending), constants.X_OK)) {
        return true;
      }
    }
  }
  return false;
}

function isThere(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
