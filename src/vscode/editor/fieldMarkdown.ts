import * as vscode from 'vscode';
import type { Field } from '../../core/publish/project/manifestFields';
import { RULES } from '../../core/publish/rules/rules';
import { appendEscaped } from '../ui/plainText';

/** Describes a field: its name, kind, purpose, rules and default, and whether it is required. */
export function fieldMarkdown(field: Field): vscode.MarkdownString {
  const { name, required, description, values } = field;
  const markdown = new vscode.MarkdownString();
  markdown.appendMarkdown(`**${name}** · ${kindName(field)}`);
  if (required) {
    markdown.appendMarkdown(` · ${vscode.l10n.t('required')}`);
  }
  markdown.appendMarkdown('\n\n');
  appendEscaped(markdown, description);
  // The first line and the list of values already cover the plain rules.
  for (const { text } of field.rules.map((id) => RULES[id]).filter(({ isPlain }) => !isPlain)) {
    markdown.appendMarkdown('\n- ');
    appendEscaped(markdown, text);
  }
  if (values !== undefined) {
    // A comma would look detached, because a code span ends with a gap.
    const list = values.map((value) => `\`${value}\``).join(' · ');
    markdown.appendMarkdown(`\n\n${vscode.l10n.t('One of {0}', list)}`);
  }
  if (field.default !== undefined) {
    const literal = `\`${JSON.stringify(field.default)}\``;
    markdown.appendMarkdown(`\n\n${vscode.l10n.t('Default: {0}', literal)}`);
  }
  return markdown;
}

function kindName({ kind }: Field): string {
  switch (kind) {
    case 'text':
      return vscode.l10n.t('text');
    case 'number':
      return vscode.l10n.t('number');
    case 'flag':
      return vscode.l10n.t('true or false');
    case 'color':
      return vscode.l10n.t('color');
    case 'list':
      return vscode.l10n.t('list');
    case 'map':
      return vscode.l10n.t('texts by language');
    case 'object':
      return vscode.l10n.t('object');
  }
}
