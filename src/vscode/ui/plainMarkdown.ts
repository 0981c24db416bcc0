import * as vscode from 'vscode';
import { sanitizeLine } from '../../core/text/sanitizeLine';

/** Nobody reads more of it in a hover; UTF-16 units. */
const MAX_LENGTH = 2_000;

/**
 * Puts in what is data: nothing in it is Markdown, a link or an icon, and it wraps at its spaces.
 */
export function appendEscaped(markdown: vscode.MarkdownString, text: string): void {
  markdown.appendMarkdown(
    sanitizeLine(text, MAX_LENGTH).replace(
      /[^\p{L}\p{N} ]/gu,
      (character) => `&#${character.codePointAt(0) ?? 32};`,
    ),
  );
}

/**
 * Text whose every character stands for itself, for places that VS Code may show as Markdown or,
 * with the Markdown taken out, as plain text: a backslash is understood by both, an HTML entity is
 * not.
 */
export function plainMarkdown(...lines: string[]): vscode.MarkdownString {
  return new vscode.MarkdownString(lines.map(withBackslashes).join('\n\n'));
}

function withBackslashes(line: string): string {
  return line.replace(/\s+/gu, ' ').replace(/[!-/:-@[-`{-~]/gu, '\\$&');
}
