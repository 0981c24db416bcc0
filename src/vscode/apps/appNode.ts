import * as vscode from 'vscode';
import type { AppRow } from '../../core/apps/appRows';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import { ROW_ROOM, joinIsolated, rowLabel, bidiIsolate } from '../../core/text/bidiIsolate';
import { listAppDetails, type AppDetail } from './appDetails';
import { describeCount, problemsUri, type ProblemCount } from './appProblems';
import { appendEscaped, plainTooltip } from '../ui/plainText';
import { reviewName } from './reviewName';
import { OPEN_PROBLEMS } from '../ui/stepButtons';
import { testerNode } from '../testers/testerNode';
import { TreeNode } from '../ui/treeNode';

/** The maximum length of a spoken text, in UTF-16 units. The reason for a rejection can be long. */
const MAX_SPOKEN = 2_000;

/**
 * Creates the node of an app. Its children are the details.
 * @param now Milliseconds since the epoch.
 */
export function appNode(
  row: AppRow,
  now: number,
  problems: ProblemCount = { errors: 0, warnings: 0 },
): TreeNode {
  const { appId, name = appId, review } = row;
  const details = listAppDetails(row, now, problems);
  const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
  const open = review === 'rejected' ? Expanded : Collapsed;
  const item = new vscode.TreeItem(rowLabel(name), details.length === 0 ? None : open);
  const version = row.latestVersion ?? row.local?.version ?? '';
  const state = describeState(row);
  const beta = formatBeta(row);
  const id = nodeId(row);
  item.id = id;
  item.description = joinIsolated([state, beta, version]);
  item.resourceUri = problemsUri(appId, problems);
  item.iconPath = chooseIcon(row);
  item.contextValue = getContextValue(row);
  item.tooltip = createTooltip(row, details);
  item.accessibilityInformation = {
    label: [name, version, state, describeCount(problems), beta]
      .filter(Boolean)
      .map((part) => sanitizeLine(part))
      .join(', '),
  };
  const ofBackend = row.kind.isListed ? { appId } : {};
  const children = details.map((detail) => {
    const { testers = [] } = detail;
    const below = testers.map((tester) => testerNode(appId, tester, now));
    return new TreeNode(detailItem(id, detail), ofBackend, below);
  });
  return new TreeNode(item, { ...ofBackend, folder: row.local?.folder }, children);
}

/**
 * VS Code remembers by ID whether a node is expanded. A new rejection gets a new ID, so that its
 * node expands.
 */
function nodeId({ kind, appId, latestVersion, review, local }: AppRow): string {
  if (local !== undefined && (local.id === null || !kind.isListed)) {
    return `folder/${local.folder}`;
  }
  return review === 'rejected' ? `${appId} ${latestVersion ?? ''} rejected` : appId;
}

function detailItem(appNodeId: string, detail: AppDetail): vscode.TreeItem {
  const { id, icon, label, facts, tooltip, testers = [] } = detail;
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const state = testers.length === 0 ? None : Collapsed;
  const item = new vscode.TreeItem(bidiIsolate(label, ROW_ROOM.alone), state);
  item.id = `${appNodeId}/${id}`;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.contextValue = id === 'beta' ? 'betaDetail' : 'detail';
  item.tooltip = plainTooltip(tooltip);
  item.accessibilityInformation = { label: sanitizeLine(tooltip, MAX_SPOKEN) };
  item.description = joinIsolated(facts);
  if (id === 'problems') {
    item.command = { command: OPEN_PROBLEMS, title: label };
  }
  return item;
}

function isBroken({ local }: AppRow): boolean {
  return local?.isBroken === true;
}

/** Describes the state of the app's review, or what prevents one. */
function describeState(row: AppRow): string {
  if (isBroken(row)) {
    return vscode.l10n.t('broken {0}', row.kind.manifestFile);
  }
  if (row.local?.id === null) {
    return vscode.l10n.t('no ID');
  }
  return row.kind.isListed ? reviewName(row.reviewWord) : row.kind.name();
}

function formatBeta({ beta }: AppRow): string {
  return beta === undefined ? '' : vscode.l10n.t('beta {0}', beta.version ?? '').trim();
}

function chooseIcon(row: AppRow): vscode.ThemeIcon {
  const icon = (name: string, color: string) =>
    new vscode.ThemeIcon(name, new vscode.ThemeColor(color));
  if (isBroken(row)) {
    return icon('warning', 'list.warningForeground');
  }
  switch (row.review) {
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
    case 'unlisted':
      return new vscode.ThemeIcon(row.kind.icon);
  }
}

/** Returns the context value that `when` clauses match. */
function getContextValue({ kind, local, latestVersion, beta }: AppRow): string {
  return [
    'app',
    kind.id,
    ...(local === undefined ? [] : ['local']),
    ...(latestVersion === null ? [] : ['submitted']),
    ...(beta === undefined ? [] : ['beta']),
  ].join(' ');
}

function createTooltip(row: AppRow, details: readonly AppDetail[]): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  tooltip.appendMarkdown('**');
  appendEscaped(tooltip, row.name ?? row.appId);
  tooltip.appendMarkdown('** ');
  appendEscaped(tooltip, [row.appId, describeState(row)].join(' · '));
  for (const detail of details) {
    tooltip.appendMarkdown('\n\n');
    appendEscaped(tooltip, detail.tooltip);
  }
  return tooltip;
}
