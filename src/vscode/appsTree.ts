import * as vscode from 'vscode';
import { appRows } from '../core/apps/appRows';
import { emptinessOf, type Emptiness } from '../core/apps/emptiness';
import type { AppsSnapshot } from '../core/apps/loadApps';
import { readLocalApps } from '../core/apps/localApps';
import { AppElement, FailureElement } from './appElements';
import { plainText } from './plainText';
import type { ViewElement } from './viewElement';

/** What the view is drawn from. */
export interface AppsPicture {
  snapshot: AppsSnapshot | undefined;
  failure: Error | undefined;
  isSignedIn: boolean;
  /** Whether apps outside the workspace are hidden. */
  isFiltered: boolean;
  /** Folders of the workspace with a mini-app, absolute. */
  folders: readonly string[];
  /** Milliseconds since the epoch. */
  now: number;
}

/** What the view shows. */
export interface DrawnApps {
  elements: ViewElement[];
  /** Why there is nothing, for the welcome. */
  emptiness: Emptiness | undefined;
  /** Above the rows; '' for nothing. */
  message: string;
  /** Whether the welcome is to say that messages do not arrive. */
  hasDeliveryFailure: boolean;
}

/** Draws the apps. */
export async function drawApps(picture: AppsPicture): Promise<DrawnApps> {
  const { snapshot, failure, isSignedIn, isFiltered, now } = picture;
  const locals = await readLocalApps(picture.folders);
  const emptiness = emptinessOf(snapshot, {
    isSignedIn,
    isFiltered,
    hasWorkspace: (vscode.workspace.workspaceFolders ?? []).length > 0,
    hasLocalApp: locals.length > 0,
  });
  const reader = { now, language: vscode.env.language };
  const rows =
    snapshot === undefined || emptiness !== undefined ? [] : appRows(snapshot, locals, reader);
  const elements = [
    ...(isSignedIn && failure !== undefined ? [new FailureElement(failure)] : []),
    ...rows
      .filter(({ local }) => !isFiltered || local !== undefined)
      .map((row) => new AppElement(row, now)),
  ];
  const delivery = snapshot?.status.lastNotificationError;
  return {
    elements,
    emptiness,
    message: elements.length === 0 || snapshot === undefined ? '' : messageFor(snapshot),
    hasDeliveryFailure: delivery !== undefined,
  };
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
