import { nodeAt, propertiesOf, type Node, type Property } from './jsonTree';
import type { JsonPath } from '../jsonText';

/** A change of a text: what to put in the place of what. Offsets count UTF-16 units. */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

/** The last line break before something, and its indentation. */
const LINE_START = /(\r\n|\r|\n)([ \t]*)$/u;

/** Replaces a value; everything around it stays. */
export function replaceValue(node: Node, value: string | boolean): TextEdit {
  return { start: node.offset, end: endOf(node), text: JSON.stringify(value) };
}

/**
 * Puts a field into an object, formatted as its neighbours are: indentation, line ends, space after the colon.
 * @param order the names of fields in the order they have by convention: the field comes behind those before it
 * @returns undefined when the object is not there, or has the field
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
  const properties = propertiesOf(object);
  if (object?.type !== 'object' || properties.some(({ key }) => key.value === name)) {
    return undefined;
  }
  const style = styleOf(text, tree);
  const [first] = properties;
  if (first === undefined) {
    return fillObject(text, object, name, value, style);
  }
  const colon = text.slice(endOf(first.key), first.value.offset);
  const line = LINE_START.exec(text.slice(object.offset + 1, first.node.offset));
  const rendered = line === null ? JSON.stringify(value) : render(value, style, line[2] ?? '');
  const field = `${JSON.stringify(name)}${colon}${rendered}`;
  const space = line === null ? (/\s$/u.exec(colon)?.[0] ?? '') : line[0];
  const before = neighbourBefore(properties, name, order);
  return before === undefined
    ? at(first.node.offset, `${field},${space}`)
    : at(endOf(before.node), `,${space}${field}`);
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

/** Takes a field out, with its comma and its line. Undefined when it is not there. */
export function removeProperty(tree: Node, path: JsonPath): TextEdit | undefined {
  const object = nodeAt(tree, path.slice(0, -1));
  const properties = propertiesOf(object);
  const index = properties.findLastIndex(({ key }) => key.value === path.at(-1));
  const [here, before, after] = [properties[index], properties[index - 1], properties[index + 1]];
  if (object === undefined || here === undefined) {
    return undefined;
  }
  if (before !== undefined) {
    return { start: endOf(before.node), end: endOf(here.node), text: '' };
  }
  return after === undefined
    ? { start: object.offset + 1, end: endOf(object) - 1, text: '' }
    : { start: here.node.offset, end: after.node.offset, text: '' };
}

interface Style {
  eol: string;
  /** One level. */
  indent: string;
}

/** As the first field of the file is indented, and as its first line ends. */
function styleOf(text: string, tree: Node): Style {
  const [first] = propertiesOf(tree);
  const lead = first === undefined ? '' : text.slice(tree.offset + 1, first.node.offset);
  const indent = /[\r\n]([ \t]+)$/u.exec(lead)?.[1] ?? '  ';
  return { eol: /\r\n|\r|\n/u.exec(text)?.[0] ?? '\n', indent };
}

/** Into an object without fields; what else is in it, such as a comment, stays. */
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
  const [start, end] = [object.offset + 1, endOf(object) - 1];
  const isEmpty = text.slice(start, end).trim() === '';
  return isEmpty ? { start, end, text: `${field}${style.eol}${outer}` } : at(start, field);
}

/** Objects on lines of their own, lists on one line, as manifests are written. */
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

function endOf({ offset, length }: Node): number {
  return offset + length;
}
