import type * as vscode from 'vscode';

/** Puts in what is data: nothing in it is Markdown, a link or an icon, and it wraps at its spaces. */
export function appendPlain(markdown: vscode.MarkdownString, text: string): void {
  markdown.appendMarkdown(
    text.replace(/[^\p{L}\p{N} ]/gu, (character) => `&#${character.codePointAt(0) ?? 32};`),
  );
}
