import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { isSamePath } from '../../core/platform/paths';
import { findKind } from '../../core/projectFolders';
import type { ProjectKind } from '../../core/projectKind';
import { KINDS } from '../../core/publish/kindDefinitions';
import { documentKind, looksLikeOurs } from '../../core/publish/editing/document';
import type { DocumentKind } from '../../core/publish/editing/fields';
import { TextPositions } from '../../core/publish/json/textPositions';
import { readTextFile } from '../../core/platform/readTextFile';

/** A JSON file with known fields at the root of a project. */
export interface ProjectDocument {
  kind: DocumentKind;
  project: ProjectKind;
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
 * Returns the document of a project at a path; undefined for files of other tools. Uses the text in
 * the editor, even if it is not saved.
 */
export async function projectDocument({
  path,
  text,
}: Pick<Snapshot, 'path' | 'text'>): Promise<ProjectDocument | undefined> {
  const named = documentKind(path);
  if (named === undefined) {
    return undefined;
  }
  const { document: kind, project } = named;
  const folder = dirname(path);
  const known = await findKind(folder);
  const isOurs =
    known === undefined ? kind !== 'config' && looksLikeOurs(project, text) : known === project;
  return isOurs ? { kind, project, folder } : undefined;
}

/** Returns the folders that can contain a project's pictures. */
export async function getPictureRoots({ folder, project }: ProjectDocument): Promise<string[]> {
  const { id, configFile } = project;
  const config = configFile === undefined ? undefined : await currentText(join(folder, configFile));
  return KINDS[id].pictureRoots(folder, config);
}

/** Returns a file's text from its editor or else from disk; undefined if it cannot be read. */
async function currentText(path: string): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find(({ uri }) => isSamePath(uri.fsPath, path));
  return open?.getText() ?? readTextFile(path).catch(() => undefined);
}
