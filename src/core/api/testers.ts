import { I99dashError } from '../errors';
import { expectObject, expectString, optionalString } from '../platform/json';
import { t } from '../text/l10n';
import type { ApiClient } from './client';
import { pathSegment } from './pathSegment';

/** A beta tester of an app. Times are ISO 8601. */
export interface Tester {
  userId: string;
  /** Without `@`. Empty when the backend does not report it. */
  telegramUsername: string;
  /** `invited`, `accepted`, `revoked`, or one that a later backend adds. */
  status: string;
  invitedAt: string | null;
  acceptedAt: string | null;
  revokedAt: string | null;
}

/**
 * Lists the testers of an app, in the order of the backend.
 * @throws PROTOCOL and the errors of {@link ApiClient.call}
 */
export async function listTesters(
  api: ApiClient,
  appId: string,
  signal?: AbortSignal,
): Promise<Tester[]> {
  const path = testersPath(appId);
  const data = await api.call({ method: 'GET', path, ...(signal && { signal }) });
  const { testers } = expectObject(data, t('a list of testers'));
  if (!Array.isArray(testers)) {
    const message = t("The backend's answer is not {0}.", t('a list of testers'));
    throw new I99dashError('PROTOCOL', message);
  }
  // Removes duplicates, because views and commands identify testers by ID.
  return [...new Map(testers.map(toTester).map((tester) => [tester.userId, tester])).values()];
}

/**
 * Records invitations. Succeeds also for names without a Telegram account: only the list of testers
 * shows who was found.
 * @param usernames Telegram names without `@`, at least one.
 * @throws The errors of {@link ApiClient.call}.
 */
export async function recordInvitations(
  api: ApiClient,
  appId: string,
  usernames: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const [only] = usernames;
  const isOne = usernames.length === 1;
  await api.call({
    method: 'POST',
    path: isOne ? testersPath(appId) : `${testersPath(appId)}/batch`,
    json: isOne ? { telegramUsername: only } : { telegramUsernames: usernames },
    ignoreAnswer: true,
    ...(signal && { signal }),
  });
}

/**
 * Ends the access of a tester.
 * @throws PROTOCOL for an ID that cannot be part of a URL
 * @throws The errors of {@link ApiClient.call}.
 */
export async function revokeTester(
  api: ApiClient,
  appId: string,
  userId: string,
  signal?: AbortSignal,
): Promise<void> {
  const path = `${testersPath(appId)}/${pathSegment(userId)}`;
  await api.call({ method: 'DELETE', path, ignoreAnswer: true, ...(signal && { signal }) });
}

function testersPath(appId: string): string {
  return `/api/v1/dev/apps/${pathSegment(appId)}/testers`;
}

function toTester(value: unknown): Tester {
  const tester = expectObject(value, t('a tester'));
  return {
    userId: expectString(tester, 'userId'),
    telegramUsername: optionalString(tester, 'telegramUsername') ?? '',
    status: expectString(tester, 'status'),
    invitedAt: optionalString(tester, 'invitedAt'),
    acceptedAt: optionalString(tester, 'acceptedAt'),
    revokedAt: optionalString(tester, 'revokedAt'),
  };
}
