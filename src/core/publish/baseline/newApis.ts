import type { AnyNode, AssignmentExpression, CallExpression, Program } from 'acorn';
import { ancestor } from 'acorn-walk';
import { t } from '../../l10n';
import type { RawFinding } from './finding';
import { Guards } from './guards';
import { isMethodOfScript } from './ownMethods';
import { Scopes } from './scopes';

/** Functions that came after Chromium 95, by the object they belong to. */
const STATIC: ReadonlyMap<string, readonly string[]> = new Map([
  ['groupBy', ['Object', 'Map']],
  ['withResolvers', ['Promise']],
  ['fromAsync', ['Array']],
]);
const METHODS: readonly string[] = ['findLast', 'findLastIndex'];
const GLOBAL_FUNCTION = 'structuredClone';
const GLOBAL_OBJECTS: readonly string[] = ['window', 'globalThis', 'self'];
const DEFINERS: readonly string[] = ['defineProperty'];
const ANY_NAME = /structuredClone|findLast|groupBy|withResolvers|fromAsync/u;

/** What is named in a script: one of the functions above. */
interface Named {
  /** As messages have it: `structuredClone`, `.findLast`, `Object.groupBy`. */
  api: string;
  /** The function's own name. */
  word: string;
  /** What an editor underlines. */
  node: AnyNode;
  /** Whose method it is, for a method. */
  receiver?: AnyNode;
  /** The name that has to be the global one, for anything else. */
  global?: string;
}

interface Call extends Named {
  ancestors: readonly AnyNode[];
}

/** A quick look that tells most scripts need no slow one. */
export function mayCallNewApis(text: string): boolean {
  return ANY_NAME.test(text);
}

/**
 * Calls of what Chromium 95 lacks. No finding is a call of the script's own function of that name, one in a script that brings the
 * function itself (a polyfill), and one that first asks whether the function is there.
 */
export function findNewApis(text: string, program: Program): RawFinding[] {
  const calls: Call[] = [];
  const definitions = new Set<string>();
  const define = ({ api, word, receiver }: Named): void => {
    if (receiver === undefined || isPrototype(receiver)) {
      definitions.add(api);
    } else {
      definitions.add(`${text.slice(receiver.start, receiver.end)}.${word}`);
    }
  };
  ancestor(program, {
    AssignmentExpression({ left }: AssignmentExpression) {
      const named = namedBy(left);
      if (named !== undefined) {
        define(named);
      }
    },
    CallExpression(node: CallExpression, _state, ancestors) {
      const called = calledBy(node);
      if (called !== undefined) {
        calls.push({ ...called, ancestors: [...ancestors] });
      }
      const defined = definedBy(node);
      if (defined !== undefined) {
        define(defined);
      }
    },
  });
  const scopes = new Scopes();
  const guards = new Guards(text);
  return calls
    .filter(({ api, word, receiver }) => {
      const own = receiver && `${text.slice(receiver.start, receiver.end)}.${word}`;
      return !definitions.has(api) && (own === undefined || !definitions.has(own));
    })
    .filter(
      ({ global, receiver, word, ancestors }) =>
        (global === undefined || scopes.find(global, ancestors) === undefined) &&
        (receiver === undefined || !isMethodOfScript(receiver, word, ancestors, scopes)),
    )
    .filter((call) => !guards.isGuarded(call, call.ancestors))
    .map(({ api, node: { start, end } }) => {
      const message = t('The WebView of the oldest cars has no {0}()', api);
      return { rule: 'baseline.api', message, start, end };
    });
}

/** What a call calls, `.call` and `.apply` included. `a.findLast?.()` asks first, and is no such call. */
function calledBy({ callee, optional }: CallExpression): Named | undefined {
  const target = unwrap(callee);
  if (target.type !== 'MemberExpression') {
    return namedBy(target);
  }
  const name = propertyName(target);
  if (name === 'call' || name === 'apply') {
    return target.optional ? undefined : namedBy(target.object);
  }
  return optional ? undefined : namedBy(target);
}

/** `Object.defineProperty(Array.prototype, 'findLast', …)`. */
function definedBy({ callee, arguments: [object, name] }: CallExpression): Named | undefined {
  if (callee.type !== 'MemberExpression' || !DEFINERS.includes(propertyName(callee) ?? '')) {
    return undefined;
  }
  return object && name?.type === 'Literal' && typeof name.value === 'string'
    ? memberNamed(name.value, object, callee)
    : undefined;
}

function namedBy(node: AnyNode): Named | undefined {
  const target = unwrap(node);
  if (target.type === 'Identifier' && target.name === GLOBAL_FUNCTION) {
    const { name } = target;
    return { api: name, word: name, node: target, global: name };
  }
  const word = target.type === 'MemberExpression' ? propertyName(target) : undefined;
  return word !== undefined && target.type === 'MemberExpression'
    ? memberNamed(word, target.object, target)
    : undefined;
}

function memberNamed(word: string, object: AnyNode, member: AnyNode): Named | undefined {
  if (METHODS.includes(word)) {
    const node = member.type === 'MemberExpression' ? member.property : member;
    return { api: `.${word}`, word, node, receiver: object };
  }
  const owner = globalNamed(object);
  if (owner === undefined) {
    return undefined;
  }
  if (word === GLOBAL_FUNCTION && GLOBAL_OBJECTS.includes(owner.name)) {
    return { api: word, word, node: member, global: owner.root };
  }
  return STATIC.get(word)?.includes(owner.name) === true
    ? { api: `${owner.name}.${word}`, word, node: member, global: owner.root }
    : undefined;
}

/** `Object`, or `window.Object`, and the name that either begins with. */
function globalNamed(node: AnyNode): { name: string; root: string } | undefined {
  if (node.type === 'Identifier') {
    return { name: node.name, root: node.name };
  }
  if (node.type === 'MemberExpression' && node.object.type === 'Identifier') {
    const { name: root } = node.object;
    const name = propertyName(node);
    return name !== undefined && GLOBAL_OBJECTS.includes(root) ? { name, root } : undefined;
  }
  return undefined;
}

function isPrototype(node: AnyNode): boolean {
  return node.type === 'MemberExpression' && propertyName(node) === 'prototype';
}

/** The name of `a.name`, `a['name']` and a[`name`]. */
function propertyName(node: AnyNode & { type: 'MemberExpression' }): string | undefined {
  const { property, computed } = node;
  if (property.type === 'Identifier' && !computed) {
    return property.name;
  }
  if (property.type === 'TemplateLiteral' && property.expressions.length === 0) {
    return property.quasis[0]?.value.cooked ?? undefined;
  }
  return property.type === 'Literal' && typeof property.value === 'string'
    ? property.value
    : undefined;
}

/** Bundlers write `(0, a.b)()`, people `(a?.b)()`. */
function unwrap(node: AnyNode): AnyNode {
  if (node.type === 'SequenceExpression') {
    const last = node.expressions.at(-1);
    return last === undefined ? node : unwrap(last);
  }
  return node.type === 'ChainExpression' ? unwrap(node.expression) : node;
}
