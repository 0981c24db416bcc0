import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../..');

/** A user-visible text in the sources. */
export interface Text {
  /** Its key in the bundle. */
  key: string;
  /** The English text; two forms for a plural. */
  forms: readonly string[];
  isPlural: boolean;
  /** `path:line`. */
  where: string;
  /** Whether it is looked up when its file is loaded, before the language is known. */
  isEager: boolean;
}

/** A location in the sources that needs a review. */
export interface Finding {
  where: string;
  text: string;
}

interface Source {
  path: string;
  file: ts.SourceFile;
}

/**
 * Lists every TypeScript file below a path of the repository in order.
 * @param path with slashes
 */
export function sourcesIn(path: string): Source[] {
  const absolute = join(ROOT, path);
  const names = path.endsWith('.ts')
    ? [absolute]
    : readdirSync(absolute, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(absolute, name));
  return names.sort().map((name) => ({
    path: relative(ROOT, name).split(sep).join('/'),
    file: parse(name, readFileSync(name, 'utf8')),
  }));
}

/** Creates a source from a text, for tests of the functions that search sources. */
export function sourceOf(text: string): Source {
  return { path: 'test.ts', file: parse('test.ts', text) };
}

function parse(name: string, text: string): ts.SourceFile {
  return ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
}

/**
 * Finds the texts of `vscode.l10n.t`, `t` and `plural`.
 * @throws Error for a text that is not a literal, which cannot be translated
 */
export function textsOf({ path, file }: Source): Text[] {
  const texts: Text[] = [];
  visit(file, (node) => {
    const called = ts.isCallExpression(node) ? nameOf(node) : undefined;
    if (!ts.isCallExpression(node) || called === undefined) {
      return;
    }
    const place = { where: whereOf(path, node), isEager: isEager(node) };
    if (called === 'plural') {
      const [, forms] = node.arguments;
      const one = literal(propertyOf(forms, 'one'), place.where);
      const other = literal(propertyOf(forms, 'other'), place.where);
      texts.push({ ...place, key: other, forms: [one, other], isPlural: true });
    } else {
      const [first] = node.arguments;
      const isObject = first !== undefined && ts.isObjectLiteralExpression(first);
      const message = literal(isObject ? propertyOf(first, 'message') : first, place.where);
      const comment = isObject ? commentOf(propertyOf(first, 'comment'), place.where) : '';
      const key = comment === '' ? message : `${message}/${comment}`;
      texts.push({ ...place, key, forms: [message], isPlural: false });
    }
  });
  return texts;
}

/** Returns the name of the lookup function that a call uses; undefined for other calls. */
function nameOf({ expression }: ts.CallExpression): 't' | 'plural' | undefined {
  if (ts.isIdentifier(expression)) {
    const { text } = expression;
    return text === 't' || text === 'plural' ? text : undefined;
  }
  return /\bl10n\.t$/u.test(expression.getText()) ? 't' : undefined;
}

function propertyOf(node: ts.Node | undefined, name: string): ts.Expression | undefined {
  const property =
    node !== undefined && ts.isObjectLiteralExpression(node)
      ? node.properties.find((each) => each.name?.getText() === name)
      : undefined;
  return property !== undefined && ts.isPropertyAssignment(property)
    ? property.initializer
    : undefined;
}

function commentOf(node: ts.Expression | undefined, where: string): string {
  return node !== undefined && ts.isArrayLiteralExpression(node)
    ? node.elements.map((each) => literal(each, where)).join('')
    : literal(node, where);
}

function literal(node: ts.Node | undefined, where: string): string {
  if (node !== undefined && ts.isStringLiteralLike(node)) {
    return node.text;
  }
  throw new Error(`${where}: a text must be one literal`);
}

/** Checks whether a node is outside every function. */
function isEager(node: ts.Node): boolean {
  for (let above = node.parent; !ts.isSourceFile(above); above = above.parent) {
    if (ts.isFunctionLike(above)) {
      return false;
    }
  }
  return true;
}

/** Calls whose texts the user sees. */
const SHOWING =
  /(?:show(?:Information|Warning|Error)Message|setStatusBarMessage|(?<!is)I99dashError|TreeItem|explain|report)$/u;
/** Properties whose texts the user sees. */
const SHOWN =
  /^(?:title|label|detail|description|placeHolder|prompt|openLabel|saveLabel|tooltip|message|accessibilityLabel|text|words)$/u;
/** Names that are the same in every language. */
const NAMES = /^(?:i99dash|i99op)?$/u;

/**
 * Calls whose texts the user does not see: translated texts, log lines and errors that are bugs.
 */
const NOT_SHOWN =
  /(?:^|\.)(?:t|plural|super|trace|debug|info|warn|error|Error|RangeError|RegExp)$/u;

/**
 * Finds user-visible literals that are not translatable: any with several words, and single words
 * passed to the user interface. The heuristic may report a literal that is not visible, and it may
 * miss one that is built elsewhere.
 */
export function untranslatable({ path, file }: Source): Finding[] {
  const found: Finding[] = [];
  visit(file, (node) => {
    const text = wordsOf(node);
    if (text === undefined || NAMES.test(text) || isForNobody(node)) {
      return;
    }
    if (/\p{L}{2} \p{L}/u.test(text) || (/\p{L}{2}/u.test(text) && isShown(node))) {
      found.push({ where: whereOf(path, node), text });
    }
  });
  return found;
}

function isForNobody(node: ts.Node): boolean {
  for (let above = node.parent; !ts.isSourceFile(above); above = above.parent) {
    if (ts.isCallExpression(above) || ts.isNewExpression(above)) {
      if (NOT_SHOWN.test(above.expression.getText())) {
        return true;
      }
    } else if (ts.isFunctionLike(above)) {
      return false;
    } else if (ts.isImportDeclaration(above) || ts.isLiteralTypeNode(above)) {
      return true;
    }
  }
  return false;
}

/** Checks whether a literal is passed to a call or property that shows it. */
function isShown(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isConditionalExpression(parent) && node !== parent.condition) {
    return isShown(parent);
  }
  if (ts.isPropertyAssignment(parent)) {
    return SHOWN.test(parent.name.getText());
  }
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) {
    const called = parent.expression.getText();
    // An error's first argument is its code.
    return SHOWING.test(called) && !(called === 'I99dashError' && parent.arguments?.[0] === node);
  }
  return false;
}

/** Returns the literal words of an expression without icons; a blank replaces each value. */
function wordsOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) {
    return withoutIcons(node.text);
  }
  return ts.isTemplateExpression(node)
    ? withoutIcons(
        [node.head, ...node.templateSpans.map(({ literal: each }) => each)]
          .map(({ text }) => text)
          .join('…'),
      )
    : undefined;
}

function withoutIcons(text: string): string {
  return text.replaceAll(/\$\((?:[^)]*\)|…\))/gu, '').trim();
}

function whereOf(path: string, node: ts.Node): string {
  const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart());
  return `${path}:${line + 1}`;
}

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

/** Returns the placeholders of a text in order, repetitions included. */
export function placeholdersOf(text: string): string[] {
  return [...text.matchAll(/\{[^{}\s]+\}/gu)].map(([whole]) => whole).sort();
}
