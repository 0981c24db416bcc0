// Imports the ES modules: a bundler cannot handle the package's UMD build, which calls `require` at
// run time.
import {
  findNodeAtOffset,
  getNodePath,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser/lib/esm/main.js';
import { parseJson } from '../../platform/json';
import { t } from '../../text/l10n';
import type { Range } from '../../problem';
import { MAX_JSON, findTooDeep } from './jsonLimits';
import { TextPositions } from './textPositions';

export type JsonPath = readonly PropertyKey[];

/** Text that is not JSON at all would cause an error for each word. */
const MAX_SYNTAX_ERRORS = 20;

/** A value in a JSON text, as {@link JsonText.visitValues} passes it. */
export interface JsonValue {
  isNumber: boolean;
  text: () => string;
  range: () => Range;
  /** The range of the field's name; that of the value if it has none. */
  keyRange: () => Range;
}

/**
 * A JSON text with the ranges of its parts. A byte order mark does not count, because editors do
 * not show it.
 */
export class JsonText {
  /** The parsed value; undefined if the text is not valid JSON. */
  readonly parsed: { value: unknown } | undefined;
  /** The syntax errors, with reasons in words that end a sentence. */
  readonly syntaxErrors: { reason: string; range: Range }[] = [];
  readonly text: string;
  private readonly tree: Node | undefined;
  private readonly positions: TextPositions;
  private readonly fields = new Map<Node, Map<unknown, Node>>();

  constructor(json: string) {
    const text = json.replace(/^\uFEFF/u, '');
    this.text = text;
    if (text.length > MAX_JSON) {
      this.positions = new TextPositions('');
      this.syntaxErrors.push({
        reason: t('has more than {0} KiB', MAX_JSON / 1024),
        range: this.span(0, 0),
      });
      return;
    }
    this.positions = new TextPositions(text);
    const deep = findTooDeep(text);
    if (deep !== undefined) {
      this.syntaxErrors.push({ reason: t('is nested too deeply'), range: this.span(deep, 1) });
      return;
    }
    const errors: ParseError[] = [];
    this.tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
    this.parsed = parseJson(text);
    if (this.parsed === undefined) {
      this.syntaxErrors = this.toSyntaxErrors(errors, text);
    }
  }

  /**
   * Returns the range of a value. For a missing value, returns the name of the object that lacks
   * it, or the opening brace of the outermost object.
   */
  rangeOf(path: JsonPath): Range {
    let node = this.tree;
    for (const segment of path) {
      const next = this.childOf(node, segment);
      if (next === undefined) {
        return this.anchorOf(node);
      }
      node = next;
    }
    return node === undefined ? this.span(0, 0) : this.span(node.offset, node.length);
  }

  /** Returns the range of a field's name, or that of {@link rangeOf} if there is no such name. */
  keyRangeOf(path: JsonPath): Range {
    let parent = this.tree;
    for (const segment of path.slice(0, -1)) {
      parent = this.childOf(parent, segment);
    }
    const key = this.propertyOf(parent, path.at(-1))?.children?.[0];
    return key === undefined ? this.rangeOf(path) : this.span(key.offset, key.length);
  }

  /** Visits each field whose name occurs earlier in the same object. */
  visitDuplicateKeys(tell: (path: readonly string[], range: () => Range) => void): void {
    const visit = (node: Node, path: readonly string[]): void => {
      const seen = new Set<string>();
      for (const [index, child] of (node.children ?? []).entries()) {
        const [key, value] = child.type === 'property' ? (child.children ?? []) : [];
        const name = key === undefined ? String(index) : String(key.value);
        if (key !== undefined && seen.has(name)) {
          tell([...path, name], () => this.span(key.offset, key.length));
        }
        seen.add(name);
        const inner = value ?? child;
        if (inner.children !== undefined) {
          visit(inner, [...path, name]);
        }
      }
    };
    if (this.tree !== undefined) {
      visit(this.tree, []);
    }
  }

  /** Calls `tell` for each value below the outermost one, with the path of its field or entry. */
  visitValues(tell: (path: readonly string[], value: JsonValue) => void): void {
    const visit = (node: Node, path: readonly string[]): void => {
      for (const [index, child] of (node.children ?? []).entries()) {
        const [key, value = child] = child.type === 'property' ? (child.children ?? []) : [];
        const inner = [...path, key === undefined ? String(index) : String(key.value)];
        const { type } = value;
        tell(inner, {
          isNumber: type === 'number',
          text: () => this.textOf(value),
          range: () => this.span(value.offset, value.length),
          keyRange: () => this.span((key ?? value).offset, (key ?? value).length),
        });
        visit(value, inner);
      }
    };
    if (this.tree !== undefined) {
      visit(this.tree, []);
    }
  }

  /**
   * Returns the path and text of the value that begins at a range as returned by {@link rangeOf};
   * undefined if there is none.
   */
  valueAt(range: Range): { path: JsonPath; text: string } | undefined {
    const offset = this.positions.offset(range.start);
    const node = this.tree && findNodeAtOffset(this.tree, offset);
    return node?.offset === offset
      ? { path: getNodePath(node), text: this.textOf(node) }
      : undefined;
  }

  /** Returns the text of a value; undefined if there is none. */
  textAt(path: JsonPath): string | undefined {
    let node = this.tree;
    for (const segment of path) {
      node = this.childOf(node, segment);
    }
    return node && this.textOf(node);
  }

  private textOf({ offset, length }: Node): string {
    return this.text.slice(offset, offset + length);
  }

  private childOf(node: Node | undefined, segment: PropertyKey): Node | undefined {
    return node?.type === 'array'
      ? node.children?.[Number(segment)]
      : this.propertyOf(node, segment)?.children?.[1];
  }

  /** Returns the last field with the name, because `JSON.parse` ignores earlier duplicates. */
  private propertyOf(node: Node | undefined, name: unknown): Node | undefined {
    if (node?.type !== 'object') {
      return undefined;
    }
    let fields = this.fields.get(node);
    if (fields === undefined) {
      fields = new Map(
        (node.children ?? []).map((property) => [property.children?.[0]?.value, property]),
      );
      this.fields.set(node, fields);
    }
    return fields.get(name);
  }

  private anchorOf(node: Node | undefined): Range {
    if (node === undefined) {
      return this.span(0, 0);
    }
    const key = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
    return key === undefined ? this.span(node.offset, 1) : this.span(key.offset, key.length);
  }

  private toSyntaxErrors(errors: ParseError[], text: string): JsonText['syntaxErrors'] {
    const reasons: JsonText['syntaxErrors'] = [];
    let end = -1;
    for (const { error, offset, length } of errors) {
      const code = printParseErrorCode(error);
      const between = text.slice(Math.max(end, 0), offset);
      // The parser reports errors that follow from an earlier one: at the same place, or as a
      // missing value.
      const follows =
        offset <= end || (end >= 0 && code === 'ValueExpected' && between.trim() === '');
      if (!follows && reasons.length < MAX_SYNTAX_ERRORS) {
        const reason = (SYNTAX_ERRORS[code] ?? NO_JSON)();
        reasons.push({ reason, range: this.span(offset, length) });
      }
      end = Math.max(end, offset + length);
    }
    const [first] = reasons;
    if (first === undefined || text.trim() === '') {
      return [
        {
          reason: first === undefined ? NO_JSON() : t('is empty'),
          range: this.span(0, text.length),
        },
      ];
    }
    return reasons;
  }

  private span(offset: number, length: number): Range {
    return this.positions.range(offset, offset + length);
  }
}

const NO_JSON = (): string => t('is not JSON');
const SYNTAX_ERRORS: Record<string, () => string> = {
  InvalidSymbol: () => t('has a word that is not true, false or null'),
  InvalidNumberFormat: () => t('has a number that is none in JSON'),
  PropertyNameExpected: () => t('lacks a name in double quotes here, or has a comma too many'),
  ValueExpected: () => t('lacks a value here, or has a comma too many'),
  ColonExpected: () => t('lacks a colon here'),
  CommaExpected: () => t('lacks a comma here'),
  CloseBraceExpected: () => t('lacks a closing brace here'),
  CloseBracketExpected: () => t('lacks a closing bracket here'),
  EndOfFileExpected: () => t('has unexpected text after the end of the JSON'),
  InvalidCommentToken: () => t('has a comment, which JSON does not allow'),
  UnexpectedEndOfComment: () => t('has a comment, which JSON does not allow'),
  UnexpectedEndOfString: () => t('has a text without its closing quote'),
  UnexpectedEndOfNumber: () => t('has a number that is none in JSON'),
  InvalidUnicode: () => t('has a {0} that four hexadecimal digits do not follow', '\\u'),
  InvalidEscapeCharacter: () => t('has a backslash before a character that needs none'),
  InvalidCharacter: () => t('has a control character in a text'),
};
