import * as vscode from 'vscode';
import type { SshKey } from '../../core/api/sshKeys';
import { exactTime, timeAgo } from '../../core/text/timeAgo';
import { isI99dashError } from '../../core/errors';
import { textLanguage } from '../../core/text/l10n';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import { ROW_ROOM, joinIsolated, bidiIsolate } from '../../core/text/bidiIsolate';
import { appendEscaped } from '../ui/plainMarkdown';
import { ViewElement } from '../ui/viewElement';

/** A tree node for a key. Commands receive it as their argument and read the key's `id` from it. */
export class SshKeyNode extends ViewElement {
  readonly id: string;

  constructor(
    readonly key: SshKey,
    /** Whether the session signs with this key. */
    readonly isThisKey: boolean,
  ) {
    super();
    this.id = key.id;
  }

  toTreeItem(): vscode.TreeItem {
    const { key, isThisKey } = this;
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
    return item;
  }
}

/** A tree node that shows why the keys are missing or stale. A click runs the next step. */
export class SshKeyFailureNode extends ViewElement {
  constructor(readonly failure: Error) {
    super();
  }

  toTreeItem(): vscode.TreeItem {
    const { failure } = this;
    const { label, icon, command, title } = nextStep(failure);
    const message = isI99dashError(failure) ? failure.message : vscode.l10n.t('The log has more.');
    // The reason comes first, because a narrow side bar truncates the end.
    const item = new vscode.TreeItem(bidiIsolate(message, ROW_ROOM.alone));
    item.description = bidiIsolate(label);
    item.iconPath = new vscode.ThemeIcon(icon);
    item.tooltip = `${sanitizeLine(message)}\n${title}`;
    item.contextValue = 'sshKeysFailure';
    item.command = { command, title };
    item.accessibilityInformation = { label: `${label}. ${sanitizeLine(message)} ${title}` };
    return item;
  }
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

function nextStep(failure: Error): { label: string; icon: string; command: string; title: string } {
  if (isI99dashError(failure, 'KEY_ENCRYPTED')) {
    return {
      ...{ label: vscode.l10n.t('Locked'), icon: 'lock', command: 'i99dash.unlock' },
      title: vscode.l10n.t('Click to unlock the session.'),
    };
  }
  if (isI99dashError(failure, 'NOT_SIGNED_IN') || isI99dashError(failure, 'KEY_REJECTED')) {
    return {
      ...{ label: vscode.l10n.t('Signed out'), icon: 'sign-in', command: 'i99dash.signIn' },
      title: vscode.l10n.t('Click to sign in again.'),
    };
  }
  return {
    ...{ label: vscode.l10n.t('Not up to date'), icon: 'warning', command: 'i99dash.refreshKeys' },
    title: vscode.l10n.t('Click to try again.'),
  };
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
