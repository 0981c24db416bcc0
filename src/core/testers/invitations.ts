import { fetchBetaStatus } from '../api/beta';
import type { ApiClient } from '../api/client';
import { listTesters, recordInvitations, revokeTester, type Tester } from '../api/testers';
import { I99dashError, isI99dashError, restate } from '../errors';
import { mayHaveSucceeded } from '../http/retry';
import { plural, t } from '../text/l10n';
import { isUsername, usernameKey } from './usernames';

/** The backend's limit for the testers of an app, when it does not report another one. */
const TESTER_CAP = 25;
/** The backend's code for more testers than that. */
const CAP_REACHED = 'beta.tester_cap_reached';

/** The testers of an app. */
export interface Roster {
  appId: string;
  testers: readonly Tester[];
  /** The number of testers who count toward the limit. */
  count: number;
  cap: number;
}

/**
 * Reads the testers of an app and their limit.
 * @throws the errors of the API client
 */
export async function fetchRoster(
  api: ApiClient,
  appId: string,
  signal?: AbortSignal,
): Promise<Roster> {
  const [testers, beta] = await Promise.all([
    listTesters(api, appId, signal),
    fetchBetaStatus(api, appId, signal),
  ]);
  const { testerCount: count, testerCap } = beta;
  return { appId, testers, count, cap: testerCap === 0 ? TESTER_CAP : testerCap };
}

/** Checks whether a tester has, or may accept, the beta. */
export function isActive({ status }: Pick<Tester, 'status'>): boolean {
  return status !== 'revoked';
}

/** Returns the names that have no invitation yet. */
export function withoutInvited(
  usernames: readonly string[],
  { testers }: Pick<Roster, 'testers'>,
): string[] {
  const known = new Set(
    testers.filter(isActive).map(({ telegramUsername: name }) => usernameKey(name)),
  );
  return usernames.filter((name) => !known.has(usernameKey(name)));
}

/** Returns why these names cannot be invited to an app, or undefined if they can. */
export function describeInvalidNames(
  usernames: readonly string[],
  roster: Roster,
): string | undefined {
  const invalid = usernames.find((name) => !isUsername(name));
  if (invalid !== undefined) {
    return t('“{0}” is not a Telegram name: 5 to 32 letters, digits or underscores.', invalid);
  }
  const free = Math.max(0, roster.cap - roster.count);
  const wanted = withoutInvited(usernames, roster).length;
  if (wanted <= free) {
    return undefined;
  }
  return free === 0
    ? t('All {0} places for testers are taken. Remove a tester first.', roster.cap)
    : plural(
        free,
        {
          one: '{0} of {1} places is free, for {2} new names.',
          other: '{0} of {1} places are free, for {2} new names.',
        },
        roster.cap,
        wanted,
      );
}

/**
 * Invites testers. When the response is lost, checks the list of testers for the outcome.
 * @param usernames Valid names.
 * @throws SERVER with `beta.tester_cap_reached` if there would be too many; the message says so
 * @throws the errors of the API client
 */
export async function inviteTesters(
  api: ApiClient,
  { appId, cap }: Roster,
  usernames: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  try {
    await recordInvitations(api, appId, usernames, signal);
  } catch (error) {
    if (isCapReached(error)) {
      const message = t(
        'No invitation was recorded: {0} can have at most {1} testers. Remove a tester first.',
        appId,
        cap,
      );
      throw restate(error, message, {});
    }
    if (!mayHaveSucceeded(error) || !(await areInvited(api, appId, usernames, signal))) {
      throw error;
    }
  }
}

/** Checks whether the backend refused because the app would have too many testers. */
export function isCapReached(error: unknown): error is I99dashError {
  return isI99dashError(error, 'SERVER') && error.serverCode === CAP_REACHED;
}

/** Returns false also when the list is unavailable. */
async function areInvited(
  api: ApiClient,
  appId: string,
  usernames: readonly string[],
  signal?: AbortSignal,
): Promise<boolean> {
  return listTesters(api, appId, signal).then(
    (testers) => withoutInvited(usernames, { testers }).length === 0,
    () => false,
  );
}

/**
 * Removes a tester. Succeeds when the tester is already gone. When the response is inconclusive,
 * checks the list of testers.
 * @throws the errors of the API client
 */
export async function removeTester(
  api: ApiClient,
  appId: string,
  userId: string,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await revokeTester(api, appId, userId, signal);
  } catch (error) {
    const isMissing = isI99dashError(error, 'SERVER') && error.status === 404;
    if (!(isMissing || mayHaveSucceeded(error)) || !(await isGone(api, appId, userId, signal))) {
      throw error;
    }
  }
}

/** Returns false also when the list is unavailable. */
async function isGone(
  api: ApiClient,
  appId: string,
  userId: string,
  signal?: AbortSignal,
): Promise<boolean> {
  return listTesters(api, appId, signal).then(
    (testers) => !testers.some((tester) => tester.userId === userId && isActive(tester)),
    () => false,
  );
}

/**
 * Returns the tester with an ID.
 * @throws VALIDATION_FAILED if the app has no such tester
 */
export function requireTester({ appId, testers }: Roster, userId: string): Tester {
  const tester = testers.find((each) => each.userId === userId && isActive(each));
  if (tester === undefined) {
    throw new I99dashError('VALIDATION_FAILED', t('{0} has no tester {1}.', appId, userId));
  }
  return tester;
}
