import { nodeAt, listProperties, type Node, type Property } from './jsonTree';
import type { JsonPath } from './jsonText';

/** A replacement of a range of a text. Offsets count UTF-16 units. */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

/** The last line break before an offset, and the indentation after it. */
const LINE_START = /(\r\n|\r|\n)([ \t]*)$/u;

/** Replaces a value and keeps everything around it. */
export function replaceValue(node: Node, value: string | boolean): TextEdit {
  return { start: node.offset, end: getEnd(node), text: JSON.stringify(value) };
}

/**
 * Inserts a field into an object. Copies the formatting of its neighbours: indentation, line ends,
 * space after the colon.
 * @param order the names of fields in conventional order: the field is inserted after those that
 * precede it
 * @returns undefined if the object does not exist, or already has the field
 */
export function insertProperty(
  text: string,
  tree: Node,
  path: JsonPath,
  name: string,
  value: unknown,
  order: readonly string[] = [],
): TextEdit | undefined {
  const object = nodeAt(tree, path);
  const properties = listProperties(object);
  if (object?.type !== 'object' || properties.some(({ key }) => key.value === name)) {
    return undefined;
  }
  const style = detectStyle(text, tree);
  const [first] = properties;
  if (first === undefined) {
    return fillObject(text, object, name, value, style);
  }
  const colon = text.slice(getEnd(first.key), first.value.offset);
  const line = LINE_START.exec(text.slice(object.offset + 1, first.node.offset));
  const rendered = line === null ? JSON.stringify(value) : render(value, style, line[2] ?? '');
  const field = `${JSON.stringify(name)}${colon}${rendered}`;
  const space = line === null ? (/\s$/u.exec(colon)?.[0] ?? '') : line[0];
  const before = neighbourBefore(properties, name, order);
  return before === undefined
    ? at(first.node.offset, `${field},${space}`)
    : at(getEnd(before.node), `,${space}${field}`);
}

function neighbourBefore(
  properties: readonly Property[],
  name: string,
  order: readonly string[],
): Property | undefined {
  const place = order.indexOf(name);
  return place === -1
    ? properties.at(-1)
    : properties.findLast(({ key }) => order.slice(0, place).includes(String(key.value)));
}

/** Removes a field with its comma and its line. Returns undefined if the field does not exist. */
export function removeProperty(tree: Node, path: JsonPath): TextEdit | undefined {
  const object = nodeAt(tree, path.slice(0, -1));
  const properties = listProperties(object);
  const index = properties.findLastIndex(({ key }) => key.value === path.at(-1));
  const [here, before, after] = [properties[index], properties[index - 1], properties[index + 1]];
  if (object === undefined || here === undefined) {
    return undefined;
  }
  if (before !== undefined) {
    return { start: getEnd(before.node), end: getEnd(here.node), text: '' };
  }
  return after === undefined
    ? { start: object.offset + 1, end: getEnd(object) - 1, text: '' }
    : { start: here.node.offset, end: after.node.offset, text: '' };
}

interface Style {
  eol: string;
  /** The indentation of one level. */
  indent: string;
}

/** Returns the indentation of the file's first field, and the end of its first line. */
function detectStyle(text: string, tree: Node): Style {
  const [first] = listProperties(tree);
  const lead = first === undefined ? '' : text.slice(tree.offset + 1, first.node.offset);
  const indent = /[\r\n]([ \t]+)$/u.exec(lead)?.[1] ?? '  ';
  return { eol: /\r\n|\r|\n/u.exec(text)?.[0] ?? '\n', indent };
}

/** Fills an object that has no fields. Keeps its other content, such as a comment. */
function fillObject(
  text: string,
  object: Node,
  name: string,
  value: unknown,
  style: Style,
): TextEdit {
  const line =
    text
      .slice(0, object.offset)
      .split(/[\r\n]/u)
      .at(-1) ?? '';
  const outer = /^[ \t]*/u.exec(line)?.[0] ?? '';
  const inner = outer + style.indent;
  const field = `${style.eol}${inner}${JSON.stringify(name)}: ${render(value, style, inner)}`;
  const [start, end] = [object.offset + 1, getEnd(object) - 1];
  const isEmpty = text.slice(start, end).trim() === '';
  return isEmpty ? { start, end, text: `${field}${style.eol}${outer}` } : at(start, field);
}

/** Renders a value as manifests are written: objects on several lines, lists on one. */
function render(value: unknown, style: Style, indent: string): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return JSON.stringify(value);
  }
  const inner = indent + style.indent;
  const lines = Object.entries(value).map(
    ([name, entry]) => `${inner}${JSON.stringify(name)}: ${render(entry, style, inner)}`,
  );
  return `{${style.eol}${lines.join(`,${style.eol}`)}${style.eol}${indent}}`;
}

function at(offset: number, text: string): TextEdit {
  return { start: offset, end: offset, text };
}

function getEnd({ offset, length }: Node): number {
  return offset + length;
}
