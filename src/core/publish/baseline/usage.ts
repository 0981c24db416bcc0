import type { AnyNode, CallExpression, VariableDeclarator } from 'acorn';
import { propertyName, unwrap } from './expressions';

/** What a script does with the value of an expression. */
export type Usage =
  | { kind: 'called'; call?: CallExpression }
  /** Kept in a variable that is used later. */
  | { kind: 'kept'; by: VariableDeclarator; name: string };

const CALLERS: ReadonlySet<string> = new Set(['apply', 'bind', 'call']);
/** Functions that call what they are given. */
const CALLBACK_TAKERS: ReadonlySet<string> = new Set([
  ...['every', 'filter', 'finally', 'find', 'flatMap', 'forEach', 'map', 'reduce', 'some', 'then'],
  ...['queueMicrotask', 'requestAnimationFrame', 'setInterval', 'setTimeout'],
]);

/**
 * How a member expression or name is used; undefined for what breaks nothing when it is missing: a question for it, an optional call.
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

/** Whether a name that may be missing is only asked for: `typeof name`, `name && …`, `name === undefined`. */
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

/** Whether an expression is there for one of its properties. */
export function isObject(ancestors: readonly AnyNode[]): boolean {
  const { child, parent } = climb(ancestors);
  return parent?.type === 'MemberExpression' && parent.object === child;
}

/** The nearest node around an expression that does something with its value, and the expression as that node has it. */
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

/** `f.call(…)`, `f.bind(…)`. */
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

/** `list.map(f)`, `setTimeout(f)`, `Reflect.apply(f, …)`, `Function.prototype.call.bind(f)`. */
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
