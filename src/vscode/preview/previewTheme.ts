import * as vscode from 'vscode';
import { PROJECT_KINDS } from '../../core/projectKind';
import { chooseMiniApp, type GivenFolder } from '../publish/chooseMiniApp';
import type { MiniApps } from '../publish/miniApps';
import { ThemePreviewPanel } from './themePreviewPanel';

const KINDS = PROJECT_KINDS.filter(({ lenses }) => lenses.includes('i99dash.previewTheme'));

/**
 * Shows a preview of a theme beside the editor.
 * @param media the extension's folder with the script and the style of previews
 * @throws NOTHING_TO_PUBLISH if there is no theme
 * @throws CancelledError
 */
export async function previewTheme(
  miniApps: MiniApps,
  media: vscode.Uri,
  { folder }: { folder?: GivenFolder },
): Promise<true> {
  const title = vscode.l10n.t('Preview Theme');
  const chosen = await chooseMiniApp(miniApps, folder, title, KINDS);
  await ThemePreviewPanel.show(chosen, media);
  return true;
}
