import * as vscode from 'vscode';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import { joinIsolated, bidiIsolate } from '../../core/text/bidiIsolate';

/** Maximum length of a notification in VS Code, in UTF-16 code units. */
const MAX_NOTIFICATION = 900;
const MAX_DETAIL_LINE = 600;
/** Maximum length of a text in a hover, in UTF-16 code units. */
const MAX_HOVER = 2_000;

/**
 * Escapes a message that contains text from a server, a manifest or a file name for a notification,
 * where VS Code renders `[text](command:…)` as a link that runs a command.
 */
export function plainText(text: string): string {
  return breakLinks(sanitizeLine(text, MAX_NOTIFICATION));
}

/**
 * Escapes the detail text of a dialog. Line breaks are kept, so untrusted text in it must already
 * be reduced to one line.
 */
export function plainLines(text: string): string {
  return text
    .split('\n')
    .map((line) => breakLinks(sanitizeLine(line, MAX_DETAIL_LINE)))
    .join('\n');
}

/** Escapes text for a picker item or the status bar, where `$(name)` would become an icon. */
export function plainLabel(text: string): string {
  return withoutIcons(bidiIsolate(text));
}

/** Escapes and joins several details of a picker item. */
export function plainFacts(facts: readonly string[]): string {
  return withoutIcons(joinIsolated(facts));
}

function breakLinks(text: string): string {
  return text.replaceAll('](', '] (');
}

function withoutIcons(text: string): string {
  return text.replaceAll('$(', '$\u200B(');
}

/** Appends text as data: Markdown, links and icons in it are escaped. It wraps at its spaces. */
export function appendEscaped(markdown: vscode.MarkdownString, text: string): void {
  markdown.appendMarkdown(
    sanitizeLine(text, MAX_HOVER).replace(
      /[^\p{L}\p{N} ]/gu,
      (character) => `&#${character.codePointAt(0) ?? 32};`,
    ),
  );
}

/** Creates a tooltip that shows text as data. */
export function plainTooltip(text: string): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  appendEscaped(tooltip, text);
  return tooltip;
}

/**
 * Escapes text for places where VS Code shows either Markdown or plain text with the Markdown
 * removed. Uses backslashes, because both understand them. HTML entities work only in Markdown.
 */
export function plainMarkdown(...lines: string[]): vscode.MarkdownString {
  return new vscode.MarkdownString(lines.map(withBackslashes).join('\n\n'));
}

function withBackslashes(line: string): string {
  return line.replace(/\s+/gu, ' ').replace(/[!-/:-@[-`{-~]/gu, '\\$&');
}
