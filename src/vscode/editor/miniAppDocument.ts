import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { CONFIG_FILE, isMiniApp } from '../../core/miniAppFolder';
import { documentKind, looksLikeOurs } from '../../core/publish/editing/document';
import type { DocumentKind } from '../../core/publish/editing/fields';
import { pictureRoots } from '../../core/publish/editing/pictures';
import { TextPositions } from '../../core/publish/json/textPositions';
import { readTextFile } from '../../core/platform/readTextFile';

/** A manifest or an `sdk.config.json` at the root of a mini-app. */
export interface MiniAppDocument {
  kind: DocumentKind;
  /** The absolute path. */
  folder: string;
}

/**
 * A copy of a document at the time of a request. It is taken before anything is awaited, so that
 * typing in the meantime does not affect the answer.
 */
export interface Snapshot {
  /** The absolute path. */
  path: string;
  text: string;
  /** The offset of the cursor or the mouse, in UTF-16 units. */
  offset: number;
}

/** Returns the range between two offsets of a snapshot's text. */
export function toVsRange({ text }: Snapshot, start: number, end: number): vscode.Range {
  const range = new TextPositions(text).range(start, end);
  return new vscode.Range(
    range.start.line,
    range.start.character,
    range.end.line,
    range.end.character,
  );
}

/**
 * Returns the mini-app document at a path; undefined for files of other projects. Uses the text in
 * the editor, even if it is not saved.
 */
export async function miniAppDocument({
  path,
  text,
}: Pick<Snapshot, 'path' | 'text'>): Promise<MiniAppDocument | undefined> {
  const kind = documentKind(path);
  if (kind === undefined) {
    return undefined;
  }
  const folder = dirname(path);
  const isOurs = (kind === 'manifest' && looksLikeOurs(text)) || (await isMiniApp(folder));
  return isOurs ? { kind, folder } : undefined;
}

/** Returns the folders that can contain a mini-app's pictures; see {@link pictureRoots}. */
export async function getPictureRoots(folder: string): Promise<string[]> {
  return pictureRoots(folder, await currentText(join(folder, CONFIG_FILE)));
}

/** Returns a file's text from its editor or else from disk; undefined if it cannot be read. */
async function currentText(path: string): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === path);
  return open?.getText() ?? readTextFile(path).catch(() => undefined);
}
