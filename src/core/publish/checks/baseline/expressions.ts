import type { AnyNode } from 'acorn';

/** Returns the property name of `a.name`, `a['name']` and a[`name`]. */
export function propertyName(node: AnyNode & { type: 'MemberExpression' }): string | undefined {
  const { property, computed } = node;
  return property.type === 'Identifier' && !computed ? property.name : stringValue(property);
}

/**
 * Returns the name of a property or method of an object literal or class, unless it is computed.
 */
export function keyName(node: AnyNode): string | undefined {
  if (
    node.type !== 'Property' &&
    node.type !== 'MethodDefinition' &&
    node.type !== 'PropertyDefinition'
  ) {
    return undefined;
  }
  const { key, computed } = node;
  return key.type === 'Identifier' ? (computed ? undefined : key.name) : stringValue(key);
}

/** Returns the text of a string literal or of a template without expressions. */
export function stringValue(node: AnyNode | null | undefined): string | undefined {
  if (node?.type === 'TemplateLiteral') {
    return node.expressions.length === 0 ? (node.quasis[0]?.value.cooked ?? undefined) : undefined;
  }
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

/** Unwraps a callee: bundlers write `(0, a.b)()`, developers write `(a?.b)()`. */
export function unwrap(node: AnyNode): AnyNode {
  if (node.type === 'SequenceExpression') {
    const last = node.expressions.at(-1);
    return last === undefined ? node : unwrap(last);
  }
  return node.type === 'ChainExpression' ? unwrap(node.expression) : node;
}

/** Returns the property of an object literal that has the given name. */
export function findProperty(node: AnyNode, name: string): AnyNode | undefined {
  const found =
    node.type === 'ObjectExpression'
      ? node.properties.find((property) => keyName(property) === name)
      : undefined;
  return found?.type === 'Property' ? found.value : undefined;
}

export function isFunction(node: AnyNode | undefined): boolean {
  return node?.type === 'FunctionExpression' || node?.type === 'ArrowFunctionExpression';
}
