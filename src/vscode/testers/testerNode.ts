import * as vscode from 'vscode';
import type { Tester } from '../../core/api/testers';
import { isActive } from '../../core/testers/invitations';
import { joinIsolated, rowLabel } from '../../core/text/bidiIsolate';
import { textLanguage } from '../../core/text/l10n';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import { exactTime, timeAgo } from '../../core/text/timeAgo';
import { plainTooltip } from '../ui/plainText';
import { TreeNode } from '../ui/treeNode';

/**
 * Creates the node of a beta tester, which is below the beta of an app.
 * @param now Milliseconds since the epoch.
 */
export function testerNode(appId: string, tester: Tester, now: number): TreeNode {
  const name = testerName(tester);
  const status = testerStatus(tester);
  const since = testerSince(tester, now);
  const at = statusTime(tester);
  const item = new vscode.TreeItem(rowLabel(name));
  item.id = `${appId}/testers/${tester.userId}`;
  item.description = joinIsolated([status, since]);
  item.iconPath = new vscode.ThemeIcon(testerIcon(tester));
  item.contextValue = isActive(tester) ? 'tester' : 'removedTester';
  const exact = at === undefined ? [] : [exactTime(at, textLanguage())];
  item.tooltip = plainTooltip([vscode.l10n.t('{0}: {1}', name, status), ...exact].join(' · '));
  const spoken = [name, status, since].filter(Boolean).map((part) => sanitizeLine(part));
  item.accessibilityInformation = { label: spoken.join(', ') };
  return new TreeNode(item, { appId, userId: tester.userId });
}

/** Returns the Telegram name with `@`, or the ID of a tester without one. */
export function testerName({ telegramUsername, userId }: Tester): string {
  return telegramUsername === '' ? userId : `@${telegramUsername}`;
}

/** Returns the display name of a status; an unknown term is returned unchanged. */
export function testerStatus({ status }: Tester): string {
  switch (status) {
    case 'invited':
      return vscode.l10n.t('invited');
    case 'accepted':
      return vscode.l10n.t('accepted');
    case 'revoked':
      return vscode.l10n.t('removed');
    default:
      return status;
  }
}

/** Returns how long a tester has had the status, such as `2 days ago`; '' if that is unknown. */
export function testerSince(tester: Tester, now: number): string {
  const at = statusTime(tester);
  return at === undefined ? '' : timeAgo(at, now, textLanguage());
}

/** Returns the codicon for the status of a tester. */
export function testerIcon({ status }: Tester): string {
  return { invited: 'mail', accepted: 'account', revoked: 'circle-slash' }[status] ?? 'question';
}

/** Returns since when a tester has the status, in milliseconds since the epoch. */
function statusTime({ status, ...times }: Tester): number | undefined {
  const { invitedAt, acceptedAt, revokedAt } = times;
  const time = { invited: invitedAt, accepted: acceptedAt, revoked: revokedAt }[status];
  const at = Date.parse(time ?? '');
  return Number.isNaN(at) ? undefined : at;
}
