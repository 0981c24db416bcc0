import type { AnyNode, BlockStatement, IfStatement, Program, TryStatement } from 'acorn';
import { simple } from 'acorn-walk';
import { isFunction } from './expressions';
import type { Scopes } from './scopes';

/** A function that may be missing. */
export interface GuardedApi {
  /** Whether a call of it blocks publishing. Such a call needs an explicit guard. */
  isRefused: boolean;
  /** The name that messages use: `.findLast`, `Object.groupBy`. */
  api: string;
  /** The bare function name. */
  word: string;
  /** The script's variable that holds the function, if any. */
  variable?: string;
}

/**
 * Characters. A longer condition is not followed into the variables and functions that it names.
 */
const MAX_QUESTION = 2_000;
/** Characters. A longer function or value contains too much unrelated code. */
const MAX_ANSWER = 500;
const MAX_DEPTH = 3;

/** Finds calls that run only when the function exists. Results are cached per node. */
export class FeatureGuards {
  private readonly exits = new Map<AnyNode, IfStatement[]>();
  private readonly questions = new Map<AnyNode, string>();
  private readonly patterns = new Map<string, RegExp>();

  constructor(
    private readonly text: string,
    private readonly scopes: Scopes,
  ) {}

  /**
   * Checks whether a call is guarded: it lies in a branch of an `if`, `?:`, `&&`, `||` or `switch`
   * that tests for the function, it follows an `if` that tests for it and exits, or it is in a
   * `try` that has a fallback. The test may be in a variable or a function. Does not check which
   * branch is which.
   * @param ancestors from the program down to the call
   */
  isGuarded(doubted: GuardedApi, ancestors: readonly AnyNode[]): boolean {
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

  private findPattern(doubted: GuardedApi): RegExp {
    const key = `${doubted.api} ${doubted.variable ?? ''}`;
    let pattern = this.patterns.get(key);
    if (pattern === undefined) {
      pattern = usagePattern(doubted);
      this.patterns.set(key, pattern);
    }
    return pattern;
  }

  /** Returns the text of a condition, and of the short variables and functions that it names. */
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

  /** Returns the `if` statements that exit a block. */
  private findExits(node: BlockStatement | Program): IfStatement[] {
    let exits = this.exits.get(node);
    if (exits === undefined) {
      exits = [];
      for (const statement of node.body) {
        if (statement.type === 'IfStatement' && exitsBlock(statement)) {
          exits.push(statement);
        }
      }
      this.exits.set(node, exits);
    }
    return exits;
  }
}

function exitsBlock({ consequent }: IfStatement): boolean {
  const last = consequent.type === 'BlockStatement' ? consequent.body.at(-1) : consequent;
  return last?.type === 'ReturnStatement' || last?.type === 'ThrowStatement';
}

/**
 * Checks whether a block tests for something. Functions declared next to that test may be called
 * only after it.
 */
function isAsked({ body }: BlockStatement | Program, asks: (test: AnyNode) => boolean): boolean {
  return body.some((statement) => statement.type === 'IfStatement' && asks(statement.test));
}

/**
 * Checks whether a `try` has few statements besides the call, and a `catch` that does not throw.
 * Apps use a long `try` to report failures, so it is not a feature test.
 */
function hasOtherWay({ block, handler }: TryStatement, maxStatements: number): boolean {
  return (
    block.body.length <= maxStatements &&
    handler?.body.body.some(({ type }) => type === 'ThrowStatement') === false
  );
}

/** Checks whether a function lies in between, which may run after the `try` has ended. */
function isLater(ancestors: readonly AnyNode[]): boolean {
  return ancestors.some((node) => isFunction(node) || node.type === 'FunctionDeclaration');
}

/**
 * Matches the function named without a call, its name as text (`'findLast' in Array.prototype`), or
 * the variable that holds it.
 */
function usagePattern({ api, word, variable }: GuardedApi): RegExp {
  const name = api.split('.').join('\\s*\\??\\.\\s*');
  const begin = api.startsWith('.') ? '' : '\\b';
  const kept =
    variable === undefined
      ? ''
      : `|(?<![\\w$.])${variable.replaceAll('$', '\\$')}(?![\\w$])(?!\\s*[(.])`;
  return new RegExp(`${begin}${name}\\b(?!\\s*\\()|['"\`]${word}['"\`]${kept}`, 'u');
}
