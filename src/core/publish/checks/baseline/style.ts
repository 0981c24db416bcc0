import { t } from '../../../text/l10n';
import type { RawFinding } from './finding';
import { isMissingAtRule, isMissingPseudo, isMissingUnit } from './features';

/** An open block. */
interface Block {
  kind: 'rules' | 'declarations' | 'other';
  /** Whether it is inside `@supports`, which is a feature test. */
  isAsked: boolean;
  /**
   * Properties that already have a value, which stays in effect if a later value is not supported.
   */
  properties: Set<string>;
}

const TOKEN =
  /\/\*|["'{};]|\\|\burl\(|@(?<at>[a-z-]+)|::?(?<pseudo>[a-z-]+)|(?<![\w#.-])[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?<unit>[a-z]+)/giu;
/** At-rules that contain rules. */
const GROUPS: ReadonlySet<string> = new Set([
  ...['container', 'document', 'layer', 'media', 'scope', 'starting-style', 'supports'],
]);

/**
 * Finds what a style sheet uses that Chromium 95 does not support. Reports the first use of each
 * feature.
 */
export function checkStyle(text: string): RawFinding[] {
  return new StyleSearch(text).run();
}

class StyleSearch {
  private readonly found = new Map<string, RawFinding>();
  private readonly blocks: Block[] = [];
  /**
   * The features used by the current statement. Some count only in a rule, others only in a
   * declaration.
   */
  private pseudos: [name: string, at: number][] = [];
  private units: [name: string, at: number][] = [];
  private atRule: { name: string; at: number } | undefined;
  private statement = 0;

  constructor(private readonly text: string) {}

  run(): RawFinding[] {
    for (let from = 0; ;) {
      TOKEN.lastIndex = from;
      const match = TOKEN.exec(this.text);
      if (match === null) {
        return [...this.found.values()].sort((a, b) => a.start - b.start);
      }
      from = this.read(match);
    }
  }

  /** @returns the offset to continue at */
  private read({ 0: token, index, groups }: RegExpExecArray): number {
    const end = index + token.length;
    switch (token) {
      case '/*':
        return this.skip('*/', end);
      case '"':
      case "'":
        return this.skipString(token, end);
      case '\\':
        return end + 1;
      case '{':
        this.open(index);
        break;
      case ';':
        this.endDeclaration(index);
        break;
      case '}':
        this.endDeclaration(index);
        this.blocks.pop();
        break;
      default:
        return this.readWord(groups, token, index);
    }
    this.pseudos = [];
    this.units = [];
    this.atRule = undefined;
    this.statement = end;
    return end;
  }

  private readWord(
    groups: Record<string, string | undefined> | undefined,
    token: string,
    index: number,
  ): number {
    const { at, pseudo, unit } = groups ?? {};
    const end = index + token.length;
    if (at !== undefined) {
      this.atRule ??= { name: at.toLowerCase(), at: index };
    } else if (pseudo !== undefined && isMissingPseudo(pseudo.toLowerCase())) {
      const isFunction = this.text[end] === '(';
      this.pseudos.push([`${token.toLowerCase()}${isFunction ? '()' : ''}`, index]);
    } else if (unit !== undefined && isMissingUnit(unit.toLowerCase())) {
      this.units.push([unit.toLowerCase(), end - unit.length]);
    } else if (pseudo === undefined && unit === undefined) {
      const isQuoted = /^\s*["']/u.test(this.text.slice(end, end + 20));
      return isQuoted ? end : this.skip(')', end);
    }
    return end;
  }

  private open(at: number): void {
    const around = this.blocks.at(-1);
    const isNested = around?.kind === 'declarations';
    const rule = this.atRule;
    const isAsked = around?.isAsked === true || rule?.name === 'supports';
    this.reportAtRule();
    const isGroup = rule !== undefined && GROUPS.has(rule.name);
    if (isNested && (rule === undefined || isGroup) && !this.isCustomProperty(at)) {
      const message = t('The WebView of the oldest cars does not know nested style rules');
      this.report(message, this.statement + this.blanks(), 1);
    }
    if (rule === undefined && around?.kind !== 'other') {
      this.pseudos.forEach(([name, start]) => this.reportName(name, start));
    }
    const inner = isGroup && !isNested ? 'rules' : 'declarations';
    const kind = around?.kind === 'other' || (rule !== undefined && !isGroup) ? 'other' : inner;
    this.blocks.push({ kind, isAsked, properties: new Set() });
  }

  private endDeclaration(end: number): void {
    const block = this.blocks.at(-1);
    this.reportAtRule();
    const [property] = this.text
      .slice(this.statement, Math.min(end, this.statement + 200))
      .split(':', 1);
    const name = property?.trim().toLowerCase() ?? '';
    if (block?.kind !== 'declarations') {
      return;
    }
    if (!block.properties.has(name)) {
      this.units.forEach(([unit, start]) => this.reportName(unit, start));
    }
    if (this.units.length === 0) {
      block.properties.add(name);
    }
  }

  private reportAtRule(): void {
    if (this.atRule !== undefined && isMissingAtRule(this.atRule.name)) {
      this.reportName(`@${this.atRule.name}`, this.atRule.at);
    }
  }

  private reportName(name: string, start: number): void {
    const message = t('The WebView of the oldest cars does not know {0} in style sheets', name);
    this.report(message, start, name.replace('()', '').length);
  }

  private report(message: string, start: number, length: number): void {
    if (this.blocks.at(-1)?.isAsked !== true && !this.found.has(message)) {
      this.found.set(message, { rule: 'baseline.feature', message, start, end: start + length });
    }
  }

  /** Checks for a custom property: `--name: { … }` may hold any text. */
  private isCustomProperty(end: number): boolean {
    return /^\s*--[\w-]+\s*:/u.test(
      this.text.slice(this.statement, Math.min(end, this.statement + 200)),
    );
  }

  /** Returns the length of the whitespace and comments before a statement. */
  private blanks(): number {
    const rest = this.text.slice(this.statement, this.statement + 1_000);
    return /^(?:\s|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)*/u.exec(rest)?.[0].length ?? 0;
  }

  private skip(end: string, from: number): number {
    const at = this.text.indexOf(end, from);
    return at === -1 ? this.text.length : at + end.length;
  }

  /** Skips a string, which also ends at the end of its line. */
  private skipString(quote: string, from: number): number {
    for (let at = from; at < this.text.length; at++) {
      const character = this.text[at];
      if (character === '\\') {
        at++;
      } else if (character === quote || character === '\n') {
        return at + 1;
      }
    }
    return this.text.length;
  }
}
