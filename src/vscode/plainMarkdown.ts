import type * as vscode from 'vscode';
import { oneLine } from '../core/oneLine';

/** Nobody reads more of it in a hover; UTF-16 units. */
const MAX_LENGTH = 2_000;

/** Puts in what is data: nothing in it is Markdown, a link or an icon, and it wraps at its spaces. */
export function appendPlain(markdown: vscode.MarkdownString, text: string): void {
  markdown.appendMarkdown(
    oneLine(text, MAX_LENGTH).replace(
      /[^\p{L}\p{N} ]/gu,
      (character) => `&#${character.codePointAt(0) ?? 32};`,
    ),
  );
}
