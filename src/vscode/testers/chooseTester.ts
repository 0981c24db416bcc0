import * as vscode from 'vscode';
import { fetchDeveloperStatus } from '../../core/api/developerStatus';
import { pathSegment } from '../../core/api/pathSegment';
import type { Tester } from '../../core/api/testers';
import { I99dashError } from '../../core/errors';
import { isActive, type Roster } from '../../core/testers/invitations';
import { editedApp } from '../apps/appActions';
import type { AppsContext } from '../apps/appChanges';
import { orCancel } from '../ui/ask';
import { showPicker } from '../ui/pickers';
import { plainFacts, plainLabel, plainText } from '../ui/plainText';
import { withDelayedProgress } from '../ui/progress';
import { testerIcon, testerName, testerSince, testerStatus } from './testerNode';

/**
 * Returns the given app, the one being edited, the developer's only one, or the one that the user
 * picks.
 * @throws NOTHING_TO_PUBLISH if the developer has no app
 * @throws PROTOCOL if the ID cannot be part of a URL
 * @throws CancelledError and the errors of the API client
 */
export async function chooseApp(
  { api }: AppsContext,
  given: string | undefined,
  title: string,
): Promise<string> {
  if (given !== undefined) {
    pathSegment(given); // throws if the ID cannot be part of a URL
    return given;
  }
  const { apps } = await withDelayedProgress(vscode.l10n.t('Loading your apps…'), (signal) =>
    fetchDeveloperStatus(api(), { signal }),
  );
  const edited = await editedApp();
  const [first] = apps;
  const only = apps.length === 1 ? first : apps.find(({ appId }) => appId === edited);
  if (first === undefined) {
    throw new I99dashError(
      'NOTHING_TO_PUBLISH',
      vscode.l10n.t('You have no app yet. Publish one first.'),
    );
  }
  return only?.appId ?? pickApp(apps, title);
}

async function pickApp(
  apps: readonly { appId: string; betaVersion?: string }[],
  title: string,
): Promise<string> {
  const items = apps.map(({ appId, betaVersion: beta }) => ({
    label: `$(package) ${plainLabel(appId)}`,
    description: beta === undefined ? '' : plainLabel(vscode.l10n.t('beta {0}', beta)),
    appId,
  }));
  const placeHolder = vscode.l10n.t('Select a mini-app');
  return orCancel(await showPicker(items, { title, placeHolder })).appId;
}

/**
 * Lets the user pick one of the testers who have or may accept the beta.
 * @throws CancelledError
 */
export async function pickTester({ appId, testers }: Roster): Promise<Tester> {
  const items = testers.filter(isActive).map(testerItem);
  const picked = await showPicker(items, {
    title: vscode.l10n.t('Remove which beta tester of {0}?', plainText(appId)),
    placeHolder: items.length === 0 ? vscode.l10n.t('There are no testers') : '',
    matchOnDescription: true,
  });
  return orCancel(picked).tester;
}

/** Creates the picker item of a tester. */
export function testerItem(tester: Tester): vscode.QuickPickItem & { tester: Tester } {
  return {
    label: `$(${testerIcon(tester)}) ${plainLabel(testerName(tester))}`,
    description: plainFacts([testerStatus(tester), testerSince(tester, Date.now())]),
    tester,
  };
}
