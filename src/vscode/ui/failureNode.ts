import * as vscode from 'vscode';
import { isI99dashError } from '../../core/errors';
import { ROW_ROOM, bidiIsolate } from '../../core/text/bidiIsolate';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import type { SessionState } from '../../core/session/sessionState';
import type { CommandId } from '../commands/commandIds';
import { realmLabels } from '../session/realmLabels';
import { sessionStep } from '../session/sessionStep';
import { plainTooltip } from './plainText';
import { TreeNode } from './treeNode';

/**
 * Creates the node that shows why a view could not load its content. A click or Enter runs the next
 * step: what the session needs, or loading the content again.
 */
export function failureNode(error: Error, session: SessionState, refresh: CommandId): TreeNode {
  const isUsable = session.kind === 'signedIn' || session.kind === 'offline';
  const needed = isUsable ? undefined : sessionStep(session, realmLabels({ id: 'i99dash' }));
  const retry = { icon: 'warning', label: vscode.l10n.t('Try Again'), command: refresh, args: [] };
  const { icon, label, command, args = [] } = needed ?? retry;
  const message = isI99dashError(error)
    ? error.message
    : vscode.l10n.t('Something went wrong. The log has the details.');
  // The reason comes first because a narrow side bar cuts off the end.
  const item = new vscode.TreeItem(bidiIsolate(message, ROW_ROOM.alone));
  item.id = 'failure';
  item.description = bidiIsolate(label);
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor('list.warningForeground'));
  item.tooltip = plainTooltip(message);
  item.command = { command, title: label, arguments: [...args] };
  item.contextValue = 'failure';
  item.accessibilityInformation = { label: `${sanitizeLine(message)} ${label}` };
  return new TreeNode(item);
}
