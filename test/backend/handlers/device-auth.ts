import { json, readForm } from '../envelope';
import { type Context, type Handler, HttpError, type Route } from '../exchange';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';
/** The client ID of the real service is not publicly documented. */
const CLIENT_ID = 'sdk-i99dash';

/** RFC 8628, 3.1 and 3.2. */
const authorize: Handler = (request, context) => {
  requireEnabled(context);
  const clientId = readForm(request)?.get('client_id');
  if (!clientId) return oauthError('invalid_request');
  if (clientId !== CLIENT_ID) return oauthError('invalid_client');
  const { state, settings } = context;
  const { deviceLifeSeconds, deviceIntervalSeconds } = settings;
  const code = state.devices.authorize(clientId, deviceLifeSeconds, deviceIntervalSeconds);
  const verificationUri = `${context.baseUrl()}/device`;
  return json(200, {
    device_code: code.deviceCode,
    user_code: code.userCode,
    verification_uri: verificationUri,
    verification_uri_complete: `${verificationUri}?user_code=${code.userCode}`,
    expires_in: deviceLifeSeconds,
    interval: deviceIntervalSeconds,
  });
};

/** RFC 8628, 3.4 and 3.5. The token is the account's API key; the previous one becomes invalid. */
const token: Handler = (request, context) => {
  requireEnabled(context);
  const form = readForm(request);
  const clientId = form?.get('client_id');
  const deviceCode = form?.get('device_code');
  if (!clientId || !deviceCode) return oauthError('invalid_request');
  if (form?.get('grant_type') !== GRANT_TYPE) return oauthError('unsupported_grant_type');
  const result = context.state.devices.poll(clientId, deviceCode);
  if ('error' in result) return oauthError(result.error);
  const account = context.state.accounts.find(result.approvedBy);
  if (!account?.isDeveloper) return oauthError('access_denied');
  const apiKey = context.state.tokens.mintApiKey(account.devId);
  return json(200, { access_token: apiKey, token_type: 'Bearer', expires_in: null });
};

function oauthError(error: string) {
  return json(400, { error }, { 'cache-control': 'no-store' });
}

/** Rejects requests as unknown routes when the flow is switched off. */
function requireEnabled({ settings }: Context): void {
  if (!settings.deviceCode) throw new HttpError(404, 'NOT_FOUND', 'no such route');
}

export const deviceAuthRoutes: readonly Route[] = [
  { method: 'POST', pattern: '/api/v1/oauth/device/authorize', handler: authorize },
  { method: 'POST', pattern: '/api/v1/oauth/device/token', handler: token },
];
