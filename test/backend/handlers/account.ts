import { authenticated } from '../authenticate';
import { choiceField, invalid, ok, readJson, textField } from '../envelope';
import { HttpError, type Route } from '../exchange';
import { PublicKeyError } from '../keys';
import { DuplicateKeyError } from '../state/accounts';
import type { RegisteredKey } from '../state/model';

const KEYS = '/api/v1/account/ssh-keys';

const me = authenticated('account', (request, _context, account) => {
  const { devId, email, displayName, isDeveloper } = account;
  return ok(request, { devId, email, displayName, isDeveloper });
});

const listKeys = authenticated('account', (request, { state }, account) =>
  ok(request, { keys: state.accounts.keysOf(account.devId).map(toWire) }),
);

const addKey = authenticated('account', (request, { state }, account) => {
  const body = readJson(request);
  const line = textField(body, 'public_key', 16_384);
  const name = textField(body, 'name', 80).trim();
  const purpose = choiceField(body, 'purpose', ['login', 'attest']) ?? 'login';
  try {
    return ok(request, toWire(state.addKey(account.devId, line, { name, purpose })), 201);
  } catch (error) {
    throw keyRefusal(error);
  }
});

const removeKey = authenticated('account', (request, { state }, account, params) => {
  const key = state.accounts.keysOf(account.devId).find(({ id }) => id === params['id']);
  if (key === undefined) throw new HttpError(404, 'SSH_KEY_NOT_FOUND', 'no such key');
  state.removeKey(key.id);
  return ok(request, null);
});

/**
 * Converts the error of a key registration to its response, and returns any other error unchanged.
 */
export function keyRefusal(error: unknown): unknown {
  if (error instanceof DuplicateKeyError) {
    return new HttpError(409, 'SSH_KEY_EXISTS', error.message);
  }
  if (!(error instanceof PublicKeyError)) return error;
  if (error.reason === 'malformed') return invalid(`public_key: ${error.message}`);
  return new HttpError(400, 'SSH_KEY_UNSUPPORTED', error.message);
}

function toWire(key: RegisteredKey) {
  return {
    id: key.id,
    name: key.name,
    fingerprint: key.fingerprint,
    key_type: key.keyType,
    purpose: key.purpose,
    created_at: new Date(key.createdAt).toISOString(),
    last_used_at: key.lastUsedAt === null ? null : new Date(key.lastUsedAt).toISOString(),
  };
}

export const accountRoutes: readonly Route[] = [
  { method: 'GET', pattern: '/api/v1/dev/me', handler: me },
  { method: 'GET', pattern: KEYS, handler: listKeys, needs: 'sshKeys' },
  { method: 'POST', pattern: KEYS, handler: addKey, needs: 'sshKeys' },
  { method: 'DELETE', pattern: `${KEYS}/:id`, handler: removeKey, needs: 'sshKeys' },
];
