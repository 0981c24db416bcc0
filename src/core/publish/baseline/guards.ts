import type { AnyNode, BlockStatement, IfStatement, Program, TryStatement } from 'acorn';
import { simple } from 'acorn-walk';
import { isFunction } from './expressions';
import type { Scopes } from './scopes';

/** A function that may not be there. */
export interface Doubted {
  /** Whether a call of it stops a publish, and a question for it has to be plain. */
  isRefused: boolean;
  /** As messages have it: `.findLast`, `Object.groupBy`. */
  api: string;
  /** Its own name. */
  word: string;
  /** The script's variable that holds it, if one does. */
  variable?: string;
}

/** A longer question is not followed into the variables and functions that it names. */
const MAX_QUESTION = 2_000;
/** A longer function or value asks for much else, too. */
const MAX_ANSWER = 500;
const MAX_DEPTH = 3;

/** Tells calls that run only where the function is there. Remembers what it looked at. */
export class Guards {
  private readonly exits = new Map<AnyNode, IfStatement[]>();
  private readonly questions = new Map<AnyNode, string>();
  private readonly patterns = new Map<string, RegExp>();

  constructor(
    private readonly text: string,
    private readonly scopes: Scopes,
  ) {}

  /**
   * Whether a call lies in a branch of an `if`, `?:`, `&&`, `||` or `switch` that asks for the function, comes after an `if` that asks for it and
   * leaves, or is tried with another way to do it. What is asked may be in a variable or a function. Which branch is which is not looked at.
   * @param ancestors from the program down to the call
   */
  isGuarded(doubted: Doubted, ancestors: readonly AnyNode[]): boolean {
    const pattern = this.findPattern(doubted);
    return ancestors.some((node, index) => {
      const child = ancestors[index + 1];
      const asks = (test: AnyNode): boolean =>
        pattern.test(this.readQuestion(test, ancestors.slice(0, index + 1)));
      switch (node.type) {
        case 'IfStatement':
        case 'ConditionalExpression':
          return child !== node.test && asks(node.test);
        case 'LogicalExpression':
          return child === node.right && asks(node.left);
        case 'SwitchStatement':
          return child !== node.discriminant && asks(node.discriminant);
        case 'SwitchCase':
          return node.test !== child && !!node.test && asks(node.test);
        case 'TryStatement':
          return (
            child === node.block &&
            hasOtherWay(node, doubted.isRefused ? 2 : Infinity) &&
            !isLater(ancestors.slice(index))
          );
        case 'BlockStatement':
        case 'Program':
          return (
            this.findExits(node).some(
              ({ test, end }) => end <= (child?.start ?? 0) && asks(test),
            ) ||
            (child?.type === 'FunctionDeclaration' && !doubted.isRefused && isAsked(node, asks))
          );
        default:
          return false;
      }
    });
  }

  private findPattern(doubted: Doubted): RegExp {
    const key = `${doubted.api} ${doubted.variable ?? ''}`;
    let pattern = this.patterns.get(key);
    if (pattern === undefined) {
      pattern = mention(doubted);
      this.patterns.set(key, pattern);
    }
    return pattern;
  }

  /** The text of a question, and of the short variables and functions that it names. */
  private readQuestion(test: AnyNode, ancestors: readonly AnyNode[]): string {
    let question = this.questions.get(test);
    if (question === undefined) {
      question = this.expand(test, ancestors, 0);
      this.questions.set(test, question);
    }
    return question;
  }

  private expand(node: AnyNode, ancestors: readonly AnyNode[], depth: number): string {
    const parts = [this.text.slice(node.start, node.end)];
    if (depth < MAX_DEPTH && node.end - node.start <= MAX_QUESTION) {
      const names = new Set<string>();
      simple(node, { Identifier: ({ name }) => names.add(name) });
      for (const name of names) {
        const answer = this.findAnswer(name, ancestors);
        if (answer !== undefined && answer.end - answer.start <= MAX_ANSWER) {
          parts.push(this.expand(answer, ancestors, depth + 1));
        }
      }
    }
    return parts.join('\n');
  }

  private findAnswer(name: string, ancestors: readonly AnyNode[]): AnyNode | undefined {
    const declaration = this.scopes.find(name, ancestors);
    if (declaration?.type === 'FunctionDeclaration') {
      return declaration.body;
    }
    const value =
      declaration?.type === 'VariableDeclarator' && declaration.id.type === 'Identifier'
        ? declaration.init
        : undefined;
    return value ?? undefined;
  }

  /** The `if`s that leave a block. */
  private findExits(node: BlockStatement | Program): IfStatement[] {
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

/** Whether a block asks for something: functions that are declared beside the question may be called there alone. */
function isAsked({ body }: BlockStatement | Program, asks: (test: AnyNode) => boolean): boolean {
  return body.some((statement) => statement.type === 'IfStatement' && asks(statement.test));
}

/**
 * Whether a `try` has few statements beside the call and a `catch` that does not throw. A long `try`, as apps use to report failures, does not
 * test for a function.
 */
function hasOtherWay({ block, handler }: TryStatement, maxStatements: number): boolean {
  return (
    block.body.length <= maxStatements &&
    handler?.body.body.some(({ type }) => type === 'ThrowStatement') === false
  );
}

/** Whether a function lies between, which may run when the `try` is over. */
function isLater(ancestors: readonly AnyNode[]): boolean {
  return ancestors.some((node) => isFunction(node) || node.type === 'FunctionDeclaration');
}

/** The function named without being called, or its name as text (`'findLast' in Array.prototype`), or the variable that holds it. */
function mention({ api, word, variable }: Doubted): RegExp {
  const name = api.split('.').join('\\s*\\??\\.\\s*');
  const begin = api.startsWith('.') ? '' : '\\b';
  const kept =
    variable === undefined
      ? ''
      : `|(?<![\\w$.])${variable.replaceAll('$', '\\$')}(?![\\w$])(?!\\s*[(.])`;
  return new RegExp(`${begin}${name}\\b(?!\\s*\\()|['"\`]${word}['"\`]${kept}`, 'u');
}
