import { canonicalOrigin } from '../project/origin';
import { fieldNames, type Fix, type FixContext, type ProblemAt } from './fix';
import { nodeAt, pathAt, readTree, textAt } from '../json/jsonTree';
import { iconFixes, requiredFixes } from './requiredFixes';
import {
  contrastFixes,
  misspeltFieldFixes,
  originFixes,
  unknownFieldFixes,
  valueFixes,
  versionFixes,
} from './valueFixes';

/**
 * Returns the fixes for a problem of a project's JSON file, the best first; empty if
 * the problem no longer exists.
 */
export function fixesFor(problem: ProblemAt, text: string, context: FixContext): Fix[] {
  const tree = readTree(text);
  if (tree?.type !== 'object') {
    return [];
  }
  const { rule } = problem;
  const { kind } = context;
  const [, required] = /^\w+\.(.+)\.required$/u.exec(rule) ?? [];
  if (required !== undefined) {
    return requiredFixes(text, tree, required.split('.'), context);
  }
  const path = pathAt(tree, problem.start);
  if (rule === 'version.published') {
    return versionFixes(tree);
  }
  if (rule === 'config.unknown-field') {
    return misspeltFieldFixes(tree, path, fieldNames(kind, path.slice(0, -1)));
  }
  if (rule.endsWith('.unknown-field')) {
    return unknownFieldFixes(tree, path, fieldNames(kind, path.slice(0, -1)));
  }
  if (rule.startsWith('contrast.')) {
    return contrastFixes(tree, path);
  }
  if (rule === 'asset.missing') {
    return path[0] === 'icon' ? iconFixes(text, tree, context) : [];
  }
  if (rule.startsWith('manifest.network.')) {
    return originFixes(tree, path);
  }
  return valueFixes(kind, rule, tree, path);
}

/**
 * Returns the fixes that are safe to apply without asking, because the meaning stays the same: each
 * origin of `network` in the form in which it will be submitted. Leaves alone invalid origins and
 * everything that needs a decision.
 */
export function safeFixes(text: string): Fix[] {
  const tree = readTree(text);
  const network = tree === undefined ? undefined : nodeAt(tree, ['network']);
  if (tree === undefined || network?.type !== 'array') {
    return [];
  }
  return (network.children ?? []).flatMap((_, index) => {
    const path = ['network', index];
    return isOriginSpeltOtherwise(textAt(tree, path)) ? originFixes(tree, path) : [];
  });
}

/**
 * Returns the rewrites of a valid value: another version, or an origin in the form in which it will
 * be submitted.
 */
export function rewritesAt(text: string, offset: number): Fix[] {
  const tree = readTree(text);
  if (tree?.type !== 'object') {
    return [];
  }
  const path = pathAt(tree, offset);
  if (path[0] === 'version') {
    return versionFixes(tree).map((fix) => ({ ...fix, preferred: false }));
  }
  const origin = path[0] === 'network' ? textAt(tree, path) : undefined;
  return isOriginSpeltOtherwise(origin) ? originFixes(tree, path) : [];
}

/** Checks whether a text is an origin that is not in its canonical form. */
function isOriginSpeltOtherwise(text: string | undefined): boolean {
  const canonical = text === undefined ? undefined : canonicalOrigin(text);
  return canonical !== undefined && 'origin' in canonical && canonical.origin !== text;
}
