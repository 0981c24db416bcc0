import type { AnyNode, AssignmentExpression, CallExpression } from 'acorn';
import { findProperty, keyName, propertyName, stringValue, unwrap } from './expressions';
import { isDistinctMethod, isMissingGlobal, isMissingMethod, isMissingStatic } from './features';
import { GLOBAL, type PlatformValues } from './platformValues';

/** Polyfills take a few arguments; each is compared with each. */
const MAX_ARGUMENTS = 8;
const READERS =
  /^(?:apply|call|construct|get|getOwnPropertyDescriptor|has|hasOwn|hasOwnProperty|in)$/u;

/**
 * What a script brings: functions that the platform lacks (`structuredClone`, `.findLast`, `Object.groupBy`), methods of that name on its own
 * objects (`*.findLast`), and functions of a library's object (`lib.findLast`).
 */
export class Definitions {
  readonly names = new Set<string>();
  private readonly receivers = new Set<string>();

  constructor(
    private readonly text: string,
    private readonly values: PlatformValues,
  ) {}

  /** Whether the script gives a function of this name to the very expression. */
  isGivenTo(receiver: AnyNode, word: string): boolean {
    return this.receivers.has(`${this.text.slice(receiver.start, receiver.end)}.${word}`);
  }

  /** Takes in what a node of the script defines, if it does. */
  visit(node: AnyNode, ancestors: readonly AnyNode[]): void {
    switch (node.type) {
      case 'AssignmentExpression':
        this.assign(node, ancestors);
        break;
      case 'CallExpression':
        this.call(node, ancestors);
        break;
      case 'Property':
      case 'MethodDefinition':
      case 'PropertyDefinition':
        this.defineOwn(node);
        break;
      default:
    }
  }

  private assign({ left, right }: AssignmentExpression, ancestors: readonly AnyNode[]): void {
    const target = unwrap(left);
    if (isPlain(right)) {
      return;
    }
    if (target.type === 'Identifier' && this.values.findName(target, ancestors) === target.name) {
      this.names.add(target.name);
    }
    const word = target.type === 'MemberExpression' ? propertyName(target) : undefined;
    if (target.type !== 'MemberExpression' || word === undefined) {
      return;
    }
    if (this.define(target.object, word, ancestors) || !isDistinctMethod(word)) {
      return;
    }
    if (this.isPrototype(target.object, ancestors)) {
      this.names.add(`*.${word}`);
    } else {
      const { start, end } = target.object;
      this.receivers.add(`${this.text.slice(start, end)}.${word}`);
      this.names.add(`lib.${word}`);
    }
  }

  /**
   * `Object.defineProperty(Array.prototype, 'findLast', …)`, `assign(Array.prototype, { findLast() {} })`, and how core-js does it:
   * `$({ target: 'Array', proto: true }, { findLast: … })`.
   */
  private call(node: CallExpression, ancestors: readonly AnyNode[]): void {
    const { callee } = node;
    const args = node.arguments.slice(0, MAX_ARGUMENTS);
    const target = unwrap(callee);
    if (target.type === 'MemberExpression' && READERS.test(propertyName(target) ?? '')) {
      return;
    }
    for (const [index, arg] of args.entries()) {
      const word = stringValue(args[index + 1]);
      if (word !== undefined && args.length > index + 2) {
        this.define(arg, word, ancestors);
        this.defineOwnByName(arg, word, ancestors);
      }
      for (const given of args.slice(index + 1)) {
        for (const name of this.definedNames(given, ancestors)) {
          this.define(arg, name, ancestors);
          this.defineByDescription(arg, name);
        }
      }
    }
  }

  /** The names that an object literal has functions for. */
  private definedNames(node: AnyNode, ancestors: readonly AnyNode[]): string[] {
    const object = node.type === 'Identifier' ? this.values.findValue(node.name, ancestors) : node;
    return object?.type === 'ObjectExpression'
      ? object.properties.flatMap((property) =>
          property.type === 'Property' && !isPlain(property.value) ? (keyName(property) ?? []) : [],
        )
      : [];
  }

  /** @returns whether the target is the platform's */
  private define(target: AnyNode, word: string, ancestors: readonly AnyNode[]): boolean {
    const name = this.values.findName(target, ancestors);
    const owner = name?.endsWith('.prototype') === true ? name.slice(0, -'.prototype'.length) : '';
    if (name === GLOBAL && isMissingGlobal(word)) {
      this.names.add(word);
    } else if (name !== undefined && isMissingStatic(name, word)) {
      this.names.add(`${name}.${word}`);
    } else if (isMethodOwner(owner, word)) {
      this.names.add(`.${word}`);
    } else {
      return false;
    }
    return true;
  }

  /** @param owner `'Array'`, or an object such as `{ target: 'Array', proto: true }` or `{ global: true }` */
  private defineByDescription(owner: AnyNode, word: string): void {
    const target = stringValue(owner) ?? stringValue(findProperty(owner, 'target')) ?? '';
    if (isMethodOwner(target, word)) {
      this.names.add(`.${word}`);
    } else if (isMissingStatic(target, word)) {
      this.names.add(`${target}.${word}`);
    } else if (findProperty(owner, 'global') !== undefined && isMissingGlobal(word)) {
      this.names.add(word);
    }
  }

  private defineOwn(node: AnyNode): void {
    const name = keyName(node);
    const value =
      'value' in node && node.value && typeof node.value === 'object' ? node.value : undefined;
    // `{ key: 'findLast', value: function () {} }` is how compilers write a class for ES5.
    const word = name === 'key' ? stringValue(value as AnyNode | undefined) : name;
    if (
      word !== undefined &&
      isDistinctMethod(word) &&
      (name === 'key' || !isPlain(value as AnyNode | undefined))
    ) {
      this.names.add(`*.${word}`);
    }
  }

  private defineOwnByName(target: AnyNode, word: string, ancestors: readonly AnyNode[]): void {
    const isOwn = !this.define(target, word, ancestors) && this.isPrototype(target, ancestors);
    if (isOwn && isDistinctMethod(word)) {
      this.names.add(`*.${word}`);
    }
  }

  /** Whether what is given a method is what instances inherit from. */
  private isPrototype(node: AnyNode, ancestors: readonly AnyNode[]): boolean {
    const target = unwrap(node);
    const value =
      target.type === 'Identifier' ? this.values.findValue(target.name, ancestors) : target;
    return (
      value?.type === 'ThisExpression' ||
      (value?.type === 'MemberExpression' && propertyName(value) === 'prototype') ||
      (value?.type === 'AssignmentExpression' && this.isPrototype(value.left, ancestors))
    );
  }
}

/** A polyfill of a typed array does not count as one of `Array`, which has methods of the same names. */
function isMethodOwner(owner: string, word: string): boolean {
  return isMissingMethod(owner, word) && (owner === 'Array' || !isMissingMethod('Array', word));
}

/** Whether a value is surely no function. */
function isPlain(node: AnyNode | undefined): boolean {
  return (
    node === undefined ||
    node.type === 'Literal' ||
    node.type === 'TemplateLiteral' ||
    node.type === 'UnaryExpression'
  );
}
