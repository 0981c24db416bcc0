import { basename, relative, sep } from 'node:path';
import { throwIfCancelled } from '../../errors';
import { t } from '../../text/l10n';
import { MANIFEST_FILE } from '../../miniAppFolder';
import { sanitizeLine } from '../../text/sanitizeLine';
import type { Problem } from '../../problem';
import { readTextFile } from '../../platform/readTextFile';
import { isCode, isPage } from './baseline/codeFiles';
import type { BundleFile } from '../bundle/files';
import { ProblemList } from '../rules/problemList';
import type { PartialProject } from '../project/project';
import { toProblem, sentence } from '../rules/rules';
import { TextPositions } from '../json/textPositions';
import type { ManifestLocations } from '../project/manifestLocations';
import { describeSimilar, NameIndex } from './nameIndex';
import { findPageReferences, type PageReference } from './pageReferences';

const START_PAGE = 'index.html';
/** Bytes. Larger pages are generated, not written by hand. */
const MAX_PAGE = 512 * 1024;
/** The most bytes of pages that are read. Pages near the root come first. */
const MAX_BYTES = 4 * 1024 * 1024;
/** A placeholder for the host of the bundle. */
const HOST = 'https://bundle.invalid';
/** Template syntax that a program replaces before the page is shown. */
const PLACEHOLDER = /\{\{|\$\{|<%|\[\[/u;

export interface PagesOptions {
  signal?: AbortSignal | undefined;
  /**
   * Whether a build may still add files. If so, only names that differ in case or Unicode form are
   * reported.
   */
  mayGrow?: boolean;
}

/**
 * Checks that a bundle can start: it has an `index.html` at its root, and the local scripts, styles
 * and pictures that its pages load. The car's disk is case-sensitive and distinguishes Unicode
 * forms.
 * @param root the absolute folder that the files' names are relative to
 * @throws CancelledError
 */
export async function checkPages(
  project: PartialProject,
  root: string,
  files: readonly BundleFile[],
  places: ManifestLocations,
  { signal, mayGrow = false }: PagesOptions = {},
): Promise<Problem[]> {
  const names = new NameIndex(files.map(({ name }) => name));
  const where = relative(project.folder, root).split(sep).join('/') || basename(project.folder);
  let problems = checkStartPage(files, names, where, places, mayGrow);
  const prefix = folderOfUrl(project.manifest.url);
  for (const page of pagesToRead(files)) {
    throwIfCancelled(signal);
    const html = await readTextFile(page.path, MAX_PAGE).catch(() => '');
    problems = problems.concat(checkPage(page, html, names, prefix, mayGrow));
  }
  return problems;
}

function checkStartPage(
  files: readonly BundleFile[],
  names: NameIndex,
  where: string,
  places: ManifestLocations,
  mayGrow: boolean,
): Problem[] {
  const atRoot = files.filter(({ name }) => isPage(name) && !name.includes('/'));
  const folder = sanitizeLine(where, Infinity);
  const isEmpty = files.every(({ name }) => name === MANIFEST_FILE); // then the missing pictures are reported
  if (isEmpty || names.has(START_PAGE)) {
    return [];
  }
  const similar = names.findSimilar(START_PAGE);
  if (similar !== undefined) {
    const words = t(
      '{0} has {1} instead of {2}; upper and lower case must match',
      folder,
      similar,
      START_PAGE,
    );
    return [places.problem('page.index', words, ['url'])];
  }
  if (mayGrow) {
    return [];
  }
  if (atRoot.length > 0) {
    const words = t('{0} has no {1}, which the car opens', folder, START_PAGE);
    return [places.problem('page.index', words, ['url'])];
  }
  const words = t('{0} has no page, such as {1}: the app cannot start', folder, START_PAGE);
  return [places.problem('page.missing', words, ['url'])];
}

/** Returns the pages to read within the limit, those near the root first. */
function pagesToRead(files: readonly BundleFile[]): BundleFile[] {
  const depth = ({ name }: BundleFile): number => name.split('/').length;
  const pages = files.filter(({ name, size }) => isPage(name) && isCode(name) && size <= MAX_PAGE);
  let left = MAX_BYTES;
  return pages.sort((a, b) => depth(a) - depth(b)).filter(({ size }) => (left -= size) >= 0);
}

function checkPage(
  page: BundleFile,
  html: string,
  names: NameIndex,
  prefix: string,
  mayGrow: boolean,
): Problem[] {
  const { references, base } = findPageReferences(html);
  const list = new ProblemList(page.path);
  let positions: TextPositions | undefined;
  for (const { url, start, end } of references) {
    const candidates = localPaths({ url, page: page.name, base, prefix });
    const words = describeMissing(candidates, names, mayGrow);
    if (words !== undefined) {
      positions ??= new TextPositions(html);
      const range = positions.range(start, end);
      list.add('warning', () =>
        toProblem('page.reference', sentence(url, words), page.path, range),
      );
    }
  }
  return list.toArray();
}

/**
 * Returns what is wrong with a reference, in words that follow it; undefined if the file exists or
 * is outside the bundle.
 */
function describeMissing(
  candidates: readonly string[],
  names: NameIndex,
  mayGrow: boolean,
): string | undefined {
  if (candidates.some((path) => names.has(path))) {
    return undefined;
  }
  for (const path of candidates) {
    const similar = names.findSimilar(path);
    if (similar !== undefined) {
      return describeSimilar(path, similar);
    }
  }
  return candidates.length === 0 || mayGrow ? undefined : t('is not in the bundle');
}

interface Address extends Pick<PageReference, 'url'> {
  /** The name of the page that contains the address. */
  page: string;
  base: string | undefined;
  /** The path below which the app is hosted, with a slash at both ends. */
  prefix: string;
}

/** Returns the names that an address may have in the bundle; empty for external addresses. */
function localPaths({ url, page, base, prefix }: Address): string[] {
  const address = url.trim().replaceAll(/&amp;/giu, '&');
  if (address === '' || PLACEHOLDER.test(address)) {
    return [];
  }
  try {
    const pageUrl = `${HOST}/${page.split('/').map(encodeURIComponent).join('/')}`;
    const target = new URL(address, new URL(base ?? '', pageUrl));
    const path = decodeURIComponent(target.pathname);
    if (target.origin !== HOST || path.endsWith('/')) {
      return [];
    }
    const isBelow = prefix !== '/' && path.startsWith(prefix);
    return [path.slice(1), ...(isBelow ? [path.slice(prefix.length)] : [])];
  } catch {
    return [];
  }
}

function folderOfUrl(url: string | undefined): string {
  const path = url !== undefined && URL.canParse(url) ? new URL(url).pathname : '/';
  return path.slice(0, path.lastIndexOf('/') + 1);
}
