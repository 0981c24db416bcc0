import { isSemver } from '../project/semver';
import { fieldNames, fix, type Fix, type ProblemAt } from './fix';
import { insertProperty, replaceValue } from '../json/jsonEdit';
import { nodeAt, readTree, textAt } from '../json/jsonTree';

/**
 * Declares that the app needs a modern WebView. Returns undefined if the manifest already does, or
 * cannot be read.
 */
export function declareModernWebview(text: string): Fix | undefined {
  const tree = readTree(text);
  const declared = nodeAt(tree, ['requires', 'modernWebview']);
  if (tree?.type !== 'object' || declared?.value === true) {
    return undefined;
  }
  const edit =
    declared !== undefined
      ? replaceValue(declared, true)
      : nodeAt(tree, ['requires']) === undefined
        ? insertProperty(text, tree, [], 'requires', { modernWebview: true }, fieldNames('miniApp'))
        : insertProperty(
            text,
            tree,
            ['requires'],
            'modernWebview',
            true,
            fieldNames('miniApp', ['requires']),
          );
  return edit === undefined
    ? undefined
    : { ...fix('modernWebview', 'requires.modernWebview', 'true', [edit]), preferred: false };
}

/**
 * Sets a page's `APP_VERSION` to the manifest's version.
 * @param problem the range of the literal, without its quotes
 */
export function alignAppVersion(
  problem: ProblemAt,
  page: string,
  manifestText: string,
): Fix | undefined {
  const version = textAt(readTree(manifestText), ['version']);
  const { start, end } = problem;
  const isLiteral =
    /['"]/u.test(page.charAt(start - 1)) && page.charAt(end) === page.charAt(start - 1);
  if (version === undefined || !isSemver(version) || !isLiteral) {
    return undefined;
  }
  return fix('appVersion', 'APP_VERSION', version, [{ start, end, text: version }]);
}
