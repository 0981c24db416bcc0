import { asDeveloper, authenticated } from '../authenticate';
import { invalid, ok, readJson, textField } from '../envelope';
import { HttpError, type Context, type Handler, type Route } from '../exchange';
import type { App, Tester } from '../state/model';
import { TESTER_CAP } from '../state/testers';
import { ownApp } from './ownApp';

const TESTERS = '/api/v1/dev/apps/:appId/testers';
/** As Telegram allows. */
const USERNAME = /^\w{5,32}$/u;

const list = authenticated('account', (request, context, account, params) => {
  const { testers } = ownApp(context, account, params);
  return ok(request, { testers: testers.map(toWire) });
});

const inviteOne: Handler = asDeveloper('account', (request, context, account, params) => {
  const app = ownApp(context, account, params);
  record(context, app, [textField(readJson(request), 'telegramUsername')]);
  return ok(request, null);
});

const inviteMany: Handler = asDeveloper('account', (request, context, account, params) => {
  const app = ownApp(context, account, params);
  const { telegramUsernames: names } = readJson(request);
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
    throw invalid('telegramUsernames must be a list of texts');
  }
  record(context, app, names);
  return ok(request, null);
});

const remove = asDeveloper('account', (request, context, account, params) => {
  const app = ownApp(context, account, params);
  if (!context.state.apps.removeTester(app, params['userId'] ?? '')) {
    throw new HttpError(404, 'TESTER_NOT_FOUND', 'no such tester');
  }
  return ok(request, null);
});

/** Answers the same for a name that nobody has, so that accounts cannot be probed. */
function record({ state }: Context, app: App, usernames: readonly string[]): void {
  const wrong = usernames.find((name) => !USERNAME.test(name));
  if (wrong !== undefined) throw invalid(`${wrong} is not a Telegram name`);
  if (!state.apps.inviteTesters(app, usernames)) {
    const message = `a beta has at most ${TESTER_CAP} testers`;
    throw new HttpError(422, 'beta.tester_cap_reached', message);
  }
}

function toWire({ userId, telegramUsername, status, ...dates }: Tester) {
  return {
    ...{ userId, telegramUsername, status },
    invitedAt: iso(dates.invitedAt),
    acceptedAt: iso(dates.acceptedAt),
    revokedAt: iso(dates.revokedAt),
  };
}

function iso(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}

export const testerRoutes: readonly Route[] = [
  { method: 'GET', pattern: TESTERS, handler: list },
  { method: 'POST', pattern: TESTERS, handler: inviteOne },
  { method: 'POST', pattern: `${TESTERS}/batch`, handler: inviteMany },
  { method: 'DELETE', pattern: `${TESTERS}/:userId`, handler: remove },
];
