import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../..');

/** A text that the sources show. */
export interface Text {
  /** What the bundle has it by. */
  key: string;
  /** English; two for a plural. */
  forms: readonly string[];
  isPlural: boolean;
  /** `path:line`, for people. */
  where: string;
  /** Whether it is looked up when its file is loaded, which is before the language is known. */
  isEager: boolean;
}

/** Something in the sources that a person has to look at. */
export interface Finding {
  where: string;
  text: string;
}

interface Source {
  path: string;
  file: ts.SourceFile;
}

/** Every TypeScript file below a path of the repository, in order. @param path with slashes */
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

/** A source made of a text, for tests of what looks through sources. */
export function sourceOf(text: string): Source {
  return { path: 'test.ts', file: parse('test.ts', text) };
}

function parse(name: string, text: string): ts.SourceFile {
  return ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
}

/**
 * The texts of `vscode.l10n.t`, `t` and `plural`.
 * @throws Error for a text that is no literal: nobody could translate it
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

/** What a call looks a text up by; undefined for other calls. */
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

/** No function is around it. */
function isEager(node: ts.Node): boolean {
  for (let above = node.parent; !ts.isSourceFile(above); above = above.parent) {
    if (ts.isFunctionLike(above)) {
      return false;
    }
  }
  return true;
}

/** Calls whose texts a person reads. */
const SHOWING =
  /(?:show(?:Information|Warning|Error)Message|setStatusBarMessage|(?<!is)I99dashError|TreeItem|explain|report)$/u;
/** Properties whose texts a person reads. */
const SHOWN =
  /^(?:title|label|detail|description|placeHolder|prompt|openLabel|saveLabel|tooltip|message|accessibilityLabel|text|words)$/u;
/** Names, which are the same in every language. */
const NAMES = /^(?:i99dash|i99op)?$/u;

/** Calls whose texts a developer or support reads, or nobody: of texts that are translated, of log lines and of errors that are bugs. */
const NOT_SHOWN =
  /(?:^|\.)(?:t|plural|super|trace|debug|info|warn|error|Error|RangeError|RegExp)$/u;

/**
 * Literals that people read and nobody could translate: whatever has words with a space between them, and a word alone where it is shown.
 * A literal that nobody reads may be among them; one that is put together elsewhere may be missed.
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

/** Given to a call that shows it, or to a property that is shown. */
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
    // An error's code comes first.
    return SHOWING.test(called) && !(called === 'I99dashError' && parent.arguments?.[0] === node);
  }
  return false;
}

/** The literal words of an expression, without icons; what stands for a value is a blank. */
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

/** The placeholders of a text, each as often as it is there, in order. */
export function placeholdersOf(text: string): string[] {
  return [...text.matchAll(/\{[^{}\s]+\}/gu)].map(([whole]) => whole).sort();
}
