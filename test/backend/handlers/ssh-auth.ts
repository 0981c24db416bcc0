import { choiceField, invalid, type JsonObject, ok, readJson, textField } from '../envelope';
import { type Context, type Handler, HttpError, type Route } from '../exchange';
import { verifySignature } from '../keys';
import type { RegisteredKey } from '../state/model';

const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/;

/** Issues a nonce for any fingerprint, so that the response does not reveal which keys exist. */
const challenge: Handler = (request, { state, settings }) => {
  requireEnabled(settings.sshEnabled);
  const fingerprint = textField(readJson(request), 'fingerprint');
  if (!FINGERPRINT.test(fingerprint))
    throw invalid('fingerprint must be SHA256:… as OpenSSH has it');
  const life = settings.challengeLifeSeconds;
  const nonce = state.challenges.issue(fingerprint, life, settings.nonce?.(fingerprint));
  return ok(request, settings.announceChallengeLife ? { nonce, expires_in: life } : { nonce });
};

/**
 * Exchanges a signed nonce for an access token. The nonce is consumed even when verification fails.
 */
const verify: Handler = (request, context) => {
  const { state, settings } = context;
  requireEnabled(settings.sshEnabled);
  const body = readJson(request);
  const nonce = body['nonce'];
  const fingerprint = typeof nonce === 'string' ? state.challenges.consume(nonce) : undefined;
  const { signature, scope } = readVerification(body);
  if (fingerprint === undefined) {
    throw new HttpError(400, 'SSH_CHALLENGE_INVALID', 'the challenge is unknown, used or expired');
  }
  const key = state.accounts.findKey(fingerprint);
  const message = Buffer.from(String(nonce), 'utf8');
  if (!key || !verifySignature(Buffer.from(key.raw, 'base64'), message, signature)) {
    throw new HttpError(401, 'SSH_SIGNATURE_INVALID', 'the signature is not by a registered key');
  }
  return ok(request, { access_token: mint(key, scope, context), token_type: 'Bearer' });
};

function readVerification(body: JsonObject) {
  textField(body, 'nonce');
  const encoded = textField(body, 'signature');
  const signature = Buffer.from(encoded, 'base64');
  if (signature.toString('base64') !== encoded) throw invalid('signature must be base64');
  return { signature, scope: choiceField(body, 'scope', ['publish']) };
}

function mint(key: RegisteredKey, scope: 'publish' | undefined, { state, settings }: Context) {
  if (key.purpose === 'attest' && scope !== 'publish') {
    throw new HttpError(403, 'SSH_SCOPE_FORBIDDEN', 'an attest key can only mint publish tokens');
  }
  state.accounts.touchKey(key);
  return state.tokens.mint({
    devId: key.devId,
    keyId: key.id,
    scope: scope ?? 'account',
    lifeSeconds: settings.tokenLifeSeconds,
  });
}

function requireEnabled(enabled: boolean): void {
  if (!enabled) throw new HttpError(403, 'SSH_AUTH_DISABLED', 'SSH sign-in is switched off');
}

export const sshAuthRoutes: readonly Route[] = [
  { method: 'POST', pattern: '/api/v1/auth/ssh/challenge', handler: challenge },
  { method: 'POST', pattern: '/api/v1/auth/ssh/verify', handler: verify },
];
