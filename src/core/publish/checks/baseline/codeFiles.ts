export type CodeKind = 'page' | 'script' | 'style';

/** Bytes. The syntax tree of a larger file would take gigabytes of memory. */
export const MAX_CHECKED_BYTES = 16 * 1024 * 1024;

const CODE = /\.(?:[cm]?js|html?|css)$/iu;
const PAGE = /\.html?$/iu;
const STYLE = /\.css$/iu;
const HIDDEN_FOLDER = /(?:^|\/)\.[^/]*\//u;

/**
 * Checks whether a car's WebView may run or apply the file: a script, a page or a style sheet
 * outside hidden folders.
 */
export function isCode(name: string): boolean {
  return CODE.test(name) && !HIDDEN_FOLDER.test(name);
}

/** Checks whether the file is a page, so that its inline scripts are checked. */
export function isPage(name: string): boolean {
  return PAGE.test(name);
}

/** Returns the kind of a code file, judged by its name. */
export function codeKind(name: string): CodeKind {
  return isPage(name) ? 'page' : STYLE.test(name) ? 'style' : 'script';
}
