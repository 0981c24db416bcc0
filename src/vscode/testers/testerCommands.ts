import * as vscode from 'vscode';
import type { Tester } from '../../core/api/testers';
import type { Call } from '../../core/consent';
import { CancelledError, I99dashError } from '../../core/errors';
import {
  describeInvalidNames,
  fetchRoster,
  inviteTesters as recordTesters,
  isActive,
  isCapReached,
  removeTester as endAccess,
  requireTester,
  withoutInvited,
  type Roster,
} from '../../core/testers/invitations';
import { normalizeUsernames, splitUsernames } from '../../core/testers/usernames';
import { plural } from '../../core/text/l10n';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import { change, confirmChange, done, type AppsContext } from '../apps/appChanges';
import { orCancel } from '../ui/ask';
import { Click } from '../ui/consent';
import { offerStep } from '../ui/failure';
import { showInput, showPicker } from '../ui/pickers';
import { plainText } from '../ui/plainText';
import { withDelayedProgress } from '../ui/progress';
import { runCommand } from '../ui/runCommand';
import { chooseApp, pickTester, testerItem } from './chooseTester';
import { testerName } from './testerNode';

/** The arguments of a command for testers. A node of the view has the same. */
export interface TesterArguments {
  appId?: string;
  userId?: string;
  usernames?: readonly string[];
}

/**
 * Returns the testers of an app. Called without an arguments object, it also shows them.
 * @throws NOTHING_TO_PUBLISH if the developer has no app
 * @throws CancelledError and the errors of the API client
 */
export async function listTesters(
  context: AppsContext,
  call: Call,
  given: TesterArguments,
): Promise<Tester[]> {
  const appId = await chooseApp(context, given.appId, vscode.l10n.t('Beta Testers'));
  const roster = await loadRoster(context, appId);
  if (call.caller === 'hand') {
    void showRoster(roster);
  }
  return [...roster.testers];
}

/**
 * Invites testers to the beta of an app. Asks for names that are not given, and for confirmation if
 * they are.
 * @throws VALIDATION_FAILED for an invalid name, or more testers than allowed
 * @throws NOTHING_TO_PUBLISH if the developer has no app
 * @throws CancelledError and the errors of the API client
 */
export async function inviteTesters(
  context: AppsContext,
  call: Call,
  given: TesterArguments,
): Promise<true> {
  const appId = await chooseApp(context, given.appId, vscode.l10n.t('Invite Beta Testers'));
  const roster = await loadRoster(context, appId);
  const names =
    given.usernames === undefined ? await askForNames(roster) : normalizeUsernames(given.usernames);
  assertValid(names, roster);
  const invited = withoutInvited(names, roster);
  if (invited.length === 0) {
    return done(context, vscode.l10n.t('These testers of {0} are invited already.', appId));
  }
  if (call.caller !== 'hand') {
    await confirmInvitation(context, call, roster, invited);
  }
  await change(context, vscode.l10n.t('Inviting beta testers to {0}…', appId), (signal) =>
    recordTesters(context.api(), roster, invited, signal),
  ).catch((error: unknown) => {
    throw isCapReached(error) ? withShowTesters(error, roster) : error;
  });
  return done(context, await describeInvitation(context, roster, invited));
}

/**
 * Removes a tester from the beta of an app, after a confirmation. Asks which one if none is given.
 * @throws VALIDATION_FAILED if the app has no such tester
 * @throws NOTHING_TO_PUBLISH if the developer has no app
 * @throws CancelledError and the errors of the API client
 */
export async function removeTester(
  context: AppsContext,
  call: Call,
  given: TesterArguments,
): Promise<true> {
  const appId = await chooseApp(context, given.appId, vscode.l10n.t('Remove Beta Tester'));
  const roster = await loadRoster(context, appId);
  const tester =
    given.userId === undefined ? await pickTester(roster) : requireTester(roster, given.userId);
  const name = testerName(tester);
  await confirmChange(context, call, {
    question: vscode.l10n.t('Remove {0} from the beta of {1}?', name, appId),
    facts: [vscode.l10n.t('App: {0}', sanitizeLine(appId))],
    detail: vscode.l10n.t(
      '{0} loses the beta builds of this app. What is published stays as it is. You can send a new invitation later.',
      sanitizeLine(name),
    ),
    button: vscode.l10n.t('Remove Tester'),
  });
  await change(context, vscode.l10n.t('Removing {0} from the beta…', name), (signal) =>
    endAccess(context.api(), appId, tester.userId, signal),
  );
  return done(context, vscode.l10n.t('{0} is no longer a beta tester of {1}.', name, appId));
}

function loadRoster({ api }: AppsContext, appId: string): Promise<Roster> {
  const title = vscode.l10n.t('Loading the beta testers of {0}…', appId);
  return withDelayedProgress(title, (signal) => fetchRoster(api(), appId, signal));
}

/** Shows the testers. Runs what the user picks. */
async function showRoster(roster: Roster): Promise<void> {
  const { appId, testers } = roster;
  const invite = { label: `$(person-add) ${vscode.l10n.t('Invite Beta Testers…')}` };
  const items: (vscode.QuickPickItem & { tester?: Tester })[] = [
    ...testers.map(testerItem),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    invite,
  ];
  const picked = await showPicker(items, {
    title: vscode.l10n.t('Beta Testers of {0}', plainText(appId)),
    placeHolder: vscode.l10n.t('{0} Select a tester to remove.', describePlaces(roster)),
    matchOnDescription: true,
  });
  if (picked === invite) {
    await runCommand('i99dash.inviteTesters', new Click({ appId }));
  } else if (picked?.tester !== undefined && isActive(picked.tester)) {
    await runCommand('i99dash.removeTester', new Click({ appId, userId: picked.tester.userId }));
  }
}

/**
 * Asks for names, which may be pasted as a list.
 * @throws VALIDATION_FAILED if no more testers can be invited
 * @throws CancelledError
 */
async function askForNames(roster: Roster): Promise<string[]> {
  if (roster.count >= roster.cap) {
    throw fullRoster(roster);
  }
  const text = await showInput({
    title: vscode.l10n.t('Invite Beta Testers to {0}', plainText(roster.appId)),
    prompt: vscode.l10n.t('{0} Enter Telegram names, or paste a list.', describePlaces(roster)),
    placeHolder: '@alice_k @bob_42',
    validateInput: (value) => {
      const problem = describeInvalidNames(splitUsernames(value), roster);
      return problem === undefined ? undefined : plainText(problem);
    },
    ignoreFocusOut: true,
  });
  const names = splitUsernames(orCancel(text));
  if (names.length === 0) {
    throw new CancelledError();
  }
  return names;
}

/** @throws VALIDATION_FAILED */
function assertValid(names: readonly string[], roster: Roster): void {
  if (names.length === 0) {
    throw new I99dashError('VALIDATION_FAILED', vscode.l10n.t('Name at least one tester.'));
  }
  const problem = describeInvalidNames(names, roster);
  if (problem !== undefined) {
    throw withShowTesters(new I99dashError('VALIDATION_FAILED', problem), roster);
  }
}

function fullRoster(roster: Roster): I99dashError {
  const message = vscode.l10n.t(
    'All {0} places for testers of {1} are taken. Remove a tester first.',
    roster.cap,
    roster.appId,
  );
  return withShowTesters(new I99dashError('VALIDATION_FAILED', message), roster);
}

function withShowTesters(error: I99dashError, { appId }: Roster): I99dashError {
  const show = (): unknown => runCommand('i99dash.listTesters', new Click({ appId }));
  offerStep(error, vscode.l10n.t('Show Beta Testers'), show);
  return error;
}

function confirmInvitation(
  context: AppsContext,
  call: Call,
  roster: Roster,
  names: readonly string[],
): Promise<void> {
  const { appId } = roster;
  return confirmChange(context, call, {
    question: plural(
      names.length,
      { one: 'Invite {0} beta tester to {1}?', other: 'Invite {0} beta testers to {1}?' },
      appId,
    ),
    facts: [
      vscode.l10n.t('App: {0}', sanitizeLine(appId)),
      vscode.l10n.t('Telegram names: {0}', listNames(names)),
      describePlaces(roster),
    ],
    detail: vscode.l10n.t('Who accepts gets the beta builds of this app.'),
    button: vscode.l10n.t('Invite'),
  });
}

/** Reads the number of testers again, and leaves it out if that fails. */
async function describeInvitation(
  context: AppsContext,
  { appId }: Roster,
  names: readonly string[],
): Promise<string> {
  const recorded = vscode.l10n.t(
    'Invitations to {0} recorded: {1}. The list of testers shows whether somebody has that name.',
    appId,
    listNames(names),
  );
  const now = await fetchRoster(context.api(), appId).catch(() => undefined);
  return now === undefined ? recorded : vscode.l10n.t('{0} {1}', recorded, describePlaces(now));
}

function describePlaces({ count, cap }: Roster): string {
  return vscode.l10n.t('{0} of {1} places are taken.', count, cap);
}

function listNames(names: readonly string[]): string {
  return names.map((name) => `@${name}`).join(', ');
}
