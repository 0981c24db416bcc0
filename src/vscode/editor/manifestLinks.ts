import * as vscode from 'vscode';
import { pictureLinks } from '../../core/publish/editing/pictureLinks';
import { findPicture } from '../../core/publish/editing/pictures';
import { miniAppDocument, getPictureRoots, toVsRange, type Snapshot } from './miniAppDocument';

/** Provides links from the paths in a manifest to the existing pictures. */
export async function provideLinks(snapshot: Snapshot): Promise<vscode.DocumentLink[]> {
  const ours = await miniAppDocument(snapshot);
  if (ours?.kind !== 'manifest') {
    return [];
  }
  const roots = await getPictureRoots(ours.folder);
  const links = await Promise.all(
    pictureLinks(snapshot.text).map(async ({ path, start, end }) => {
      const file = await findPicture(roots, path);
      const range = toVsRange(snapshot, start, end);
      return file === undefined ? undefined : new vscode.DocumentLink(range, vscode.Uri.file(file));
    }),
  );
  return links.filter((link) => link !== undefined);
}
