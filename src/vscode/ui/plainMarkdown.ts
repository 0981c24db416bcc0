import * as vscode from 'vscode';
import { sanitizeLine } from '../../core/text/sanitizeLine';

/** Maximum length of a text in a hover, in UTF-16 code units. */
const MAX_LENGTH = 2_000;

/** Appends text as data: Markdown, links and icons in it are escaped. It wraps at its spaces. */
export function appendEscaped(markdown: vscode.MarkdownString, text: string): void {
  markdown.appendMarkdown(
    sanitizeLine(text, MAX_LENGTH).replace(
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
