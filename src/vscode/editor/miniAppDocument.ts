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
  /** Absolute. */
  folder: string;
}

/**
 * A document as it was when somebody asked about it: what is typed while the answer is made must
 * not change what the answer is about. Taken before anything is waited for.
 */
export interface Snapshot {
  /** Absolute. */
  path: string;
  text: string;
  /** Where the cursor or the mouse is; UTF-16 units. */
  offset: number;
}

/** The range between two offsets of a snapshot's text. */
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
 * What a document is to a mini-app; undefined for other people's files. The text in the editor
 * counts, saved or not.
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

/** The folders that a mini-app's pictures may be in; see {@link pictureRoots}. */
export async function getPictureRoots(folder: string): Promise<string[]> {
  return pictureRoots(folder, await currentText(join(folder, CONFIG_FILE)));
}

/** What a file holds in its editor, or else on disk; undefined when it cannot be read. */
async function currentText(path: string): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === path);
  return open?.getText() ?? readTextFile(path).catch(() => undefined);
}
