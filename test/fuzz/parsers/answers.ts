import assert from 'node:assert/strict';
import { fetchBetaStatus } from '../../../src/core/api/beta';
import { ApiClient } from '../../../src/core/api/client';
import { requestDeviceCode, requestDeviceToken } from '../../../src/core/api/deviceAuth';
import { fetchDeveloperStatus } from '../../../src/core/api/developerStatus';
import { parseRetryAfter } from '../../../src/core/http/retryAfter';
import { fetchAccount } from '../../../src/core/api/account';
import { listTesters } from '../../../src/core/api/testers';
import { fetchMyApps, requestUpload, submitBundle } from '../../../src/core/api/publishing';
import { requestChallenge, verifyChallenge } from '../../../src/core/api/sshAuth';
import { addSshKey, listSshKeys, removeSshKey } from '../../../src/core/api/sshKeys';
import { appRows } from '../../../src/core/apps/appRows';
import { exactTime, timeAgo } from '../../../src/core/text/timeAgo';
import { computeExpiry, NO_EXPIRY, tokenLifeMs } from '../../../src/core/signIn/accessToken';
import { assertSignableNonce } from '../../../src/core/signIn/nonce';
import type { ErrorCode } from '../../../src/core/errors';
import { isJsonObject, parseJson } from '../../../src/core/platform/json';
import { fetchBalance, formatBalance } from '../../../src/core/operator/wallet';
import type { HttpResponse, Transport } from '../../../src/core/platform/interfaces';
import { putBundle } from '../../../src/core/publish/upload';
import { MINI_APP } from '../../../src/core/projectKind';
import { json, plain, type Parser, type Verdict } from '../parser';
import { orRefuse } from '../promises';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW = Date.parse('2026-01-01T09:00:00Z');
const SECRET = 'eyJhbGciOiJIUzI1NiJ9.c2VjcmV0LW1hcmtlcg.c2lnbmF0dXJl';
const CODES: readonly ErrorCode[] = [
  'SERVER',
  'PROTOCOL',
  'NOT_SIGNED_IN',
  'BACKEND_REFUSED',
  'KEY_EXISTS',
];

const envelope = (data: unknown) => ({ success: true, data, error: null, meta: {} });
const failure = (code: string) => ({
  success: false,
  data: { token: SECRET },
  error: { code, message: 'No, for a reason.' },
});
/** Preceded by a line with the status and the value of `Retry-After`. */
const answer = (status: number, body: unknown) =>
  json(body, (bytes) => Buffer.concat([Buffer.from(`${status} 120\n`), bytes]));

const KEY = { id: 'k1', name: 'laptop', fingerprint: 'SHA256:x', key_type: 'ssh-ed25519' };
const APP = {
  appId: 'trip-log',
  latestVersion: '1.0.0',
  reviewStatus: 'pending',
  betaActive: true,
};
const DATA: readonly unknown[] = [
  { devId: 'dev_1', email: 'me@example.com', displayName: null, isDeveloper: true },
  { keys: [{ ...KEY, purpose: 'login', created_at: '2026-01-01T00:00:00Z', last_used_at: null }] },
  KEY,
  { uploadUrl: `https://storage.example.com/b?signature=${SECRET}`, bundleId: 'b1' },
  { ok: true, reviewStatus: 'pending', publishedAt: '2026-01-01T00:00:00Z' },
  {
    apps: [
      { manifest: { id: 'trip-log', name: { en: 'Trip' } }, status: 'live', version: '1.0.0' },
    ],
  },
  { isDeveloper: true, hasPendingRequest: false, apps: [APP], appsTotal: 1 },
  {
    ...APP,
    betaVersion: '1.1.0',
    betaExpiresAt: '2026-03-01T00:00:00Z',
    testerCount: 1,
    testerCap: 25,
  },
  {
    testers: [
      { userId: 'u1', telegramUsername: 'alice_k', status: 'invited', invitedAt: '2026-01-01' },
    ],
  },
  { balance: 1_250, currency: 'EUR' },
  { nonce: 'a challenge of some length', expires_in: 120 },
  { access_token: SECRET, token_type: 'Bearer', expires_in: 900 },
];

const FIELDS = [...new Set(DATA.flatMap((data) => Object.keys(data as object)))];

function transportOf(response: HttpResponse): Transport {
  return { send: () => Promise.resolve(response) };
}

function clientOf(response: HttpResponse): ApiClient {
  const tokens = { getToken: () => Promise.resolve(SECRET) };
  return new ApiClient('https://api.example.com', transportOf(response), tokens);
}

function toResponse(input: Buffer): HttpResponse {
  const [, status = '200', retryAfter = '', text = ''] =
    /^(\d{3})?(?: ?(.*))?(?:\n([^]*))?$/u.exec(input.toString()) ?? [];
  return { status: Number(status), headers: { 'retry-after': retryAfter }, text };
}

/**
 * The error message of a backend is shown, so a secret that the backend puts there is not ours to
 * hide.
 */
function secretsOf({ text }: HttpResponse): string[] {
  const body = parseJson(text)?.value;
  const shown = ['error', 'error_description', 'detail'];
  const said = isJsonObject(body) ? JSON.stringify(shown.map((name) => body[name])) : '';
  return said.includes(SECRET) ? [] : [SECRET];
}

async function all(tasks: readonly (() => unknown)[], secrets: string[]): Promise<Verdict> {
  const verdicts = new Set<Verdict>();
  for (const task of tasks) verdicts.add(await orRefuse(CODES, task, secrets));
  return verdicts.has('accepted') ? 'accepted' : 'refused';
}

async function showApps(api: ApiClient): Promise<void> {
  const status = await fetchDeveloperStatus(api);
  const beta = await fetchBetaStatus(api, 'trip-log');
  const mine = await fetchMyApps(api);
  const manifest = mine[0]?.manifest ?? {};
  const local = {
    kind: MINI_APP,
    id: 'trip-log',
    folder: '/trip-log',
    version: '1.0.0',
    manifest,
    isBroken: false,
  };
  for (const row of appRows({ status, mine, betas: [beta] }, [local], {
    now: NOW,
    language: 'de',
  })) {
    for (const time of [row.lastPublishedAt, row.beta?.expiresAt]) {
      timeAgo(Date.parse(time ?? ''), NOW, 'de');
      exactTime(Date.parse(time ?? ''), 'de');
    }
  }
}

export const apiAnswer: Parser = {
  name: 'API answer',
  seeds: () => [
    ...DATA.map((data) => answer(200, envelope(data))),
    ...DATA.slice(0, 3).map((data) => answer(200, data)),
    ...[answer(401, failure('UNAUTHORIZED')), answer(409, failure('KEY_EXISTS'))],
    ...[answer(503, failure('DOWN')), answer(200, failure('NO'))],
    answer(422, { detail: [{ loc: ['body', 'manifest', 'icon'], msg: 'Field required' }] }),
    answer(422, { success: false, error: { message: 'No.', details: { version: ['is taken'] } } }),
    ...['502 120\n<html><h1>Bad gateway</h1></html>', '302 \n', '204 \n'].map(plain),
  ],
  words: [
    ...FIELDS,
    ...['success', 'data', 'error', 'message', 'code', '<html>', 'Bearer', SECRET],
    ...['detail', 'details', 'loc', 'msg', 'field', 'fields', 'errors'],
  ],
  check: (input) => {
    const response = toResponse(input);
    const api = clientOf(response);
    const tasks = [
      () => fetchAccount(api),
      () => listSshKeys(api),
      () => addSshKey(api, { publicKey: 'ssh-ed25519 AAAA', name: 'me', purpose: 'login' }),
      () => removeSshKey(api, 'k/1'),
      () => requestUpload(api, { appId: 'trip-log', contentLength: 1, sha256: '00' }),
      () => submitBundle(api, { manifest: {}, bundleId: 'b1' }),
      () => showApps(api),
      () => listTesters(api, 'trip-log'),
      async () => assert.match(formatBalance(await fetchBalance(api), 'de'), /\d/u),
      () => requestChallenge(api, 'SHA256:x'),
      () => verifyChallenge(api, { nonce: 'x', signature: 'x' }),
    ];
    return all(tasks, secretsOf(response));
  },
  runs: 150,
  maxBytes: 400_000,
};

const GRANT = {
  device_code: SECRET,
  user_code: 'ABCD-EFGH',
  verification_uri: 'https://dev.i99dash.app/device',
  verification_uri_complete: 'https://dev.i99dash.app/device?code=ABCD-EFGH',
  expires_in: 900,
  interval: 5,
};

export const deviceAnswer: Parser = {
  name: 'device authorization',
  seeds: () => [
    answer(200, GRANT),
    answer(200, { access_token: SECRET, token_type: 'bearer', expires_in: null }),
    ...['authorization_pending', 'slow_down'].map((error) => answer(400, { error })),
  ],
  words: [
    ...Object.keys(GRANT),
    'https://',
    'http://127.0.0.1/',
    'javascript:',
    'error',
    'token_type',
  ],
  check: (input) => {
    const response = toResponse(input);
    const api = clientOf(response);
    const grant = async (): Promise<void> => {
      const { lifeMs, intervalMs, ...pages } = await requestDeviceCode(api, 'client');
      assert.ok(lifeMs > 0 && lifeMs <= DAY_MS && intervalMs >= 1_000 && intervalMs <= DAY_MS);
      const { verificationUri: page, verificationUriComplete: complete = page } = pages;
      assert.equal(complete.origin, page.origin);
      assert.match(page.protocol, /^https?:$/u);
    };
    const poll = async (): Promise<void> => {
      const { token, expiresIn } = await requestDeviceToken(api, {
        clientId: 'c',
        deviceCode: 'd',
      });
      assertExpiry(token, expiresIn);
    };
    return all([grant, poll], secretsOf(response));
  },
  maxBytes: 400_000,
};

function assertExpiry(token: string, expiresIn?: number): void {
  const end = computeExpiry(token, NOW, expiresIn);
  assert.ok(end >= NOW && end <= NO_EXPIRY, 'a token ends at a time that there is');
  const life = tokenLifeMs(token, expiresIn);
  assert.ok(life > 0 && life <= 366 * DAY_MS);
}

const part = (bytes: Buffer | string): string => Buffer.from(bytes).toString('base64url');
const HEADER = part('{"alg":"HS256","typ":"JWT"}');

export const accessToken: Parser = {
  name: 'access token',
  seeds: () => [
    json({ sub: 'dev', iat: 1_790_000_000, exp: 1_790_003_600 }, (bytes) =>
      Buffer.from(`${HEADER}.${part(bytes)}.c2ln`),
    ),
    plain(SECRET),
    plain('an-api-key'),
  ],
  words: ['exp', 'iat', '.', '..', part('{"exp":1}')],
  check: (input) => {
    const token = input.toString();
    for (const expiresIn of [undefined, 900, 0, -1, NaN, Infinity, 1e300, Number.MIN_VALUE]) {
      assertExpiry(token, expiresIn);
    }
    return tokenLifeMs(token) === tokenLifeMs('') ? 'refused' : 'accepted';
  },
  runs: 250,
};

export const retryAfter: Parser = {
  name: 'Retry-After',
  seeds: () =>
    ['120', '0', 'Thu, 01 Jan 2026 09:00:30 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT'].map(plain),
  words: ['Thu, ', 'GMT', '+275760-09-13', '-271821', ':', '999999999', '1e9'],
  check: (input) => {
    const ms = parseRetryAfter(input.toString(), NOW);
    if (ms === undefined) return 'refused';
    assert.ok(ms >= 0 && ms <= MOST_PATIENCE_MS, `${ms} ms is no time to wait`);
    return 'accepted';
  },
  runs: 250,
};

/** Node.js fires timers with a longer delay at once. */
const MOST_PATIENCE_MS = 2 ** 31 - 1;

export const challenge: Parser = {
  name: 'challenge',
  seeds: () => ['a challenge of some length', 'x'.repeat(512)].map(plain),
  words: ['\n', '\0', 'SSHSIG', '\u00ff'],
  check: (input) => {
    const nonce = input.toString();
    return orRefuse(['CHALLENGE_REFUSED'], () => {
      assertSignableNonce(nonce);
      assert.match(nonce, /^[ -~]{16,512}$/);
    });
  },
  runs: 250,
};

/** An error of the storage, preceded by a line with the status. */
export const storageAnswer: Parser = {
  name: 'storage answer',
  seeds: () =>
    ['SignatureDoesNotMatch', 'AccessDenied'].map((code) =>
      plain(`403 \n<?xml version="1.0"?><Error><Code>${code}</Code><Key>${SECRET}</Key></Error>`),
    ),
  words: ['<Code>', '</Code>', '<', 'Code'],
  check: async (input) => {
    const transport = transportOf(toResponse(input));
    const uploadUrl = new URL(`https://storage.example.com/b?signature=${SECRET}`);
    const bundle = { size: 0, open: () => assert.fail('nobody sends anything') };
    return orRefuse(['UPLOAD_FAILED'], () => putBundle(transport, { uploadUrl }, bundle), [SECRET]);
  },
};
