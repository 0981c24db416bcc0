import type { AnyNode, BlockStatement, IfStatement, Program } from 'acorn';

/** A function that may not be there: as a script names it, and its own name. */
export interface Doubted {
  api: string;
  word: string;
}

/** Tells calls that run only where the function is there. Remembers each block it looked at. */
export class Guards {
  private readonly exits = new Map<AnyNode, IfStatement[]>();

  constructor(private readonly text: string) {}

  /**
   * Whether a call lies in a branch of an `if`, `?:`, `&&` or `||` that asks for the function, or comes after an `if` that asks for it and
   * leaves. Which branch is which is not looked at.
   * @param ancestors from the program down to the call
   */
  isGuarded(named: Doubted, ancestors: readonly AnyNode[]): boolean {
    const pattern = mention(named);
    const asks = (node: AnyNode): boolean => pattern.test(this.text.slice(node.start, node.end));
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
          return this.exitsOf(node).some(
            ({ test, end }) => end <= (child?.start ?? 0) && asks(test),
          );
        default:
          return false;
      }
    });
  }

  /** The `if`s that leave a block. */
  private exitsOf(node: BlockStatement | Program): IfStatement[] {
    let exits = this.exits.get(node);
    if (exits === undefined) {
      exits = [];
      for (const statement of node.body) {
        if (statement.type === 'IfStatement' && leaves(statement)) {
          exits.push(statement);
        }
      }
      this.exits.set(node, exits);
    }
    return exits;
  }
}

function leaves({ consequent }: IfStatement): boolean {
  const last = consequent.type === 'BlockStatement' ? consequent.body.at(-1) : consequent;
  return last?.type === 'ReturnStatement' || last?.type === 'ThrowStatement';
}

/** The function named without being called, or its name as text (`'findLast' in Array.prototype`). */
function mention({ api, word }: Doubted): RegExp {
  const name = api.split('.').join('\\s*\\??\\.\\s*');
  const begin = api.startsWith('.') ? '' : '\\b';
  return new RegExp(`${begin}${name}\\b(?!\\s*\\()|['"\`]${word}['"\`]`, 'u');
}
