import type { AnyNode, ArrowFunctionExpression, CallExpression, FunctionExpression } from 'acorn';
import { propertyName, stringValue, unwrap } from './expressions';
import { isKnownType } from './features';
import type { Scopes } from './scopes';

/** The name that {@link PlatformValues.findName} returns for the global object. */
export const GLOBAL = 'window';

const GLOBAL_OBJECTS: ReadonlySet<string> = new Set([
  ...[GLOBAL, 'globalThis', 'self', 'top', 'parent', 'frames', 'document.defaultView'],
]);
const TYPES: ReadonlyMap<string, string> = new Map([
  ['document', 'Document'],
  ['document.body', 'HTMLElement'],
  ['document.documentElement', 'HTMLElement'],
  ['navigator', 'Navigator'],
  ['customElements', 'CustomElementRegistry'],
]);
const ARRAY_METHODS =
  /^(?:concat|copyWithin|fill|filter|flat|flatMap|map|reverse|slice|sort|splice)$/u;
const STRING_METHODS =
  /^(?:concat|normalize|pad(?:End|Start)|repeat|replace(?:All)?|slice|substring|to(?:Lower|Upper)Case|trim(?:End|Start)?)$/u;
const ITERATOR_METHODS = /^(?:entries|keys|values)$/u;
const ARRAY_FUNCTIONS: ReadonlySet<string> = new Set([
  ...['Array', 'Array.from', 'Array.of', 'Object.keys', 'Object.values', 'Object.entries'],
  ...['Object.getOwnPropertyNames', 'Reflect.ownKeys'],
]);
const ELEMENT_METHODS = /^(?:getElementById|querySelector|closest|createElement)$/u;
const ITERABLE: ReadonlySet<string> = new Set(['Array', 'Map', 'Set', 'TypedArray']);
/** The most variables that are followed one after another. */
const MAX_DEPTH = 8;

/**
 * Infers which platform object an expression is, as far as the script shows. Ancestors run from the
 * program down to the expression.
 */
export class PlatformValues {
  constructor(private readonly scopes: Scopes) {}

  /**
   * Returns the platform's name of an expression: `Object`, `Array.prototype`, {@link GLOBAL}. A
   * name without a declaration counts as global.
   */
  findName(node: AnyNode, ancestors: readonly AnyNode[], depth = 0): string | undefined {
    const target = unwrap(node);
    if (depth > MAX_DEPTH) {
      return undefined;
    }
    if (target.type === 'Identifier') {
      if (this.scopes.find(target.name, ancestors) === undefined) {
        return GLOBAL_OBJECTS.has(target.name) ? GLOBAL : target.name;
      }
      const value = this.findValue(target.name, ancestors);
      return value && this.findName(value, ancestors, depth + 1);
    }
    const member = target.type === 'MemberExpression' ? propertyName(target) : undefined;
    if (member === undefined || target.type !== 'MemberExpression') {
      return undefined;
    }
    const owner = this.findName(target.object, ancestors, depth + 1);
    const name = owner === GLOBAL ? member : `${owner ?? ''}.${member}`;
    return owner === undefined ? undefined : GLOBAL_OBJECTS.has(name) ? GLOBAL : name;
  }

  /**
   * Returns the type whose methods an expression has: `Array`, `Set`, `Document`; undefined if it
   * is unknown.
   */
  inferType(node: AnyNode, ancestors: readonly AnyNode[], depth = 0): string | undefined {
    const target = unwrap(node);
    if (depth > MAX_DEPTH) {
      return undefined;
    }
    const infer = (each: AnyNode): string | undefined => this.inferType(each, ancestors, depth + 1);
    switch (target.type) {
      case 'ArrayExpression':
        return 'Array';
      case 'TemplateLiteral':
        return 'String';
      case 'Literal':
        return typeof target.value === 'string' ? 'String' : undefined;
      case 'LogicalExpression':
        return (target.operator === '&&' ? undefined : infer(target.left)) ?? infer(target.right);
      case 'ConditionalExpression':
        return infer(target.consequent) ?? infer(target.alternate);
      case 'AssignmentExpression':
        return target.operator === '=' ? infer(target.right) : undefined;
      case 'NewExpression':
        return knownType(this.findName(target.callee, ancestors));
      case 'CallExpression':
        return this.inferResult(target, ancestors, depth);
      case 'Super':
      case 'ThisExpression':
        return this.inferClass(ancestors);
      case 'Identifier':
      case 'MemberExpression':
        return this.inferNamed(target, ancestors, depth);
      default:
        return undefined;
    }
  }

  /**
   * Returns a variable's initial value, or a parameter's argument if its function is called
   * immediately.
   */
  findValue(name: string, ancestors: readonly AnyNode[]): AnyNode | undefined {
    const declaration = this.scopes.find(name, ancestors);
    switch (declaration?.type) {
      case 'VariableDeclarator':
        return declaration.id.type === 'Identifier' ? (declaration.init ?? undefined) : undefined;
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return findArgument(declaration, name, ancestors);
      default:
        return undefined;
    }
  }

  private inferNamed(
    node: AnyNode,
    ancestors: readonly AnyNode[],
    depth: number,
  ): string | undefined {
    const name = this.findName(node, ancestors);
    if (name?.endsWith('.prototype') === true) {
      return knownType(name.slice(0, -'.prototype'.length));
    }
    const type = name === undefined ? undefined : TYPES.get(name);
    if (type !== undefined || node.type !== 'Identifier') {
      return type;
    }
    const declaration = this.scopes.find(node.name, ancestors);
    const value = this.findValue(node.name, ancestors);
    return value === undefined
      ? this.inferParameter(declaration, node.name, ancestors, depth)
      : this.inferType(value, ancestors, depth + 1);
  }

  /**
   * Infers a parameter's type: a rest parameter is an array, and a default value shows the type.
   */
  private inferParameter(
    declaration: AnyNode | undefined,
    name: string,
    ancestors: readonly AnyNode[],
    depth: number,
  ): string | undefined {
    for (const param of declaration !== undefined && 'params' in declaration
      ? declaration.params
      : []) {
      if (param.type === 'RestElement' && isNamed(param.argument, name)) {
        return 'Array';
      }
      if (param.type === 'AssignmentPattern' && isNamed(param.left, name)) {
        return this.inferType(param.right, ancestors, depth + 1);
      }
    }
    return undefined;
  }

  private inferResult(
    { callee, arguments: args }: CallExpression,
    ancestors: readonly AnyNode[],
    depth: number,
  ): string | undefined {
    const target = unwrap(callee);
    const name = this.findName(target, ancestors);
    if (name !== undefined && ARRAY_FUNCTIONS.has(name)) {
      return 'Array';
    }
    const method = target.type === 'MemberExpression' ? propertyName(target) : undefined;
    if (target.type !== 'MemberExpression' || method === undefined) {
      return name === 'String' ? 'String' : undefined;
    }
    if (ELEMENT_METHODS.test(method)) {
      return 'HTMLElement';
    }
    if (method === 'getContext' && stringValue(args[0]) === '2d') {
      return 'CanvasRenderingContext2D';
    }
    if (method === 'split' && isPattern(args[0])) {
      return 'Array';
    }
    return resultType(this.inferType(target.object, ancestors, depth + 1), method);
  }

  /** Returns the platform class that the enclosing class extends. */
  private inferClass(ancestors: readonly AnyNode[]): string | undefined {
    const around = ancestors.findLast(
      ({ type }) => type === 'ClassDeclaration' || type === 'ClassExpression',
    );
    const superClass = around !== undefined && 'superClass' in around ? around.superClass : null;
    return superClass ? knownType(this.findName(superClass, ancestors)) : undefined;
  }
}

function resultType(type: string | undefined, method: string): string | undefined {
  if (type === 'String') {
    return method === 'matchAll' ? 'Iterator' : STRING_METHODS.test(method) ? type : undefined;
  }
  if (type === 'Array' && ARRAY_METHODS.test(method)) {
    return type;
  }
  return type !== undefined && ITERABLE.has(type) && ITERATOR_METHODS.test(method)
    ? 'Iterator'
    : undefined;
}

function knownType(name: string | undefined): string | undefined {
  return name !== undefined && isKnownType(name) ? name : undefined;
}

/** Returns the argument for a parameter in `(function (parameter) { … })(argument)`. */
function findArgument(
  node: FunctionExpression | ArrowFunctionExpression,
  name: string,
  ancestors: readonly AnyNode[],
): AnyNode | undefined {
  const call = ancestors[ancestors.indexOf(node) - 1];
  const index = node.params.findIndex((param) => isNamed(param, name));
  return call?.type === 'CallExpression' && call.callee === node && index >= 0
    ? call.arguments[index]
    : undefined;
}

function isNamed(node: AnyNode, name: string): boolean {
  return node.type === 'Identifier' && node.name === name;
}

function isPattern(node: AnyNode | undefined): boolean {
  return stringValue(node) !== undefined || (node?.type === 'Literal' && 'regex' in node);
}
