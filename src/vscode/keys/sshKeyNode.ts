import * as vscode from 'vscode';
import type { SshKey } from '../../core/api/sshKeys';
import { exactTime, timeAgo } from '../../core/text/timeAgo';
import { textLanguage } from '../../core/text/l10n';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import { bidiIsolate, joinIsolated } from '../../core/text/bidiIsolate';
import { appendEscaped } from '../ui/plainText';
import { TreeNode } from '../ui/treeNode';

/**
 * Creates the node of a key.
 * @param isThisKey Whether the session signs with this key.
 */
export function sshKeyNode(key: SshKey, isThisKey: boolean): TreeNode {
  const item = new vscode.TreeItem(bidiIsolate(key.name));
  const facts = keyFacts(key, isThisKey);
  item.id = key.id;
  item.description = joinIsolated(facts);
  item.iconPath = keyIcon(key, isThisKey);
  item.tooltip = keyTooltip(key, isThisKey);
  item.contextValue = isThisKey ? 'sshKey.this' : 'sshKey';
  item.accessibilityInformation = {
    label: sanitizeLine(
      [vscode.l10n.t('SSH key {0}', key.name), ...facts, key.fingerprint].join(', '),
    ),
  };
  return new TreeNode(item, { id: key.id, fingerprint: key.fingerprint });
}

/**
 * Describes a key in short texts to show next to its name. The most important one comes first,
 * because a narrow side bar truncates the end.
 */
export function keyFacts(key: SshKey, isThisKey: boolean): string[] {
  return [
    ...(isThisKey ? [vscode.l10n.t('this key')] : []),
    purposeName(key.purpose),
    usedWhen(key),
  ];
}

/** Returns a short name for the purpose of a key. */
export function purposeName(purpose: string): string {
  switch (purpose) {
    case 'login':
      return vscode.l10n.t('login');
    case 'attest':
      return vscode.l10n.t('native apps only');
    default:
      return sanitizeLine(purpose);
  }
}

/** Returns when a key was last used, relative to now. */
export function usedWhen({ lastUsedAt }: SshKey): string {
  const then = Date.parse(lastUsedAt ?? '');
  return Number.isNaN(then)
    ? vscode.l10n.t('never used')
    : vscode.l10n.t('used {0}', timeAgo(then, Date.now(), textLanguage()));
}

function keyIcon({ purpose }: SshKey, isThisKey: boolean): vscode.ThemeIcon {
  return isThisKey
    ? new vscode.ThemeIcon('pass-filled', new vscode.ThemeColor('charts.green'))
    : new vscode.ThemeIcon(purpose === 'attest' ? 'rocket' : 'key');
}

/**
 * Creates a tooltip with all details and exact times. The name is escaped, because it is data, not
 * Markdown.
 */
function keyTooltip(key: SshKey, isThisKey: boolean): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  const lines = [
    key.fingerprint,
    vscode.l10n.t('Type: {0}', key.keyType),
    vscode.l10n.t('Purpose: {0}', purposeSentence(key.purpose)),
    vscode.l10n.t('Created: {0}', moment(key.createdAt) ?? vscode.l10n.t('unknown')),
    vscode.l10n.t('Last used: {0}', moment(key.lastUsedAt) ?? vscode.l10n.t('never')),
    ...(isThisKey ? [vscode.l10n.t('You are signed in with this key.')] : []),
  ];
  tooltip.appendMarkdown('**');
  appendEscaped(tooltip, key.name);
  tooltip.appendMarkdown('**\n\n');
  for (const line of lines) {
    appendEscaped(tooltip, line);
    tooltip.appendMarkdown('  \n');
  }
  return tooltip;
}

function purposeSentence(purpose: string): string {
  return purpose === 'attest'
    ? vscode.l10n.t('native apps only; it cannot sign in')
    : purposeName(purpose);
}

function moment(iso: string | null): string | undefined {
  const time = Date.parse(iso ?? '');
  return Number.isNaN(time) ? undefined : exactTime(time, textLanguage());
}
