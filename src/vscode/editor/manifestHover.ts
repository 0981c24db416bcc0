import * as vscode from 'vscode';
import { hoverAt, type Hover } from '../../core/publish/editing/hover';
import { describePicture, findPicture, summaryOf } from '../../core/publish/editing/pictures';
import { fileSentence } from '../../core/publish/rules/rules';
import { appendPlain } from '../ui/plainMarkdown';
import { fieldMarkdown } from './fieldMarkdown';
import { miniAppDocument, pictureRootsOf, rangeIn, type Snapshot } from './miniAppDocument';

/** What there is to tell about a field, and about the picture that it names. */
export async function explainAt(snapshot: Snapshot): Promise<vscode.Hover | undefined> {
  const ours = await miniAppDocument(snapshot);
  const found = ours === undefined ? undefined : hoverAt(ours.kind, snapshot.text, snapshot.offset);
  if (ours === undefined || found === undefined) {
    return undefined;
  }
  const { start, end, field, note, picture } = found;
  const parts = [fieldMarkdown(field)];
  if (note !== undefined) {
    const sentence = new vscode.MarkdownString();
    appendPlain(sentence, note);
    parts.push(sentence);
  }
  if (picture !== undefined) {
    parts.unshift(await pictureMarkdown(picture, ours.folder));
  }
  return new vscode.Hover(parts, rangeIn(snapshot, start, end));
}

async function pictureMarkdown(
  { field, path }: NonNullable<Hover['picture']>,
  folder: string,
): Promise<vscode.MarkdownString> {
  const markdown = new vscode.MarkdownString();
  const file = await findPicture(await pictureRootsOf(folder), path);
  const picture = file === undefined ? undefined : await describePicture(field, path, file);
  if (file === undefined || picture === undefined) {
    appendPlain(markdown, vscode.l10n.t('There is no such picture.'));
    return markdown;
  }
  markdown.appendMarkdown(`![](${vscode.Uri.file(file).toString()}|height=96)\n\n`);
  appendPlain(markdown, summaryOf(picture));
  if (picture.trouble !== undefined) {
    markdown.appendMarkdown('\n\n');
    appendPlain(markdown, `⚠ ${fileSentence(path, picture.trouble)}`);
  }
  return markdown;
}
