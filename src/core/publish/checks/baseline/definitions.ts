import type { AnyNode, AssignmentExpression, CallExpression } from 'acorn';
import { findProperty, keyName, propertyName, stringValue, unwrap } from './expressions';
import { isDistinctMethod, isMissingGlobal, isMissingMethod, isMissingStatic } from './features';
import { GLOBAL, type PlatformValues } from './platformValues';

/**
 * Polyfill calls take few arguments. The limit matters because each argument is compared with every
 * other one.
 */
const MAX_ARGUMENTS = 8;
const READERS =
  /^(?:apply|call|construct|get|getOwnPropertyDescriptor|has|hasOwn|hasOwnProperty|in)$/u;

/**
 * Collects what a script defines: functions that the platform lacks (`structuredClone`,
 * `.findLast`, `Object.groupBy`), methods with such a name on its own objects (`*.findLast`), and
 * functions of a library's object (`lib.findLast`).
 */
export class Definitions {
  readonly names = new Set<string>();
  private readonly receivers = new Set<string>();

  constructor(
    private readonly text: string,
    private readonly values: PlatformValues,
  ) {}

  /** Checks whether the script assigns a function of this name to exactly this expression. */
  isGivenTo(receiver: AnyNode, word: string): boolean {
    return this.receivers.has(`${this.text.slice(receiver.start, receiver.end)}.${word}`);
  }

  /** Records what a node of the script defines, if anything. */
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
   * Handles `Object.defineProperty(Array.prototype, 'findLast', …)`,
   * `assign(Array.prototype, { findLast() {} })`, and the core-js form:
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

  /** Returns the names under which an object literal has functions. */
  private definedNames(node: AnyNode, ancestors: readonly AnyNode[]): string[] {
    const object = node.type === 'Identifier' ? this.values.findValue(node.name, ancestors) : node;
    return object?.type === 'ObjectExpression'
      ? object.properties.flatMap((property) =>
          property.type === 'Property' && !isPlain(property.value) ? (keyName(property) ?? []) : [],
        )
      : [];
  }

  /** @returns whether the target is an object of the platform */
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

  /**
   * @param owner `'Array'`, or an object such as `{ target: 'Array', proto: true }` or
   * `{ global: true }`
   */
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
    // Compilers write a class for ES5 as `{ key: 'findLast', value: function () {} }`.
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

  /** Checks whether the object that gets a method is one that instances inherit from. */
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

/**
 * Checks whether a type lacks a method. Typed arrays and `Array` share method names, so a polyfill
 * of a typed array does not count as one of `Array`.
 */
function isMethodOwner(owner: string, word: string): boolean {
  return isMissingMethod(owner, word) && (owner === 'Array' || !isMissingMethod('Array', word));
}

/** Checks whether a value is certainly not a function. */
function isPlain(node: AnyNode | undefined): boolean {
  return (
    node === undefined ||
    node.type === 'Literal' ||
    node.type === 'TemplateLiteral' ||
    node.type === 'UnaryExpression'
  );
}
