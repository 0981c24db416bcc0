import type { AnyNode } from 'acorn';
import type { Scopes } from './scopes';

/**
 * Whether a method is the script's own: `this` in a class or object that has it, or a variable that the script makes such an object.
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
    case 'Super':
      return ancestors.some(has);
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

function hasMethod(node: AnyNode | null | undefined, method: string): boolean {
  switch (node?.type) {
    case 'VariableDeclarator':
      return hasMethod(node.init, method);
    case 'ObjectExpression':
      return node.properties.some((property) => isNamed(property, method));
    case 'ClassDeclaration':
    case 'ClassExpression':
      return node.body.body.some((member) => isNamed(member, method));
    default:
      return false;
  }
}

function isNamed(node: AnyNode, method: string): boolean {
  if (
    node.type !== 'Property' &&
    node.type !== 'MethodDefinition' &&
    node.type !== 'PropertyDefinition'
  ) {
    return false;
  }
  const { key, computed } = node;
  return key.type === 'Identifier'
    ? key.name === method && !computed
    : key.type === 'Literal' && key.value === method;
}
