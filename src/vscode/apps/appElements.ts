import * as vscode from 'vscode';
import type { AppRow } from '../../core/apps/appRows';
import type { ReviewState } from '../../core/apps/reviewState';
import { isI99dashError } from '../../core/errors';
import { plural } from '../../core/text/l10n';
import { MANIFEST_FILE } from '../../core/miniAppFolder';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import { ROW_ROOM, joinIsolated, rowLabel, bidiIsolate } from '../../core/text/bidiIsolate';
import { listAppDetails, type AppDetail } from './appDetails';
import { describeCount, problemsUri, type ProblemCount } from './appProblems';
import type { CommandId } from '../commands/commandIds';
import { appendEscaped } from '../ui/plainMarkdown';
import { reviewName } from './reviewName';
import { OPEN_PROBLEMS } from '../ui/problemSteps';
import { ViewElement } from '../ui/viewElement';

/** The maximum length of a spoken text, in UTF-16 units. The reason for a rejection can be long. */
const MAX_SPOKEN = 2_000;

/** A section of the view: the apps of the workspace, or all others. */
export class SectionElement extends ViewElement {
  override readonly children: readonly ViewElement[];

  constructor(
    private readonly kind: 'workspace' | 'elsewhere',
    draw: (parent: ViewElement) => readonly ViewElement[],
  ) {
    super();
    this.children = draw(this);
  }

  toTreeItem(): vscode.TreeItem {
    const label =
      this.kind === 'workspace' ? vscode.l10n.t('This Workspace') : vscode.l10n.t('Other Apps');
    const item = new vscode.TreeItem(bidiIsolate(label), vscode.TreeItemCollapsibleState.Expanded);
    item.id = `section/${this.kind}`;
    item.contextValue = 'section';
    const count = plural(this.children.length, { one: '{0} app', other: '{0} apps' });
    item.description = String(this.children.length);
    item.accessibilityInformation = { label: `${label}, ${count}` };
    return item;
  }
}

export class AppNode extends ViewElement {
  override readonly parent: ViewElement | undefined;
  override readonly children: readonly DetailNode[];

  constructor(
    readonly row: AppRow,
    now: number,
    private readonly problems: ProblemCount = { errors: 0, warnings: 0 },
    parent?: ViewElement,
  ) {
    super();
    this.parent = parent;
    this.children = listAppDetails(row, now, problems).map((fact) => new DetailNode(this, fact));
  }

  /**
   * VS Code remembers by ID whether a row is expanded. A new rejection gets a new ID, so that its
   * row expands.
   */
  get id(): string {
    const { appId, latestVersion, review, local } = this.row;
    if (local?.id === null) {
      return `folder/${local.folder}`;
    }
    return review === 'rejected' ? `${appId} ${latestVersion ?? ''} rejected` : appId;
  }

  toTreeItem(): vscode.TreeItem {
    const { appId, name = appId, review } = this.row;
    const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
    const open = review === 'rejected' ? Expanded : Collapsed;
    const item = new vscode.TreeItem(rowLabel(name), this.children.length === 0 ? None : open);
    const version = shownVersion(this.row);
    const state = describeState(this.row);
    const beta = describeBeta(this.row);
    item.id = this.id;
    item.description = joinIsolated([state, beta, version]);
    item.resourceUri = problemsUri(appId, this.problems);
    item.iconPath = isBroken(this.row) ? brokenIcon() : chooseIcon(review);
    item.contextValue = getContextValue(this.row);
    item.tooltip = createTooltip(this.row, this.children);
    item.accessibilityInformation = {
      label: [name, version, state, describeCount(this.problems), beta]
        .filter(Boolean)
        .map((part) => sanitizeLine(part))
        .join(', '),
    };
    return item;
  }
}

/** The row of a detail of an app. */
export class DetailNode extends ViewElement {
  constructor(
    override readonly parent: AppNode,
    readonly fact: AppDetail,
  ) {
    super();
  }

  toTreeItem(): vscode.TreeItem {
    const { id, icon, label, facts, tooltip } = this.fact;
    const item = new vscode.TreeItem(bidiIsolate(label, ROW_ROOM.alone));
    item.id = `${this.parent.id}/${id}`;
    item.iconPath = new vscode.ThemeIcon(icon);
    item.contextValue = 'fact';
    item.tooltip = plainTooltip(tooltip);
    item.accessibilityInformation = { label: sanitizeLine(tooltip, MAX_SPOKEN) };
    item.description = joinIsolated(facts);
    if (id === 'problems') {
      item.command = { command: OPEN_PROBLEMS, title: label };
    }
    return item;
  }
}

/**
 * The row that explains why the apps could not be loaded. A click or Enter runs the recovery
 * action.
 */
export class FailureNode extends ViewElement {
  constructor(private readonly error: Error) {
    super();
  }

  toTreeItem(): vscode.TreeItem {
    const { icon, label, command, words } = recoveryAction(this.error);
    // The reason comes first because a narrow side bar cuts off the end.
    const item = new vscode.TreeItem(bidiIsolate(words, ROW_ROOM.alone));
    item.id = 'failure';
    item.description = bidiIsolate(label);
    item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor('list.warningForeground'));
    item.tooltip = plainTooltip(words);
    item.command = { command, title: label };
    item.contextValue = 'failure';
    item.accessibilityInformation = { label: `${sanitizeLine(words)} ${label}` };
    return item;
  }
}

function isBroken({ local }: AppRow): boolean {
  return local?.isBroken === true;
}

/** Describes the state of the app's review, or what prevents one. */
function describeState(row: AppRow): string {
  if (isBroken(row)) {
    return vscode.l10n.t('broken {0}', MANIFEST_FILE);
  }
  return row.local?.id === null ? vscode.l10n.t('no ID') : reviewName(row.reviewWord);
}

function describeBeta({ beta }: AppRow): string {
  return beta === undefined ? '' : vscode.l10n.t('beta {0}', beta.version ?? '').trim();
}

function brokenIcon(): vscode.ThemeIcon {
  return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
}

function shownVersion({ latestVersion, local }: AppRow): string {
  return latestVersion ?? local?.version ?? '';
}

function chooseIcon(review: ReviewState): vscode.ThemeIcon {
  const icon = (name: string, color: string) =>
    new vscode.ThemeIcon(name, new vscode.ThemeColor(color));
  switch (review) {
    case 'unpublished':
      return icon('circle-large-outline', 'descriptionForeground');
    case 'inReview':
      return icon('eye', 'charts.blue');
    case 'approved':
      return icon('pass-filled', 'charts.green');
    case 'rejected':
      return icon('error', 'charts.red');
    case 'other':
      return icon('question', 'descriptionForeground');
  }
}

/** Returns the context value that `when` clauses match. */
function getContextValue({ local, latestVersion, beta }: AppRow): string {
  return [
    'app',
    ...(local === undefined ? [] : ['local']),
    ...(latestVersion === null ? [] : ['submitted']),
    ...(beta === undefined ? [] : ['beta']),
  ].join(' ');
}

function createTooltip(row: AppRow, facts: readonly DetailNode[]): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  tooltip.appendMarkdown('**');
  appendEscaped(tooltip, row.name ?? row.appId);
  tooltip.appendMarkdown('** ');
  appendEscaped(tooltip, [row.appId, describeState(row)].join(' · '));
  for (const { fact } of facts) {
    tooltip.appendMarkdown('\n\n');
    appendEscaped(tooltip, fact.tooltip);
  }
  return tooltip;
}

function plainTooltip(text: string): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  appendEscaped(tooltip, text);
  return tooltip;
}

interface WayOut {
  icon: string;
  label: string;
  command: CommandId;
  words: string;
}

function recoveryAction(error: Error): WayOut {
  if (isI99dashError(error, 'KEY_ENCRYPTED')) {
    const label = vscode.l10n.t('Unlock');
    return { icon: 'lock', label, command: 'i99dash.unlock', words: error.message };
  }
  if (isI99dashError(error, 'NOT_SIGNED_IN') || isI99dashError(error, 'KEY_REJECTED')) {
    const label = vscode.l10n.t('Sign In Again');
    return { icon: 'sign-in', label, command: 'i99dash.signIn', words: error.message };
  }
  const words = isI99dashError(error)
    ? error.message
    : vscode.l10n.t('Something went wrong. The log has the details.');
  const label = vscode.l10n.t('Try Again');
  return { icon: 'warning', label, command: 'i99dash.refreshApps', words };
}
