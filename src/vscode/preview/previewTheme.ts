import * as vscode from 'vscode';
import { PROJECT_KINDS } from '../../core/projectKind';
import { chooseProject, type GivenFolder } from '../publish/chooseProject';
import type { WorkspaceProjects } from '../publish/workspaceProjects';
import { ThemePreviewPanel } from './themePreviewPanel';

const KINDS = PROJECT_KINDS.filter(({ lenses }) => lenses.includes('i99dash.previewTheme'));

/**
 * Shows a preview of a theme beside the editor.
 * @param media the extension's folder with the script and the style of previews
 * @throws NOTHING_TO_PUBLISH if there is no theme
 * @throws CancelledError
 */
export async function previewTheme(
  miniApps: WorkspaceProjects,
  media: vscode.Uri,
  { folder }: { folder?: GivenFolder },
): Promise<true> {
  const title = vscode.l10n.t('Preview Theme');
  const chosen = await chooseProject(miniApps, folder, { title, kinds: KINDS });
  await ThemePreviewPanel.show(chosen, media);
  return true;
}
