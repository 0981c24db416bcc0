import * as vscode from 'vscode';
import { complete, type Candidate, type Completion } from '../../core/publish/editing/complete';
import { listPictures } from '../../core/publish/editing/pictures';
import { oneLine } from '../../core/text/sanitizeLine';
import { fileSentence } from '../../core/publish/rules/rules';
import { fieldMarkdown } from './fieldMarkdown';
import { miniAppDocument, pictureRootsOf, rangeIn, type Snapshot } from './miniAppDocument';

/** What may be typed at a position of a mini-app's manifest or `sdk.config.json`. */
export async function completeAt(snapshot: Snapshot): Promise<vscode.CompletionItem[]> {
  const ours = await miniAppDocument(snapshot);
  if (ours === undefined) {
    return [];
  }
  const completion = await complete(ours.kind, snapshot.text, snapshot.offset, async (field) =>
    listPictures(await pictureRootsOf(ours.folder), field),
  );
  return (completion?.candidates ?? []).map((candidate, index) =>
    itemOf(candidate, index, completion, snapshot),
  );
}

function itemOf(
  candidate: Candidate,
  index: number,
  completion: Completion | undefined,
  snapshot: Snapshot,
): vscode.CompletionItem {
  const { label, insert, isSnippet, field } = candidate;
  const description = descriptionOf(candidate);
  const item = new vscode.CompletionItem(
    description === undefined ? label : { label, description },
    kindOf(candidate),
  );
  item.insertText = isSnippet ? new vscode.SnippetString(insert) : insert;
  // As it stands in the text: a quote that is there already counts as typed.
  item.filterText =
    field?.kind === 'flag' && candidate.kind === 'value' ? label : JSON.stringify(label);
  // Before what VS Code itself offers in any JSON file, such as "$schema".
  item.sortText = `!${String(index).padStart(4, '0')}`;
  if (completion !== undefined) {
    const { start, end, commaAt } = completion;
    item.range = rangeIn(snapshot, start, end);
    if (commaAt !== undefined) {
      item.additionalTextEdits = [
        vscode.TextEdit.insert(rangeIn(snapshot, commaAt, commaAt).start, ','),
      ];
    }
  }
  if (field !== undefined && candidate.kind !== 'locale') {
    item.documentation = fieldMarkdown(field);
  }
  if (candidate.trouble !== undefined) {
    item.documentation = oneLine(fileSentence(label, candidate.trouble));
  }
  if (candidate.hasSuggestions === true) {
    item.command = { command: 'editor.action.triggerSuggest', title: '' };
  }
  return item;
}

function descriptionOf({ detail, trouble }: Candidate): string | undefined {
  return trouble === undefined ? detail : `⚠ ${detail ?? ''}`;
}

function kindOf({ kind, field }: Candidate): vscode.CompletionItemKind {
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
