import type { AnyNode } from 'acorn';
import { isFunction, keyName } from './expressions';
import type { Scopes } from './scopes';

/**
 * Checks whether a method is the script's own: called on `this` in a class or object that has it,
 * on `super` of such a class, or on a variable that holds such an object.
 * @param ancestors from the program down to the call
 */
export function isMethodOfScript(
  receiver: AnyNode,
  method: string,
  ancestors: readonly AnyNode[],
  scopes: Scopes,
): boolean {
  const has = (node: AnyNode | null | undefined): boolean => hasMethod(node, method);
  switch (receiver.type) {
    case 'ThisExpression':
      return ancestors.some(has);
    case 'Super': {
      const around = ancestors.findLast((node) => 'superClass' in node);
      const base = around !== undefined && 'superClass' in around ? around.superClass : null;
      return base?.type === 'Identifier' && has(scopes.find(base.name, ancestors));
    }
    case 'NewExpression':
      return (
        receiver.callee.type === 'Identifier' && has(scopes.find(receiver.callee.name, ancestors))
      );
    case 'Identifier': {
      const declaration = scopes.find(receiver.name, ancestors);
      const value = declaration?.type === 'VariableDeclarator' ? declaration.init : declaration;
      return value?.type === 'NewExpression'
        ? isMethodOfScript(value, method, ancestors, scopes)
        : has(value);
    }
    default:
      return false;
  }
}

/**
 * Checks whether the arguments are those of a library function, which takes the list first:
 * `_.findLast(list, (x) => …)`. The platform's method takes a function first, and hardly ever
 * anything else.
 * @param isInLibrary whether the script has a library with a function of that name
 */
export function isLibraryCall(args: readonly AnyNode[], isInLibrary: boolean): boolean {
  const [first, second] = args;
  return (
    first !== undefined &&
    second !== undefined &&
    !isFunction(first) &&
    (isInLibrary || isFunction(second) || first.type === 'ArrayExpression')
  );
}

function hasMethod(node: AnyNode | null | undefined, method: string): boolean {
  switch (node?.type) {
    case 'VariableDeclarator':
      return hasMethod(node.init, method);
    case 'ObjectExpression':
      return node.properties.some((property) => keyName(property) === method);
    case 'ClassDeclaration':
    case 'ClassExpression':
      return node.body.body.some((member) => keyName(member) === method);
    default:
      return false;
  }
}
