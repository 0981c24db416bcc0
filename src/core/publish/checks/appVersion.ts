import { readdir, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { throwIfCancelled } from '../../errors';
import { t } from '../../text/l10n';
import { MANIFEST_FILE } from '../../miniAppFolder';
import { isInside } from '../../platform/paths';
import { sanitizeLine } from '../../text/sanitizeLine';
import type { Problem, Range } from '../../problem';
import { readTextFile } from '../../platform/readTextFile';
import { ProblemList } from '../rules/problemList';
import type { PartialProject } from '../project/project';
import { toProblem } from '../rules/rules';
import { TextPositions } from '../json/textPositions';

const HTML = /\.html?$/iu;
/** Folders that do not hold the app author's pages. */
const SKIPPED = /^(\..*|node_modules)$/u;
/** Bytes. Larger pages are generated, not written by hand. */
const MAX_SIZE = 2 * 1024 * 1024;
/**
 * The most entries that are visited: as many as can be published. Less outside the project, for
 * example with an `appRoot` of `/`.
 */
const MAX_ENTRIES = 500_000;
const MAX_ENTRIES_OUTSIDE = 10_000;
const DECLARATION = /\bconst\s+APP_VERSION\s*=\s*(?:'([^'\r\n]*)'|"([^"\r\n]*)")/dgu;

/** The app version that a page declares. */
export interface DeclaredVersion {
  /** Absolute path of the page. */
  file: string;
  version: string;
  /** The range of the version, without its quotes. */
  range: Range;
}

/** The changes that give a mini-app its next version. */
export interface VersionBump {
  version: string;
  /** Where pages declare the version to replace. */
  pages: readonly DeclaredVersion[];
}

/**
 * Finds pages below `appRoot` that declare a different `APP_VERSION` than the manifest. Skips
 * links, hidden folders, `node_modules` and the build's output.
 * @throws CancelledError
 */
export async function checkAppVersion(
  project: PartialProject,
  signal?: AbortSignal,
): Promise<Problem[]> {
  const { version } = project.manifest;
  if (version === undefined) {
    return [];
  }
  const others = await declaredVersions(project, (declared) => declared !== version, signal);
  const lists = new Map<string, ProblemList>();
  for (const { file, version: declared, range } of others) {
    const list = lists.get(file) ?? new ProblemList(file);
    lists.set(file, list);
    list.add('warning', () => {
      const message = t(
        'APP_VERSION is "{0}", but the version in {1} is "{2}"',
        sanitizeLine(declared, Infinity),
        MANIFEST_FILE,
        sanitizeLine(version, Infinity),
      );
      return toProblem('version.app-version', message, file, range);
    });
  }
  return [...lists.values()].flatMap((list) => list.toArray());
}

/**
 * Finds the `APP_VERSION` declarations below `appRoot` whose version is wanted.
 * @throws CancelledError
 */
export async function declaredVersions(
  { folder, appRoot, distDir }: Pick<PartialProject, 'folder' | 'appRoot' | 'distDir'>,
  isWanted: (version: string) => boolean,
  signal?: AbortSignal,
): Promise<DeclaredVersion[]> {
  const found: DeclaredVersion[] = [];
  const walk = { except: resolve(distDir), left: await budgetFor(appRoot, folder), signal };
  for await (const file of pagesBelow(appRoot, walk)) {
    const text = await readTextFile(file, MAX_SIZE).catch(() => '');
    let positions: TextPositions | undefined;
    for (const { 1: single, 2: double, indices } of text.matchAll(DECLARATION)) {
      const version = single ?? double ?? '';
      if (isWanted(version)) {
        const [start, end] = indices?.[1] ?? indices?.[2] ?? [0, 0];
        positions ??= new TextPositions(text);
        found.push({ file, version, range: positions.range(start, end) });
      }
    }
  }
  return found;
}

interface Walk {
  /** Absolute path of the folder to skip. */
  except: string;
  /** How many more entries may be visited. */
  left: number;
  signal: AbortSignal | undefined;
}

async function budgetFor(appRoot: string, folder: string): Promise<number> {
  const [root, project] = await Promise.all([withoutLinks(appRoot), withoutLinks(folder)]);
  return isInside(root, project) ? MAX_ENTRIES : MAX_ENTRIES_OUTSIDE;
}

function withoutLinks(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

async function* pagesBelow(folder: string, walk: Walk): AsyncGenerator<string> {
  throwIfCancelled(walk.signal);
  if (walk.left <= 0) {
    return;
  }
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  walk.left -= entries.length;
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED.test(entry.name) && path !== walk.except) {
      yield* pagesBelow(path, walk);
    } else if (entry.isFile() && HTML.test(entry.name)) {
      yield path;
    }
  }
}
