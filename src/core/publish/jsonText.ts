// The ES modules: the package's other half cannot be bundled, for it asks for its parts at run time.
import {
  findNodeAtOffset,
  getNodePath,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser/lib/esm/main.js';
import { parseJson } from '../json';
import { t } from '../l10n';
import type { Range } from '../problem';
import { MAX_JSON, tooDeepAt } from './jsonLimits';
import { TextPositions } from './textPositions';

export type JsonPath = readonly PropertyKey[];

/** Text that is no JSON at all would bring an error for each word. */
const MAX_SYNTAX_ERRORS = 20;

/** A value in a JSON text, as {@link JsonText.visitValues} passes it on. */
export interface JsonValue {
  isNumber: boolean;
  text: () => string;
  range: () => Range;
  /** Of the field's name; the value's where it has none. */
  keyRange: () => Range;
}

/** A JSON text and where in it its parts are. A byte order mark does not count: editors do not show it. */
export class JsonText {
  /** What the text holds; undefined when it is no JSON. */
  readonly parsed: { value: unknown } | undefined;
  /** What is no JSON about it, in words that end a sentence. */
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
    const deep = tooDeepAt(text);
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
   * Where a value is. One that is missing is told at the name of the object it is missing from, or at the opening brace of the
   * outermost one.
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

  /** Where the name of a field is, or what {@link rangeOf} says when there is no such name. */
  keyRangeOf(path: JsonPath): Range {
    let parent = this.tree;
    for (const segment of path.slice(0, -1)) {
      parent = this.childOf(parent, segment);
    }
    const key = this.propertyOf(parent, path.at(-1))?.children?.[0];
    return key === undefined ? this.rangeOf(path) : this.span(key.offset, key.length);
  }

  /** Tells of each field whose name was there before in the same object. */
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

  /** Which value is there, and its text; undefined where {@link rangeOf} says none begins. */
  valueAt(range: Range): { path: JsonPath; text: string } | undefined {
    const offset = this.positions.offset(range.start);
    const node = this.tree && findNodeAtOffset(this.tree, offset);
    return node?.offset === offset
      ? { path: getNodePath(node), text: this.textOf(node) }
      : undefined;
  }

  /** The text of a value, undefined when there is none. */
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

  /** As JSON.parse does, the last of several fields with the same name counts. */
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
      // The parser tells what follows from an error as errors of their own: at the same place, or as a value that is not there.
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
  EndOfFileExpected: () => t('goes on after its end'),
  InvalidCommentToken: () => t('has a comment, which JSON does not allow'),
  UnexpectedEndOfComment: () => t('has a comment, which JSON does not allow'),
  UnexpectedEndOfString: () => t('has a text without its closing quote'),
  UnexpectedEndOfNumber: () => t('has a number that is none in JSON'),
  InvalidUnicode: () => t('has a {0} that four hexadecimal digits do not follow', '\\u'),
  InvalidEscapeCharacter: () => t('has a backslash before a character that needs none'),
  InvalidCharacter: () => t('has a control character in a text'),
};
