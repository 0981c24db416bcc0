import * as vscode from 'vscode';
import { complete, type Candidate, type Completion } from '../../core/publish/editing/complete';
import { listPictures } from '../../core/publish/editing/pictures';
import { parseColor, toCssColor } from '../../core/publish/project/theme/color';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import { fileSentence } from '../../core/publish/rules/rules';
import { fieldMarkdown } from './fieldMarkdown';
import { projectDocument, getPictureRoots, toVsRange, type Snapshot } from './projectDocument';

/** Provides completions in a project's JSON file. */
export async function provideCompletions(snapshot: Snapshot): Promise<vscode.CompletionItem[]> {
  const ours = await projectDocument(snapshot);
  if (ours === undefined) {
    return [];
  }
  const completion = await complete(ours.kind, snapshot.text, snapshot.offset, async (field) =>
    listPictures(await getPictureRoots(ours), field),
  );
  return (completion?.candidates ?? []).map((candidate, index) =>
    toCompletionItem(candidate, index, completion, snapshot),
  );
}

function toCompletionItem(
  candidate: Candidate,
  index: number,
  completion: Completion | undefined,
  snapshot: Snapshot,
): vscode.CompletionItem {
  const { label, insert, isSnippet, field } = candidate;
  const description = describeCandidate(candidate);
  const item = new vscode.CompletionItem(
    description === undefined ? label : { label, description },
    toCompletionKind(candidate),
  );
  item.insertText = isSnippet ? new vscode.SnippetString(insert) : insert;
  // The filter text is as it appears in the document, because an existing quote counts as typed.
  item.filterText =
    field?.kind === 'flag' && candidate.kind === 'value' ? label : JSON.stringify(label);
  // Sorts before VS Code's own suggestions for any JSON file, such as "$schema".
  item.sortText = `!${String(index).padStart(4, '0')}`;
  if (candidate.color !== undefined) {
    // VS Code shows the color that the documentation names, in the notation of CSS.
    item.documentation = cssColor(candidate.color);
  }
  if (completion !== undefined) {
    const { start, end, commaAt } = completion;
    item.range = toVsRange(snapshot, start, end);
    if (commaAt !== undefined) {
      item.additionalTextEdits = [
        vscode.TextEdit.insert(toVsRange(snapshot, commaAt, commaAt).start, ','),
      ];
    }
  }
  if (field !== undefined && candidate.kind !== 'locale' && candidate.color === undefined) {
    item.documentation = fieldMarkdown(field);
  }
  if (candidate.trouble !== undefined) {
    item.documentation = sanitizeLine(fileSentence(label, candidate.trouble));
  }
  if (candidate.hasSuggestions === true) {
    item.command = { command: 'editor.action.triggerSuggest', title: '' };
  }
  return item;
}

function describeCandidate({ detail, trouble }: Candidate): string | undefined {
  return trouble === undefined ? detail : `⚠ ${detail ?? ''}`;
}

function cssColor(text: string): string {
  const color = parseColor(text);
  return color === undefined ? '' : toCssColor(color);
}

function toCompletionKind({ kind, field, color }: Candidate): vscode.CompletionItemKind {
  if (color !== undefined) {
    return vscode.CompletionItemKind.Color;
  }
  switch (kind) {
    case 'field':
    case 'locale':
      return vscode.CompletionItemKind.Property;
    case 'asset':
      return vscode.CompletionItemKind.File;
    case 'value':
      return field?.values === undefined
        ? vscode.CompletionItemKind.Value
        : vscode.CompletionItemKind.EnumMember;
  }
}
