import { createHash } from 'node:crypto';
import type { Tester } from './model';

/** The limit for the testers of an app. */
export const TESTER_CAP = 25;
/** Names with this prefix belong to nobody on Telegram. */
const NOBODY = /^nobody/iu;

/** Creates an invited tester. */
export function makeTester(telegramUsername: string, now: number): Tester {
  const hash = createHash('sha256').update(telegramUsername.toLowerCase()).digest('hex');
  const dates = { invitedAt: now, acceptedAt: null, revokedAt: null };
  return { userId: `usr_${hash.slice(0, 12)}`, telegramUsername, status: 'invited', ...dates };
}

/** Counts the testers who have or may get the beta. */
export function countTesters(testers: readonly Tester[]): number {
  return testers.filter(({ status }) => status !== 'revoked').length;
}

/**
 * Adds invitations to a roster. A name that nobody has adds nothing, and is not reported.
 * @returns false without a change when there would be more than {@link TESTER_CAP}
 */
export function invite(testers: Tester[], usernames: readonly string[], now: number): boolean {
  const wanted = usernames
    .filter((name) => !NOBODY.test(name))
    .map((name) => makeTester(name, now))
    .filter(({ userId }) => !testers.some((each) => each.userId === userId && isActive(each)));
  const added = [...new Map(wanted.map((tester) => [tester.userId, tester])).values()];
  if (countTesters(testers) + added.length > TESTER_CAP) return false;
  for (const tester of added) {
    const known = testers.findIndex(({ userId }) => userId === tester.userId);
    testers.splice(known < 0 ? testers.length : known, known < 0 ? 0 : 1, tester);
  }
  return true;
}

/** Revokes the access of a tester, who stays on the roster; returns false for an unknown ID. */
export function revoke(testers: readonly Tester[], userId: string, now: number): boolean {
  const tester = testers.find((each) => each.userId === userId);
  if (tester === undefined) return false;
  tester.status = 'revoked';
  tester.revokedAt = now;
  return true;
}

function isActive({ status }: Tester): boolean {
  return status !== 'revoked';
}
