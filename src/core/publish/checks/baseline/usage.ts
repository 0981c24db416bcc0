import type { AnyNode, CallExpression, VariableDeclarator } from 'acorn';
import { propertyName, unwrap } from './expressions';

/** How a script uses the value of an expression. */
export type Usage =
  | { kind: 'called'; call?: CallExpression }
  /** The value is kept in a variable that is used later. */
  | { kind: 'kept'; by: VariableDeclarator; name: string };

const CALLERS: ReadonlySet<string> = new Set(['apply', 'bind', 'call']);
/** Functions that call the function they are given. */
const CALLBACK_TAKERS: ReadonlySet<string> = new Set([
  ...['every', 'filter', 'finally', 'find', 'flatMap', 'forEach', 'map', 'reduce', 'some', 'then'],
  ...['queueMicrotask', 'requestAnimationFrame', 'setInterval', 'setTimeout'],
]);

/**
 * Returns how a member expression or name is used; undefined for a use that is harmless if the
 * value is missing: a feature test, an optional call.
 * @param ancestors from the program down to the expression
 */
export function findUsage(ancestors: readonly AnyNode[]): Usage | undefined {
  const { child, parent, rest } = climb(ancestors);
  switch (parent?.type) {
    case 'CallExpression':
      if (parent.callee === child) {
        return parent.optional ? undefined : { kind: 'called', call: parent };
      }
      return isCalledBy(parent, child) ? { kind: 'called' } : undefined;
    case 'NewExpression':
      return parent.callee === child ? { kind: 'called' } : undefined;
    case 'TaggedTemplateExpression':
      return parent.tag === child ? { kind: 'called' } : undefined;
    case 'MemberExpression':
      return parent.object === child && !parent.optional && isCalledThrough(parent, rest)
        ? { kind: 'called' }
        : undefined;
    case 'VariableDeclarator':
      return parent.init === child && parent.id.type === 'Identifier'
        ? { kind: 'kept', by: parent, name: parent.id.name }
        : undefined;
    default:
      return undefined;
  }
}

/** Checks whether a name is only tested for: `typeof name`, `name && …`, `name === undefined`. */
export function isQuestion(ancestors: readonly AnyNode[]): boolean {
  const { child, parent } = climb(ancestors);
  switch (parent?.type) {
    case 'UnaryExpression':
      return true;
    case 'BinaryExpression':
      return parent.operator !== 'instanceof';
    case 'IfStatement':
    case 'ConditionalExpression':
      return parent.test === child;
    case 'LogicalExpression':
      return parent.left === child;
    default:
      return false;
  }
}

/** Checks whether an expression is only the object of a property access. */
export function isObject(ancestors: readonly AnyNode[]): boolean {
  const { child, parent } = climb(ancestors);
  return parent?.type === 'MemberExpression' && parent.object === child;
}

/**
 * Returns the nearest ancestor that uses the expression's value, and that ancestor's direct child.
 */
function climb(ancestors: readonly AnyNode[]): {
  child: AnyNode | undefined;
  parent: AnyNode | undefined;
  rest: readonly AnyNode[];
} {
  let at = ancestors.length - 1;
  for (; at > 0; at--) {
    const parent = ancestors[at - 1];
    const isSame =
      parent?.type === 'ChainExpression' ||
      (parent?.type === 'SequenceExpression' && parent.expressions.at(-1) === ancestors[at]);
    if (!isSame) {
      break;
    }
  }
  return { child: ancestors[at], parent: ancestors[at - 1], rest: ancestors.slice(0, at - 1) };
}

/** Checks for `f.call(…)` and `f.bind(…)`. */
function isCalledThrough(
  member: AnyNode & { type: 'MemberExpression' },
  rest: readonly AnyNode[],
): boolean {
  const call = rest.at(-1);
  return (
    CALLERS.has(propertyName(member) ?? '') &&
    call?.type === 'CallExpression' &&
    call.callee === member
  );
}

/**
 * Checks for `list.map(f)`, `setTimeout(f)`, `Reflect.apply(f, …)`,
 * `Function.prototype.call.bind(f)`.
 */
function isCalledBy(
  { callee, arguments: args }: CallExpression,
  child: AnyNode | undefined,
): boolean {
  const target = unwrap(callee);
  const name =
    target.type === 'MemberExpression'
      ? propertyName(target)
      : target.type === 'Identifier'
        ? target.name
        : undefined;
  if (name === undefined || args[0] !== child) {
    return false;
  }
  if (target.type !== 'MemberExpression' || !CALLERS.has(name)) {
    return CALLBACK_TAKERS.has(name);
  }
  const object = unwrap(target.object);
  if (object.type === 'Identifier') {
    return object.name === 'Reflect';
  }
  return object.type === 'MemberExpression' && CALLERS.has(propertyName(object) ?? '');
}
