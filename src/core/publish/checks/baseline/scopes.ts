import type {
  AnonymousFunctionDeclaration,
  AnyNode,
  ArrowFunctionExpression,
  FunctionDeclaration,
  FunctionExpression,
  Pattern,
  VariableDeclaration,
} from 'acorn';
import { base, simple } from 'acorn-walk';

type Declarations = Map<string, AnyNode>;

/** Finds the declaration of a name, as seen from a place in a syntax tree. Scopes are cached. */
export class Scopes {
  private readonly known = new Map<AnyNode, Declarations>();

  /**
   * Finds the innermost declaration of a name.
   * @param ancestors from the program down to the place
   * @returns the declarator, function, class, import or parameter; undefined for a global name
   */
  find(name: string, ancestors: readonly AnyNode[]): AnyNode | undefined {
    for (let index = ancestors.length - 1; index >= 0; index--) {
      const node = ancestors[index];
      const found = node && this.declarationsOf(node).get(name);
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }

  private declarationsOf(node: AnyNode): Declarations {
    let declarations = this.known.get(node);
    if (declarations === undefined) {
      declarations = new Map();
      declare(node, declarations);
      this.known.set(node, declarations);
    }
    return declarations;
  }
}

/** Adds the names that a node declares for its descendants. */
function declare(node: AnyNode, into: Declarations): void {
  switch (node.type) {
    case 'Program':
      declareVars(node, into);
      node.body.forEach((statement) => declareStatement(statement, into));
      break;
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      declareFunction(node, into);
      break;
    case 'BlockStatement':
    case 'StaticBlock':
      node.body.forEach((statement) => declareStatement(statement, into));
      break;
    case 'SwitchStatement':
      node.cases
        .flatMap(({ consequent }) => consequent)
        .forEach((statement) => declareStatement(statement, into));
      break;
    case 'ForStatement':
      declareLoop(node.init, into);
      break;
    case 'ForInStatement':
    case 'ForOfStatement':
      declareLoop(node.left, into);
      break;
    case 'CatchClause':
      declarePattern(node.param, node, into);
      break;
    case 'ClassExpression':
      declarePattern(node.id, node, into);
      break;
    default:
  }
}

function declareFunction(
  node:
    | AnonymousFunctionDeclaration
    | FunctionDeclaration
    | FunctionExpression
    | ArrowFunctionExpression,
  into: Declarations,
): void {
  if (node.type === 'FunctionExpression') {
    declarePattern(node.id, node, into);
  }
  node.params.forEach((param) => declarePattern(param, node, into));
  declareVars(node.body, into);
}

/** Adds `var` declarations, which belong to the function however deeply they are nested. */
function declareVars(body: AnyNode, into: Declarations): void {
  const enter = (node: VariableDeclaration): void => {
    if (node.kind === 'var') {
      declareVariables(node, into);
    }
  };
  simple(body, { VariableDeclaration: enter }, { ...base, Function: () => undefined });
}

function declareStatement(statement: AnyNode, into: Declarations): void {
  switch (statement.type) {
    case 'VariableDeclaration':
      declareVariables(statement, into);
      break;
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      declarePattern(statement.id, statement, into);
      break;
    case 'ImportDeclaration':
      statement.specifiers.forEach(({ local }) => into.set(local.name, statement));
      break;
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
      if (statement.declaration) {
        declareStatement(statement.declaration, into);
      }
      break;
    default:
  }
}

function declareLoop(head: AnyNode | null | undefined, into: Declarations): void {
  if (head?.type === 'VariableDeclaration') {
    declareVariables(head, into);
  }
}

function declareVariables({ declarations }: VariableDeclaration, into: Declarations): void {
  declarations.forEach((declarator) => declarePattern(declarator.id, declarator, into));
}

function declarePattern(
  pattern: Pattern | null | undefined,
  by: AnyNode,
  into: Declarations,
): void {
  switch (pattern?.type) {
    case 'Identifier':
      into.set(pattern.name, by);
      break;
    case 'ObjectPattern':
      pattern.properties.forEach((property) =>
        declarePattern(property.type === 'Property' ? property.value : property.argument, by, into),
      );
      break;
    case 'ArrayPattern':
      pattern.elements.forEach((element) => declarePattern(element, by, into));
      break;
    case 'AssignmentPattern':
      declarePattern(pattern.left, by, into);
      break;
    case 'RestElement':
      declarePattern(pattern.argument, by, into);
      break;
    default:
  }
}
