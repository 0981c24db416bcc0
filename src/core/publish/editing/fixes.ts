import { canonicalOrigin } from '../origin';
import type { Fix, FixContext, ProblemAt } from './fix';
import { readTree, textAt } from './jsonTree';
import { pathOf } from './pathOf';
import { iconFixes, requiredFixes } from './requiredFixes';
import { originFixes, unknownFieldFixes, valueFixes, versionFixes } from './valueFixes';

/** What mends a problem of a manifest, the best first. None when the problem is not there any more. */
export function fixesFor(problem: ProblemAt, text: string, context: FixContext): Fix[] {
  const tree = readTree(text);
  if (tree?.type !== 'object') {
    return [];
  }
  const { rule } = problem;
  const [, required] = /^manifest\.(\w+)\.required$/u.exec(rule) ?? [];
  if (required !== undefined) {
    return requiredFixes(text, tree, required, context);
  }
  const path = pathOf(tree, problem.start);
  if (rule === 'version.published') {
    return versionFixes(tree);
  }
  if (rule === 'manifest.unknown-field') {
    return unknownFieldFixes(tree, path);
  }
  if (rule === 'asset.missing') {
    return path[0] === 'icon' ? iconFixes(text, tree, context) : [];
  }
  if (rule.startsWith('manifest.network.')) {
    return originFixes(tree, path);
  }
  return valueFixes(rule, tree, path);
}

/** What may be done with a value that nothing is wrong with: another version, an origin as it will be submitted. */
export function rewritesAt(text: string, offset: number): Fix[] {
  const tree = readTree(text);
  if (tree?.type !== 'object') {
    return [];
  }
  const path = pathOf(tree, offset);
  if (path[0] === 'version') {
    return versionFixes(tree).map((fix) => ({ ...fix, preferred: false }));
  }
  const origin = path[0] === 'network' ? textAt(tree, path) : undefined;
  const canonical = origin === undefined ? undefined : canonicalOrigin(origin);
  return canonical !== undefined && 'origin' in canonical && canonical.origin !== origin
    ? originFixes(tree, path)
    : [];
}
