import * as vscode from 'vscode';
import { appRows, type AppRow } from '../../core/apps/appRows';
import { getWelcomeState, type WelcomeState } from '../../core/apps/welcomeState';
import type { AppsSnapshot } from '../../core/apps/loadApps';
import { readLocalApps } from '../../core/apps/localApps';
import { AppNode, FailureNode, SectionElement } from './appElements';
import type { ProblemCount } from './appProblems';
import { plainText } from '../ui/plainText';
import type { ViewElement } from '../ui/viewElement';

export interface AppsViewInput {
  snapshot: AppsSnapshot | undefined;
  failure: Error | undefined;
  isSignedIn: boolean;
  /** Whether apps outside the workspace are hidden. */
  isFiltered: boolean;
  /** The absolute paths of the mini-apps in the workspace. */
  folders: readonly string[];
  /** The problem counts by these folders. */
  problems: ReadonlyMap<string, ProblemCount>;
  /** Milliseconds since the epoch. */
  now: number;
}

export interface RenderedApps {
  elements: ViewElement[];
  /** Why the view is empty, for the welcome content. */
  welcomeState: WelcomeState | undefined;
  /** The message above the rows; '' for none. */
  message: string;
  /** Whether the welcome content warns that messages are not delivered. */
  hasDeliveryFailure: boolean;
}

export async function renderApps(picture: AppsViewInput): Promise<RenderedApps> {
  const { snapshot, failure, isSignedIn, isFiltered, now } = picture;
  const locals = await readLocalApps(picture.folders);
  const welcomeState = getWelcomeState(snapshot, {
    isSignedIn,
    isFiltered,
    hasWorkspace: (vscode.workspace.workspaceFolders ?? []).length > 0,
    hasLocalApp: locals.length > 0,
  });
  const reader = { now, language: vscode.env.language };
  const rows =
    snapshot === undefined || welcomeState !== undefined ? [] : appRows(snapshot, locals, reader);
  const elements = [
    ...(isSignedIn && failure !== undefined ? [new FailureNode(failure)] : []),
    ...drawRows(
      rows.filter(({ local }) => !isFiltered || local !== undefined),
      picture,
    ),
  ];
  const delivery = snapshot?.status.lastNotificationError;
  return {
    elements,
    welcomeState,
    message: elements.length === 0 || snapshot === undefined ? '' : messageFor(snapshot),
    hasDeliveryFailure: delivery !== undefined,
  };
}

/** Renders the rows. The workspace's apps get their own section if there are others. */
function drawRows(rows: readonly AppRow[], { now, problems }: AppsViewInput): ViewElement[] {
  const draw = (some: readonly AppRow[], parent?: ViewElement): AppNode[] =>
    some.map((row) => new AppNode(row, now, problems.get(row.local?.folder ?? ''), parent));
  const here = rows.filter(({ local }) => local !== undefined);
  const elsewhere = rows.filter(({ local }) => local === undefined);
  return here.length === 0 || elsewhere.length === 0
    ? draw(rows)
    : [
        new SectionElement('workspace', (parent) => draw(here, parent)),
        new SectionElement('elsewhere', (parent) => draw(elsewhere, parent)),
      ];
}

function messageFor({ status, mine }: AppsSnapshot): string {
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
