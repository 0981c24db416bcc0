import * as vscode from 'vscode';
import { isI99dashError } from '../../core/errors';
import { ROW_ROOM, bidiIsolate } from '../../core/text/bidiIsolate';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import type { CommandId } from '../commands/commandIds';
import { plainTooltip } from './plainMarkdown';
import { TreeNode } from './treeNode';

/**
 * Creates the node that shows why a view could not load its content. A click or Enter runs the next
 * step.
 * @param refresh The command that loads the content again.
 */
export function failureNode(error: Error, refresh: CommandId): TreeNode {
  const { icon, label, command } = recoveryAction(error, refresh);
  const message = isI99dashError(error)
    ? error.message
    : vscode.l10n.t('Something went wrong. The log has the details.');
  // The reason comes first because a narrow side bar cuts off the end.
  const item = new vscode.TreeItem(bidiIsolate(message, ROW_ROOM.alone));
  item.id = 'failure';
  item.description = bidiIsolate(label);
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor('list.warningForeground'));
  item.tooltip = plainTooltip(message);
  item.command = { command, title: label };
  item.contextValue = 'failure';
  item.accessibilityInformation = { label: `${sanitizeLine(message)} ${label}` };
  return new TreeNode(item);
}

function recoveryAction(
  error: Error,
  refresh: CommandId,
): { icon: string; label: string; command: CommandId } {
  if (isI99dashError(error, 'KEY_ENCRYPTED')) {
    return { icon: 'lock', label: vscode.l10n.t('Unlock'), command: 'i99dash.unlock' };
  }
  if (isI99dashError(error, 'NOT_SIGNED_IN') || isI99dashError(error, 'KEY_REJECTED')) {
    return { icon: 'sign-in', label: vscode.l10n.t('Sign In Again'), command: 'i99dash.signIn' };
  }
  return { icon: 'warning', label: vscode.l10n.t('Try Again'), command: refresh };
}
