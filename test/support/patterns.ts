import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A regular expression in a source file. */
export interface SourcePattern {
  /** File and line. */
  place: string;
  source: string;
  flags: string;
}

/** Finds every regular expression below a folder whose text is known without running the code. */
export function patternsBelow(folder: string): SourcePattern[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .flatMap((file) => patternsIn(file, readFileSync(join(folder, file), 'utf8')));
}

/** Finds the regular expressions in the text of one file. */
export function patternsIn(file: string, text: string): SourcePattern[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: SourcePattern[] = [];
  const visit = (node: ts.Node): void => {
    const pattern = literalPattern(node) ?? constructedPattern(node);
    if (pattern !== undefined) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push({ place: `${file}:${line + 1}`, ...pattern });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

type Pattern = Pick<SourcePattern, 'source' | 'flags'>;

function literalPattern(node: ts.Node): Pattern | undefined {
  if (!ts.isRegularExpressionLiteral(node)) return undefined;
  const end = node.text.lastIndexOf('/');
  return { source: node.text.slice(1, end), flags: node.text.slice(end + 1) };
}

/** Evaluates `new RegExp(…)` and replaces each interpolated part by a word. */
function constructedPattern(node: ts.Node): Pattern | undefined {
  const isCall = ts.isNewExpression(node) || ts.isCallExpression(node);
  if (!isCall || node.expression.getText() !== 'RegExp') return undefined;
  const [source, flags] = node.arguments ?? [];
  return source && { source: textOf(source), flags: flags === undefined ? '' : textOf(flags) };
}

function textOf(node: ts.Expression): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.templateSpans.reduce(
      (text, { expression, literal }) => text + textOf(expression) + literal.text,
      node.head.text,
    );
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return textOf(node.left) + textOf(node.right);
  }
  // `['a', 'b'].join('|')`
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const { expression: list, name } = node.expression;
    const [separator] = node.arguments;
    if (ts.isArrayLiteralExpression(list) && name.text === 'join' && separator !== undefined) {
      return list.elements.map(textOf).join(textOf(separator));
    }
  }
  return 'word';
}
