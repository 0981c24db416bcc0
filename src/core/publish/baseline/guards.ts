import type { AnyNode, IfStatement } from 'acorn';
import type { Named } from './newApis';

/**
 * Whether a call runs only where the function is there: it lies in a branch of an `if`, `?:`, `&&` or `||` that asks for the function, or
 * comes after an `if` that asks for it and leaves. Which branch is which is not looked at.
 * @param ancestors from the program down to the call
 */
export function isGuarded(
  named: Pick<Named, 'api' | 'word'>,
  ancestors: readonly AnyNode[],
  text: string,
): boolean {
  const pattern = mention(named);
  const asks = (node: AnyNode): boolean => pattern.test(text.slice(node.start, node.end));
  return ancestors.some((node, index) => {
    const child = ancestors[index + 1];
    switch (node.type) {
      case 'IfStatement':
      case 'ConditionalExpression':
        return child !== node.test && asks(node.test);
      case 'LogicalExpression':
        return child === node.right && asks(node.left);
      case 'BlockStatement':
      case 'Program':
        return node.body.some(
          (statement) =>
            statement.type === 'IfStatement' &&
            statement.end <= (child?.start ?? 0) &&
            leaves(statement) &&
            asks(statement.test),
        );
      default:
        return false;
    }
  });
}

function leaves({ consequent }: IfStatement): boolean {
  const last = consequent.type === 'BlockStatement' ? consequent.body.at(-1) : consequent;
  return last?.type === 'ReturnStatement' || last?.type === 'ThrowStatement';
}

/** The function named without being called, or its name as text (`'findLast' in Array.prototype`). */
function mention({ api, word }: Pick<Named, 'api' | 'word'>): RegExp {
  const name = api.split('.').join('\\s*\\??\\.\\s*');
  const begin = api.startsWith('.') ? '' : '\\b';
  return new RegExp(`${begin}${name}\\b(?!\\s*\\()|['"\`]${word}['"\`]`, 'u');
}
