import * as vscode from 'vscode';
import { hoverAt, type Hover } from '../../core/publish/editing/hover';
import {
  describePicture,
  findPicture,
  summarizePicture,
} from '../../core/publish/editing/pictures';
import { fileSentence } from '../../core/publish/rules/rules';
import { appendEscaped } from '../ui/plainText';
import { fieldMarkdown } from './fieldMarkdown';
import {
  getPictureRoots,
  projectDocument,
  toVsRange,
  type ProjectDocument,
  type Snapshot,
} from './projectDocument';

/** Provides the hover of a field, and of the picture that it names. */
export async function provideHover(snapshot: Snapshot): Promise<vscode.Hover | undefined> {
  const ours = await projectDocument(snapshot);
  const found = ours === undefined ? undefined : hoverAt(ours.kind, snapshot.text, snapshot.offset);
  if (ours === undefined || found === undefined) {
    return undefined;
  }
  const { start, end, field, note, picture } = found;
  const parts = [fieldMarkdown(field)];
  if (note !== undefined) {
    const sentence = new vscode.MarkdownString();
    appendEscaped(sentence, note);
    parts.push(sentence);
  }
  if (picture !== undefined) {
    parts.unshift(await pictureMarkdown(picture, ours));
  }
  return new vscode.Hover(parts, toVsRange(snapshot, start, end));
}

async function pictureMarkdown(
  { field, path }: NonNullable<Hover['picture']>,
  ours: ProjectDocument,
): Promise<vscode.MarkdownString> {
  const markdown = new vscode.MarkdownString();
  const file = await findPicture(await getPictureRoots(ours), path);
  const picture = file === undefined ? undefined : await describePicture(field, path, file);
  if (file === undefined || picture === undefined) {
    appendEscaped(markdown, vscode.l10n.t('There is no such picture.'));
    return markdown;
  }
  markdown.appendMarkdown(`![](${vscode.Uri.file(file).toString()}|height=96)\n\n`);
  appendEscaped(markdown, summarizePicture(picture));
  if (picture.trouble !== undefined) {
    markdown.appendMarkdown('\n\n');
    appendEscaped(markdown, `⚠ ${fileSentence(path, picture.trouble)}`);
  }
  return markdown;
}
