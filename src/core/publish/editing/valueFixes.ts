import { getNodeValue } from 'jsonc-parser/lib/esm/main.js';
import { isJsonObject } from '../../platform/json';
import { readableColor } from '../checks/contrast';
import { formatColor, isColor } from '../project/theme/color';
import type { ColorToken } from '../rules/themeValues';
import { meantValue } from '../project/meantValue';
import { closestMatch } from '../../text/closestMatch';
import { isSemver, nextMinor, nextPatch } from '../project/semver';
import { findPictureField, fieldAt, type DocumentKind } from './fields';
import { fix, type Fix } from './fix';
import { removeProperty, replaceValue, type TextEdit } from '../json/jsonEdit';
import { nodeAt, readTree, textAt, type Node } from '../json/jsonTree';
import { nearOrigin } from './nearOrigin';

/**
 * Returns the edit that sets a manifest's version and changes nothing else; undefined if it has no
 * version.
 */
export function versionEdit(manifestText: string, version: string): TextEdit | undefined {
  const node = nodeAt(readTree(manifestText), ['version']);
  return node === undefined ? undefined : replaceValue(node, version);
}

/** Returns fixes that set the next versions. */
export function versionFixes(tree: Node): Fix[] {
  const node = nodeAt(tree, ['version']);
  const version = textAt(tree, ['version']);
  if (node === undefined || version === undefined) {
    return [];
  }
  const versions = [nextPatch(version), nextMinor(version)].filter((next) => next !== undefined);
  return [...new Set(versions)].map((next, index) => ({
    ...fix('setVersion', 'version', next, [replaceValue(node, next)]),
    preferred: index === 0,
  }));
}

/**
 * Removes an unknown field, or renames it to the closest known name.
 * @param known the names in its object
 */
export function unknownFieldFixes(
  tree: Node,
  path: readonly (string | number)[],
  known: readonly string[],
): Fix[] {
  const name = path.at(-1);
  const removal = removeProperty(tree, path);
  if (typeof name !== 'string' || known.includes(name) || removal === undefined) {
    return [];
  }
  const rename = misspeltFieldFixes(tree, path, known);
  return [
    ...rename,
    { ...fix('removeField', name, '', [removal]), preferred: rename.length === 0 },
  ];
}

/**
 * Renames a field to the closest known name.
 * @param known the names in its object
 */
export function misspeltFieldFixes(
  tree: Node,
  path: readonly (string | number)[],
  known: readonly string[],
): Fix[] {
  const name = path.at(-1);
  const key = nodeAt(tree, path)?.parent?.children?.[0];
  if (typeof name !== 'string' || key === undefined || known.includes(name)) {
    return [];
  }
  const free = known.filter((field) => nodeAt(tree, [...path.slice(0, -1), field]) === undefined);
  const meant = closestMatch(name, free);
  return meant === undefined ? [] : [fix('renameField', name, meant, [replaceValue(key, meant)])];
}

/** Replaces an entry of `network` with the origin that it stands for. */
export function originFixes(tree: Node, path: readonly (string | number)[]): Fix[] {
  const node = nodeAt(tree, path);
  const origin = path[0] === 'network' ? textAt(tree, path) : undefined;
  const better = origin === undefined ? undefined : nearOrigin(origin);
  return node === undefined || better === undefined || better === origin
    ? []
    : [fix('canonicalOrigin', 'network', better, [replaceValue(node, better)])];
}

/**
 * Suggests the closest valid value: one of a list of values, or a path with its missing beginning.
 */
export function valueFixes(
  kind: DocumentKind,
  rule: string,
  tree: Node,
  path: readonly (string | number)[],
): Fix[] {
  const node = nodeAt(tree, path);
  const text = textAt(tree, path);
  if (node === undefined || text === undefined) {
    return [];
  }
  const field = fieldAt(kind, path);
  const meant = rule.endsWith('.semver')
    ? completeVersion(text)
    : rule.endsWith('.value')
      ? field?.kind === 'color'
        ? completeColor(text)
        : meantValue(text, field?.values ?? [])
      : rule.endsWith('.relative') && findPictureField(kind, path) !== undefined
        ? `./${text.replace(/^[\\/]+/u, '')}`
        : undefined;
  return meant === undefined
    ? []
    : [
        fix('setValue', path.filter((part) => typeof part === 'string').join('.'), meant, [
          replaceValue(node, meant),
        ]),
      ];
}

/** Replaces a color that does not stand out with the nearest one that does. */
export function contrastFixes(tree: Node, path: readonly (string | number)[]): Fix[] {
  const [node, token] = [nodeAt(tree, path), path.at(-1)];
  const theme: unknown = getNodeValue(tree);
  const color =
    typeof token === 'string' && isJsonObject(theme)
      ? readableColor(theme, token as ColorToken)
      : undefined;
  if (node === undefined || color === undefined) {
    return [];
  }
  const value = formatColor(color);
  return [fix('setValue', path.join('.'), value, [replaceValue(node, value)])];
}

/** Completes a color that lacks its sign, or has one digit for each channel. */
function completeColor(text: string): string | undefined {
  const hex = text.trim().replace(/^(?:#|0x)?/iu, '');
  const color = `#${hex.length === 3 ? hex.replace(/./gu, '$&$&') : hex}`.toUpperCase();
  return isColor(color) ? color : undefined;
}

/** Turns `v1.4` into `1.4.0`. */
function completeVersion(text: string): string | undefined {
  const [, numbers] = /^\s*v?(\d+(?:\.\d+){0,2})\s*$/iu.exec(text) ?? [];
  const version =
    numbers === undefined
      ? ''
      : [...numbers.split('.'), '0', '0']
          .slice(0, 3)
          .map((each) => each.replace(/^0+(?=\d)/u, ''))
          .join('.');
  return isSemver(version) ? version : undefined;
}
