import * as vscode from 'vscode';
import type { Fix } from '../../core/publish/editing/fix';

/** The maximum length of a value in a menu item; longer ones are truncated. */
const MAX_TITLE = 60;

/** Returns the title of a fix in the quick fix menu. */
export function fixTitle({ kind, field, value }: Fix): string {
  const shown = value.length > MAX_TITLE ? `${value.slice(0, MAX_TITLE)}…` : value;
  switch (kind) {
    case 'setVersion':
      return vscode.l10n.t('Set the version to {0}', shown);
    case 'setRequired':
      return vscode.l10n.t('Add "{0}": {1}', field, shown);
    case 'addRequired':
      return vscode.l10n.t('Add all required fields');
    case 'setValue':
      return vscode.l10n.t('Change "{0}" to {1}', field, shown);
    case 'canonicalOrigin':
      return vscode.l10n.t('Change to {0}', shown);
    case 'removeField':
      return vscode.l10n.t('Remove "{0}"', field);
    case 'renameField':
      return vscode.l10n.t('Rename "{0}" to "{1}"', field, shown);
    case 'placeholderIcon':
      return vscode.l10n.t('Create a placeholder icon, {0}', shown);
    case 'modernWebview':
      return vscode.l10n.t('Require a modern WebView, leaving out the oldest cars');
    case 'appVersion':
      return vscode.l10n.t('Set APP_VERSION to {0}', shown);
  }
}
