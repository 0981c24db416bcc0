import * as vscode from 'vscode';

/**
 * Text whose every character stands for itself, for places that VS Code may show as Markdown or, with the Markdown taken out, as plain
 * text: a backslash is understood by both, an HTML entity is not.
 */
export function plainMarkdown(...lines: string[]): vscode.MarkdownString {
  return new vscode.MarkdownString(lines.map(escape).join('\n\n'));
}

function escape(line: string): string {
  return line.replace(/\s+/gu, ' ').replace(/[!-/:-@[-`{-~]/gu, '\\$&');
}
