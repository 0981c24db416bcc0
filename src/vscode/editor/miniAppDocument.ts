import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { CONFIG_FILE, isMiniApp } from '../../core/miniAppFolder';
import { documentKind, looksLikeOurs } from '../../core/publish/editing/document';
import type { DocumentKind } from '../../core/publish/editing/fields';
import { pictureRoots } from '../../core/publish/editing/pictures';

/** A manifest or an `sdk.config.json` at the root of a mini-app. */
export interface MiniAppDocument {
  kind: DocumentKind;
  /** Absolute. */
  folder: string;
}

/** What a document is to a mini-app; undefined for other people's files. The text in the editor counts, saved or not. */
export async function miniAppDocument(
  document: vscode.TextDocument,
): Promise<MiniAppDocument | undefined> {
  const path = document.uri.fsPath;
  const kind = documentKind(path);
  if (kind === undefined) {
    return undefined;
  }
  const folder = dirname(path);
  const isOurs =
    (kind === 'manifest' && looksLikeOurs(document.getText())) || (await isMiniApp(folder));
  return isOurs ? { kind, folder } : undefined;
}

/** The folders that a mini-app's pictures may be in; see {@link pictureRoots}. */
export async function pictureRootsOf(folder: string): Promise<string[]> {
  return pictureRoots(folder, await currentText(join(folder, CONFIG_FILE)));
}

/** What a file holds in its editor, or else on disk; undefined when it cannot be read. */
async function currentText(path: string): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === path);
  return open?.getText() ?? readFile(path, 'utf8').catch(() => undefined);
}
