import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { throwIfCancelled } from '../../errors';
import type { Problem } from '../../problem';
import type { Draft } from '../project';
import { problemOf } from '../rules';
import { TextPositions } from '../textPositions';

const HTML = /\.html?$/iu;
/** Folders without pages of the app's author. */
const SKIPPED = /^(\..*|node_modules)$/u;
/** Bytes. A page beyond is no page that somebody wrote. */
const MAX_SIZE = 2 * 1024 * 1024;
const DECLARATION = /\bconst\s+APP_VERSION\s*=\s*(?:'([^'\r\n]*)'|"([^"\r\n]*)")/dgu;

/**
 * Finds pages below `appRoot` that declare another `APP_VERSION` than the manifest's. Links, hidden folders, `node_modules` and the
 * build's output are not looked into.
 * @throws CancelledError
 */
export async function checkAppVersion(project: Draft, signal?: AbortSignal): Promise<Problem[]> {
  const { version } = project.manifest;
  const problems: Problem[] = [];
  if (version === undefined) {
    return problems;
  }
  for await (const file of pagesBelow(project.appRoot, project.distDir, signal)) {
    const text = (await readFile(file, 'utf8').catch(() => '')).replace(/^\uFEFF/u, '');
    const declarations = [...text.matchAll(DECLARATION)].filter(
      ([, single, double]) => (single ?? double) !== version,
    );
    const positions = declarations.length === 0 ? undefined : new TextPositions(text);
    for (const { 1: single, 2: double, indices } of declarations) {
      const [start, end] = indices?.[1] ?? indices?.[2] ?? [0, 0];
      const declared = single ?? double ?? '';
      const message = `APP_VERSION is "${declared}", but the version in manifest.json is "${version}"`;
      problems.push(problemOf('version.app-version', message, file, positions?.range(start, end)));
    }
  }
  return problems;
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
