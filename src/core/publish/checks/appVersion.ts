import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { throwIfCancelled } from '../../errors';
import type { Problem, Range } from '../../problem';
import type { Draft } from '../project';
import { problemOf } from '../rules';
import { TextPositions } from '../textPositions';

const HTML = /\.html?$/iu;
/** Folders without pages of the app's author. */
const SKIPPED = /^(\..*|node_modules)$/u;
/** Bytes. A page beyond is no page that somebody wrote. */
const MAX_SIZE = 2 * 1024 * 1024;
const DECLARATION = /\bconst\s+APP_VERSION\s*=\s*(?:'([^'\r\n]*)'|"([^"\r\n]*)")/dgu;

/** A page's own word for the app's version. */
export interface DeclaredVersion {
  /** Absolute path of the page. */
  file: string;
  version: string;
  /** Of the version, without its quotes. */
  range: Range;
}

/**
 * Finds pages below `appRoot` that declare another `APP_VERSION` than the manifest's. Links, hidden folders, `node_modules` and the
 * build's output are not looked into.
 * @throws CancelledError
 */
export async function checkAppVersion(project: Draft, signal?: AbortSignal): Promise<Problem[]> {
  const { version } = project.manifest;
  if (version === undefined) {
    return [];
  }
  const others = await declaredVersions(project, (declared) => declared !== version, signal);
  return others.map(({ file, version: declared, range }) => {
    const message = `APP_VERSION is "${declared}", but the version in manifest.json is "${version}"`;
    return problemOf('version.app-version', message, file, range);
  });
}

/**
 * Finds where pages below `appRoot` declare an `APP_VERSION` that is wanted.
 * @throws CancelledError
 */
export async function declaredVersions(
  { appRoot, distDir }: Pick<Draft, 'appRoot' | 'distDir'>,
  isWanted: (version: string) => boolean,
  signal?: AbortSignal,
): Promise<DeclaredVersion[]> {
  const found: DeclaredVersion[] = [];
  for await (const file of pagesBelow(appRoot, distDir, signal)) {
    const text = (await readFile(file, 'utf8').catch(() => '')).replace(/^\uFEFF/u, '');
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

async function* pagesBelow(
  folder: string,
  except: string,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  throwIfCancelled(signal);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED.test(entry.name) && path !== resolve(except)) {
      yield* pagesBelow(path, except, signal);
    } else if (entry.isFile() && HTML.test(entry.name) && (await sizeOf(path)) <= MAX_SIZE) {
      yield path;
    }
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? Infinity;
}
