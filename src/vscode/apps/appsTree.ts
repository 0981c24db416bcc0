import * as vscode from 'vscode';
import { appRows, type AppRow } from '../../core/apps/appRows';
import { getWelcomeState, type WelcomeState } from '../../core/apps/welcomeState';
import type { AppsSnapshot } from '../../core/apps/loadApps';
import type { SessionState } from '../../core/session/sessionState';
import { addLastSubmissions, readLocalApps } from '../../core/apps/localApps';
import type { FoundProject } from '../../core/projectFolders';
import type { PublishHistory } from '../../core/publish/publishHistory';
import { bidiIsolate } from '../../core/text/bidiIsolate';
import { plural } from '../../core/text/l10n';
import { appNode } from './appNode';
import type { ProblemCount } from './appProblems';
import { failureNode } from '../ui/failureNode';
import { plainText } from '../ui/plainText';
import { TreeNode } from '../ui/treeNode';

export interface AppsViewInput {
  snapshot: AppsSnapshot | undefined;
  failure: Error | undefined;
  session: SessionState;
  isSignedIn: boolean;
  /** Whether apps outside the workspace are hidden. */
  isFiltered: boolean;
  /** The projects in the workspace. */
  projects: readonly FoundProject[];
  /** What was published from this computer. */
  history: PublishHistory;
  /** The current backend. */
  backendUrl: string;
  /** The problem counts by folder. */
  problems: ReadonlyMap<string, ProblemCount>;
  /** Milliseconds since the epoch. */
  now: number;
}

export interface RenderedApps {
  nodes: TreeNode[];
  /** Why the view is empty, for the welcome content. */
  welcomeState: WelcomeState | undefined;
  /** The message above the rows; '' for none. */
  message: string;
  /** Whether the welcome content warns that messages are not delivered. */
  hasDeliveryFailure: boolean;
}

export async function renderApps(input: AppsViewInput): Promise<RenderedApps> {
  const { snapshot, failure, session, isSignedIn, isFiltered, now } = input;
  const { projects, history, backendUrl } = input;
  const locals = await addLastSubmissions(await readLocalApps(projects), history, backendUrl);
  const welcomeState = getWelcomeState(snapshot, {
    isSignedIn,
    isFiltered,
    hasWorkspace: (vscode.workspace.workspaceFolders ?? []).length > 0,
    hasLocalApp: locals.length > 0,
  });
  const reader = { now, language: vscode.env.language };
  const rows =
    snapshot === undefined || welcomeState !== undefined ? [] : appRows(snapshot, locals, reader);
  const nodes = [
    ...(isSignedIn && failure !== undefined
      ? [failureNode(failure, session, 'i99dash.refreshApps')]
      : []),
    ...renderRows(
      rows.filter(({ local }) => !isFiltered || local !== undefined),
      input,
    ),
  ];
  const delivery = snapshot?.status.lastNotificationError;
  return {
    nodes,
    welcomeState,
    message: nodes.length === 0 || snapshot === undefined ? '' : viewMessage(snapshot),
    hasDeliveryFailure: delivery !== undefined,
  };
}

/** Renders the rows. The workspace's apps get their own section if there are others. */
function renderRows(rows: readonly AppRow[], { now, problems }: AppsViewInput): TreeNode[] {
  const render = (some: readonly AppRow[]): TreeNode[] =>
    some.map((row) => appNode(row, now, problems.get(row.local?.folder ?? '')));
  const here = rows.filter(({ local }) => local !== undefined);
  const elsewhere = rows.filter(({ local }) => local === undefined);
  return here.length === 0 || elsewhere.length === 0
    ? render(rows)
    : [
        sectionNode('workspace', vscode.l10n.t('This Workspace'), render(here)),
        sectionNode('elsewhere', vscode.l10n.t('Other Apps'), render(elsewhere)),
      ];
}

function sectionNode(id: string, label: string, apps: readonly TreeNode[]): TreeNode {
  const item = new vscode.TreeItem(bidiIsolate(label), vscode.TreeItemCollapsibleState.Expanded);
  const count = plural(apps.length, { one: '{0} app', other: '{0} apps' });
  item.id = `section/${id}`;
  item.contextValue = 'section';
  item.description = String(apps.length);
  item.accessibilityInformation = { label: `${label}, ${count}` };
  return new TreeNode(item, {}, apps);
}

function viewMessage({ status, mine }: AppsSnapshot): string {
  const { apps, appsTotal, isDeveloper, hasPendingRequest, lastNotificationError } = status;
  const notes = [
    ...(isDeveloper
      ? []
      : [
          hasPendingRequest
            ? vscode.l10n.t('Your request for developer access is being looked at.')
            : vscode.l10n.t('You have no developer access: you cannot publish.'),
        ]),
    ...(lastNotificationError === undefined
      ? []
      : [
          vscode.l10n.t(
            'The last Telegram message to you did not arrive: {0}',
            plainText(lastNotificationError),
          ),
        ]),
    ...(appsTotal > apps.length
      ? [
          mine.length > apps.length
            ? vscode.l10n.t(
                'The details of {0} of your {1} apps are shown.',
                apps.length,
                appsTotal,
              )
            : vscode.l10n.t('{0} of your {1} apps are shown.', apps.length, appsTotal),
        ]
      : []),
  ];
  return notes.join('\n');
}
