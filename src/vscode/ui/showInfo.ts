import * as vscode from 'vscode';
import { plainText } from './plainText';

/**
 * Explains something that needs no decision. Does not wait. VS Code cuts a message without a button
 * to one line.
 */
export function showInfo(message: string): void {
  void vscode.window.showInformationMessage(plainText(message), vscode.l10n.t('Got It'));
}
