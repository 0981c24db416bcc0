import { choiceField, invalid, ok, optionalTextField, readJson, textField } from '../envelope';
import { type Context, type Handler, HttpError, type Route } from '../exchange';
import { keyRefusal } from './account';

const LOOPBACK = /^(::1|(::ffff:)?127(\.\d+){3})$/;

/** Wraps an administration handler so that it accepts only callers on this machine. */
function local(handler: Handler): Handler {
  return (request, context, params) => {
    if (!LOOPBACK.test(request.remoteAddress)) {
      throw new HttpError(403, 'LOOPBACK_ONLY', 'this call is for the local machine alone');
    }
    return handler(request, context, params);
  };
}

const review = local((request, { state }) => {
  const body = readJson(request);
  const decision = choiceField(body, 'decision', ['approved', 'rejected']);
  if (decision === undefined) throw invalid('decision must be approved or rejected');
  const appId = textField(body, 'appId');
  if (!state.apps.find(appId)) throw new HttpError(404, 'APP_NOT_FOUND', `no app ${appId}`);
  state.review(appId, decision, optionalTextField(body, 'reason'));
  return ok(request, null);
});

const addKey = local((request, context) => {
  const body = readJson(request);
  const publicKey = textField(body, 'publicKey', 16_384);
  const name = optionalTextField(body, 'name', 80) ?? 'web console';
  const purpose = choiceField(body, 'purpose', ['login', 'attest']) ?? 'login';
  try {
    const key = context.state.addKey(accountOf(context, body), publicKey, { name, purpose });
    return ok(request, { id: key.id, fingerprint: key.fingerprint, devId: key.devId }, 201);
  } catch (error) {
    throw keyRefusal(error);
  }
});

const device = local((request, context) => {
  const body = readJson(request);
  const userCode = textField(body, 'userCode').trim().toUpperCase();
  const decision = choiceField(body, 'decision', ['approve', 'deny', 'expire']);
  if (decision === undefined) throw invalid('decision must be approve, deny or expire');
  const { devices } = context.state;
  if (!devices.pending().some((code) => code.userCode === userCode)) {
    throw new HttpError(404, 'USER_CODE_NOT_FOUND', 'no such code is waiting');
  }
  devices.decide(userCode, decision, accountOf(context, body));
  return ok(request, null);
});

const account = local((request, context) => {
  const body = readJson(request);
  const isDeveloper = flagField(body, 'isDeveloper');
  const hasPendingRequest = flagField(body, 'hasPendingRequest');
  const lastNotificationError = optionalTextField(body, 'lastNotificationError');
  context.state.updateAccount(accountOf(context, body), {
    ...(isDeveloper === undefined ? {} : { isDeveloper }),
    ...(hasPendingRequest === undefined ? {} : { hasPendingRequest }),
    ...(lastNotificationError === undefined
      ? {}
      : {
          lastNotificationError,
          lastNotificationAttempt: new Date(context.now()).toISOString(),
        }),
  });
  return ok(request, null);
});

/**
 * Reads an optional boolean field.
 * @throws HttpError 400
 */
function flagField(body: Record<string, unknown>, name: string): boolean | undefined {
  const value = body[name];
  if (value !== undefined && typeof value !== 'boolean') {
    throw invalid(`${name} must be true or false`);
  }
  return value;
}

const wallet = local((request, context) => {
  const body = readJson(request);
  const { balance } = body;
  if (typeof balance !== 'number') throw invalid('balance must be a number of minor units');
  const currency = optionalTextField(body, 'currency', 3) ?? 'EUR';
  context.state.updateAccount(accountOf(context, body), { wallet: { balance, currency } });
  return ok(request, null);
});

const acceptInvitation = local((request, { state }) => {
  const body = readJson(request);
  const appId = textField(body, 'appId');
  const app = state.apps.find(appId);
  const telegramUsername = textField(body, 'telegramUsername');
  if (!app?.testers.some((tester) => tester.telegramUsername === telegramUsername)) {
    throw new HttpError(404, 'TESTER_NOT_FOUND', `${telegramUsername} is not invited to ${appId}`);
  }
  state.apps.acceptInvitation(app, telegramUsername);
  return ok(request, null);
});

const dump = local((request, { state, settings }) =>
  ok(request, {
    settings,
    accounts: state.accounts.list().map((account) => ({
      ...account,
      keys: state.accounts.keysOf(account.devId),
      apps: state.apps.of(account.devId),
    })),
    tokensAlive: state.tokens.alive(),
    deviceCodes: state.devices.pending(),
  }),
);

/** Returns the account that a call names, or the first one. */
function accountOf({ state }: Context, body: Record<string, unknown>): string {
  const devId = optionalTextField(body, 'devId') ?? state.accounts.list()[0]?.devId;
  if (devId === undefined || !state.accounts.find(devId)) throw invalid('there is no such account');
  return devId;
}

export const adminRoutes: readonly Route[] = [
  { method: 'GET', pattern: '/_dev/state', handler: dump },
  { method: 'POST', pattern: '/_dev/review', handler: review },
  { method: 'POST', pattern: '/_dev/keys', handler: addKey },
  { method: 'POST', pattern: '/_dev/device', handler: device },
  { method: 'POST', pattern: '/_dev/account', handler: account },
  { method: 'POST', pattern: '/_dev/wallet', handler: wallet },
  { method: 'POST', pattern: '/_dev/testers', handler: acceptInvitation },
];
