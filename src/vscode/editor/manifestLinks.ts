import * as vscode from 'vscode';
import { pictureLinks } from '../../core/publish/editing/pictureLinks';
import { findPicture } from '../../core/publish/editing/pictures';
import { projectDocument, getPictureRoots, toVsRange, type Snapshot } from './projectDocument';

/** Provides links from the paths in a manifest to the existing pictures. */
export async function provideLinks(snapshot: Snapshot): Promise<vscode.DocumentLink[]> {
  const ours = await projectDocument(snapshot);
  if (ours === undefined) {
    return [];
  }
  const roots = await getPictureRoots(ours);
  const links = await Promise.all(
    pictureLinks(ours.kind, snapshot.text).map(async ({ path, start, end }) => {
      const file = await findPicture(roots, path);
      const range = toVsRange(snapshot, start, end);
      return file === undefined ? undefined : new vscode.DocumentLink(range, vscode.Uri.file(file));
    }),
  );
  return links.filter((link) => link !== undefined);
}
