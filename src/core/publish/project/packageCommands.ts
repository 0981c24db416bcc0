import { access, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isJsonObject, optionalString, parseJson, type JsonObject } from '../../platform/json';
import { PACKAGE_FILE } from '../../miniAppFolder';
import { READ_WITHOUT_WAITING, readHead, readTextFile } from '../../platform/readTextFile';

/**
 * The commands that a pipeline runs to install a project's packages and to call the i99dash client.
 */
export interface PackageCommands {
  /** Install the dependencies without package scripts. Empty for a project without package.json. */
  install: readonly string[];
  /** Prefix of each client call. */
  client: string;
  /** Whether the client is fetched from the registry because the project does not depend on it. */
  isFetched: boolean;
}

/** The npm package of the client, and the major version whose commands are known. */
const PACKAGE = 'i99dash';
const MAJOR = 7;
const FETCHED = { client: `npx --yes ${PACKAGE}@${MAJOR}`, isFetched: true };

/** The version is in the first lines of a lock file. In bytes. */
const HEAD_BYTES = 4096;

/** Input for the commands of a package manager. */
interface ManagedProject {
  /** `packageManager` of package.json. */
  field: string;
  /** The first lines of the lock file. */
  lock: string;
  /** Whether the repository contains its own yarn release. */
  hasOwnYarn: boolean;
}

interface PackageManager {
  lockFiles: readonly string[];
  install: (project: ManagedProject) => string[];
  /** Prefix to run a command of an installed package. */
  exec: string;
  /** Runs a script of package.json. */
  run: string;
}

const NPM: PackageManager = {
  lockFiles: ['package-lock.json', 'npm-shrinkwrap.json'],
  install: () => ['npm ci --ignore-scripts'],
  exec: 'npx --no-install',
  run: 'npm run',
};

const MANAGERS: readonly PackageManager[] = [
  { lockFiles: ['pnpm-lock.yaml'], install: installWithPnpm, exec: 'pnpm exec', run: 'pnpm run' },
  { lockFiles: ['yarn.lock'], install: installWithYarn, exec: 'yarn', run: 'yarn run' },
  { lockFiles: ['bun.lock', 'bun.lockb'], install: installWithBun, exec: 'bunx', run: 'bun run' },
  NPM,
];

/**
 * Determines a project's package manager, and whether the client is a dependency.
 * @param folder Project folder, absolute.
 * @param root Root of the repository, at or above the folder. Workspaces keep their lock file
 * there.
 */
export async function readPackageCommands(folder: string, root: string): Promise<PackageCommands> {
  const packageJson = await readPackageJson(folder);
  if (packageJson === undefined) {
    return { install: [], ...FETCHED };
  }
  const locked = await findLockFile(folder, root);
  const manager = locked?.manager ?? NPM;
  const install =
    locked === undefined
      ? ['npm install --ignore-scripts']
      : manager.install(await readManagedProject(locked.path, packageJson));
  return dependsOnClient(packageJson)
    ? { install, client: `${manager.exec} ${PACKAGE}`, isFetched: false }
    : { install, ...FETCHED };
}

/**
 * Reads what runs a script of package.json with the package manager that a project uses, such as
 * `npm run`.
 * @param folder of the project, absolute
 * @param root at or above the folder: a workspace has its lock file there
 */
export async function readScriptRunner(folder: string, root: string): Promise<string> {
  const locked = await findLockFile(folder, root);
  const named = optionalString((await readPackageJson(folder)) ?? {}, 'packageManager')?.split(
    '@',
  )[0];
  const manager = MANAGERS.find(({ run }) => run.split(' ')[0] === named) ?? locked?.manager;
  return (manager ?? NPM).run;
}

async function readPackageJson(folder: string): Promise<JsonObject | undefined> {
  const text = await readTextFile(join(folder, PACKAGE_FILE)).catch(() => undefined);
  const value = text === undefined ? undefined : parseJson(text)?.value;
  return isJsonObject(value) ? value : undefined;
}

function dependsOnClient(packageJson: JsonObject): boolean {
  return ['dependencies', 'devDependencies', 'optionalDependencies'].some((field) => {
    const packages = packageJson[field];
    return isJsonObject(packages) && Object.hasOwn(packages, PACKAGE);
  });
}

/** Finds the nearest lock file at or above the folder. */
async function findLockFile(
  folder: string,
  root: string,
): Promise<{ path: string; manager: PackageManager } | undefined> {
  for (let current = folder; ; current = dirname(current)) {
    for (const manager of MANAGERS) {
      for (const name of manager.lockFiles) {
        const path = join(current, name);
        if (await exists(path)) {
          return { path, manager };
        }
      }
    }
    if (current === root || current === dirname(current)) {
      return undefined;
    }
  }
}

async function readManagedProject(
  lockFile: string,
  packageJson: JsonObject,
): Promise<ManagedProject> {
  const top = dirname(lockFile);
  const field = packageJson['packageManager'] ?? (await readPackageJson(top))?.['packageManager'];
  const yarnConfig = await readTextFile(join(top, '.yarnrc.yml')).catch(() => '');
  return {
    field: typeof field === 'string' ? field : '',
    lock: await readLockHead(lockFile),
    hasOwnYarn: /^yarnPath:/mu.test(yarnConfig),
  };
}

/**
 * Corepack uses the version in `packageManager`. Without one it uses the latest, which rejects
 * older lock files.
 */
function installWithPnpm({ field, lock }: ManagedProject): string[] {
  const lockVersion = Number(/^lockfileVersion: *['"]?(\d+)/mu.exec(lock)?.[1] ?? 9);
  const major = lockVersion >= 9 ? 10 : lockVersion >= 6 ? 8 : 7;
  return [
    'corepack enable',
    ...(field.startsWith('pnpm@') ? [] : [`corepack prepare pnpm@${major} --activate`]),
    'pnpm install --frozen-lockfile --ignore-scripts',
  ];
}

/** Corepack's default is yarn 1, which delegates to a release in the repository. */
function installWithYarn({ field, lock, hasOwnYarn }: ManagedProject): string[] {
  const lockVersion = /^__metadata:\r?\n +version: *(\d+)/mu.exec(lock)?.[1];
  if (lockVersion === undefined) {
    return ['corepack enable', 'yarn install --frozen-lockfile --ignore-scripts'];
  }
  const major = Number(lockVersion) >= 8 ? 4 : 3;
  return [
    'corepack enable',
    ...(field.startsWith('yarn@') || hasOwnYarn
      ? []
      : [`corepack prepare yarn@${major} --activate`]),
    'yarn install --immutable --mode=skip-build',
  ];
}

/** Corepack does not support bun. The bun package needs its install script. */
function installWithBun({ field }: ManagedProject): string[] {
  const version = /^bun@(\d+\.\d+\.\d+)(?:\+|$)/u.exec(field)?.[1] ?? '1';
  return [`npm install --global bun@${version}`, 'bun install --frozen-lockfile --ignore-scripts'];
}

async function readLockHead(path: string): Promise<string> {
  const file = await open(path, READ_WITHOUT_WAITING).catch(() => undefined);
  try {
    return file === undefined ? '' : (await readHead(file, HEAD_BYTES)).toString();
  } catch {
    return ''; // not a regular file
  } finally {
    await file?.close();
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
