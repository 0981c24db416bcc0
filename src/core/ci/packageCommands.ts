import { access, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isJsonObject, parseJson, type JsonObject } from '../json';
import { PACKAGE_FILE } from '../miniAppFolder';
import { READ_WITHOUT_WAITING, readHead, readTextFile } from '../readTextFile';

/** What a pipeline runs to have the packages of a project and the i99dash client. */
export interface PackageCommands {
  /** Install what the project needs, without running scripts of packages. Empty for a project without package.json. */
  install: readonly string[];
  /** Begins each call of the client. */
  client: string;
  /** Whether the client is fetched from the registry, since the project does not depend on it. */
  isFetched: boolean;
}

/** The npm package of the client, and the major version whose commands are known. */
const PACKAGE = 'i99dash';
const MAJOR = 7;
const FETCHED = { client: `npx --yes ${PACKAGE}@${MAJOR}`, isFetched: true };

/** A lock file tells its version in its first lines; in bytes. */
const HEAD_BYTES = 4096;

/** What is known of a project whose package manager is asked for commands. */
interface ManagedProject {
  /** `packageManager` of package.json. */
  field: string;
  /** The first lines of the lock file. */
  lock: string;
  /** Whether the repository has a release of yarn. */
  hasOwnYarn: boolean;
}

interface PackageManager {
  lockFiles: readonly string[];
  install: (project: ManagedProject) => string[];
  /** Runs a command of an installed package. */
  exec: string;
}

const NPM: PackageManager = {
  lockFiles: ['package-lock.json', 'npm-shrinkwrap.json'],
  install: () => ['npm ci --ignore-scripts'],
  exec: 'npx --no-install',
};

const MANAGERS: readonly PackageManager[] = [
  { lockFiles: ['pnpm-lock.yaml'], install: installWithPnpm, exec: 'pnpm exec' },
  { lockFiles: ['yarn.lock'], install: installWithYarn, exec: 'yarn' },
  { lockFiles: ['bun.lock', 'bun.lockb'], install: installWithBun, exec: 'bunx' },
  NPM,
];

/**
 * Reads which package manager a project uses, and whether the client is one of its dependencies.
 * @param folder of the project, absolute
 * @param root of the repository, at or above the folder: a workspace has its lock file there
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

/** The nearest lock file at or above the folder. */
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

/** Corepack takes the version of `packageManager`, and without one the latest, which refuses lock files of older versions. */
function installWithPnpm({ field, lock }: ManagedProject): string[] {
  const lockVersion = Number(/^lockfileVersion: *['"]?(\d+)/mu.exec(lock)?.[1] ?? 9);
  const major = lockVersion >= 9 ? 10 : lockVersion >= 6 ? 8 : 7;
  return [
    'corepack enable',
    ...(field.startsWith('pnpm@') ? [] : [`corepack prepare pnpm@${major} --activate`]),
    'pnpm install --frozen-lockfile --ignore-scripts',
  ];
}

/** Corepack's own yarn is 1, which hands over to a release that the repository has. */
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

/** Corepack has no bun. The package of bun needs its own script. */
function installWithBun({ field }: ManagedProject): string[] {
  const version = /^bun@(\d+\.\d+\.\d+)(?:\+|$)/u.exec(field)?.[1] ?? '1';
  return [`npm install --global bun@${version}`, 'bun install --frozen-lockfile --ignore-scripts'];
}

async function readLockHead(path: string): Promise<string> {
  const file = await open(path, READ_WITHOUT_WAITING).catch(() => undefined);
  try {
    return file === undefined ? '' : (await readHead(file, HEAD_BYTES)).toString();
  } catch {
    return ''; // a folder of that name
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
