export type CodeKind = 'page' | 'script' | 'style';

/** Bytes. A larger file's syntax tree would take gigabytes. */
export const MAX_CHECKED_BYTES = 16 * 1024 * 1024;

const CODE = /\.(?:[cm]?js|html?|css)$/iu;
const PAGE = /\.html?$/iu;
const STYLE = /\.css$/iu;
const HIDDEN_FOLDER = /(?:^|\/)\.[^/]*\//u;

/** Whether a car's WebView may run or apply what a file holds: a script, a page or a style sheet outside hidden folders. */
export function isCode(name: string): boolean {
  return CODE.test(name) && !HIDDEN_FOLDER.test(name);
}

/** True for a page, whose inline scripts count. */
export function isPage(name: string): boolean {
  return PAGE.test(name);
}

/** What a file that holds code is. */
export function codeKind(name: string): CodeKind {
  return isPage(name) ? 'page' : STYLE.test(name) ? 'style' : 'script';
}
