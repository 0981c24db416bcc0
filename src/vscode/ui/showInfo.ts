import * as vscode from 'vscode';
import { plainText } from './plainText';

/**
 * Shows an information message that needs no decision. Does not wait for it to close. The message
 * has a button because VS Code truncates a message without one to one line.
 */
export function showInfo(message: string): void {
  void vscode.window.showInformationMessage(plainText(message), vscode.l10n.t('Got It'));
}
