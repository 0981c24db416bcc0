/**
 * Excluded in every folder and in any case: version control data, and junk files of systems,
 * editors, office programs and tools.
 */
const JUNK_FILES = new RegExp(
  `^(?:${[
    '\\.git|\\.svn|\\.hg|\\.jj',
    '\\.DS_Store|Icon\\r|\\._.*|\\.AppleDouble|\\.Spotlight-V100|\\.Trashes|\\.fseventsd|__MACOSX',
    'thumbs\\.db|desktop\\.ini|ehthumbs\\.db|\\$RECYCLE\\.BIN',
    '\\.directory|\\.Trash-\\d+|\\.nfs[0-9a-f]{8,}',
    '.*~|.*\\.swp|\\..*\\.sw[a-p]|#.*#|\\.#.*|\\.vscode|\\.idea',
    '~\\$.*|\\.~lock\\..*|\\.eslintcache|.*\\.log',
  ].join('|')})$`,
  'isu',
);
/** Case-sensitive, because `cvs` may be an ordinary folder. */
const CVS = 'CVS';
const PACKAGES = /^node_modules$/iu;

/** Checks whether a name is never packed, wherever it is. */
export function isExcluded(name: string): boolean {
  return isNeverPacked(name) || PACKAGES.test(name);
}

/**
 * Checks whether a name is not packed even as the target of a link. Links may lead to installed
 * packages.
 */
export function isNeverPacked(name: string): boolean {
  return JUNK_FILES.test(name) || name === CVS;
}
