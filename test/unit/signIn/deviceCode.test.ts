import assert from 'node:assert/strict';
import { NO_EXPIRY } from '../../../src/core/signIn/accessToken';
import type { Authenticated } from '../../../src/core/signIn/authenticate';
import {
  authenticateWithDeviceCode,
  type DeviceCodePrompt,
} from '../../../src/core/signIn/deviceCode';
import { CancelledError, I99dashError, type ErrorCode } from '../../../src/core/errors';
import type { HttpRequest, HttpResponse } from '../../../src/core/platform/interfaces';
import { rejectsWith } from '../../support/expect';
import { HastyClock } from '../../support/fakes';

const BACKEND = 'https://api.i99dash.app';
const GRANT = {
  device_code: 'the-secret-device-code',
  user_code: 'BCDF-GHJK',
  verification_uri: 'https://dev.i99dash.app/device',
  verification_uri_complete: 'https://dev.i99dash.app/device?user_code=BCDF-GHJK',
  expires_in: 600,
  interval: 5,
};
const ME = { devId: 'dev_1', email: 'a@example.com', displayName: null, isDeveloper: true };

type Answer = { status: number; body: unknown; retryAfter?: number } | ErrorCode;

const ok = (body: unknown): Answer => ({ status: 200, body });
const oauth = (error: string, status = 400): Answer => ({ status, body: { error } });
const status = (code: number, retryAfter?: number): Answer => ({
  status: code,
  body: '',
  ...(retryAfter === undefined ? {} : { retryAfter }),
});
const PENDING = oauth('authorization_pending');
const SLOW_DOWN = oauth('slow_down');
const KEY = ok({ access_token: 'i99k_new', token_type: 'Bearer', expires_in: null });

interface Script {
  grant?: Answer;
  polls?: readonly Answer[];
  me?: readonly Answer[];
}

/** A backend that answers from a script and repeats the last answer of a list. */
class ScriptedFlow {
  readonly clock = new HastyClock();
  readonly prompts: DeviceCodePrompt[] = [];
  readonly requests: HttpRequest[] = [];
  /** Seconds since the start. */
  readonly polledAt: number[] = [];
  private readonly start = this.clock.now();
  private confirmations = 0;

  constructor(private readonly script: Script) {}

  run(signal?: AbortSignal): Promise<Authenticated> {
    const prompt = (shown: DeviceCodePrompt): void => void this.prompts.push(shown);
    const deps = { clock: this.clock, transport: { send: this.send } };
    return authenticateWithDeviceCode(deps, BACKEND, { clientId: 'us', prompt }, signal);
  }

  private readonly send = (request: HttpRequest): Promise<HttpResponse> => {
    this.requests.push(request);
    const { grant = ok(GRANT), polls = [KEY], me = [ok(ME)] } = this.script;
    switch (request.url.pathname) {
      case '/api/v1/oauth/device/authorize':
        return toResponse(grant);
      case '/api/v1/oauth/device/token':
        this.polledAt.push((this.clock.now() - this.start) / 1000);
        return toResponse(polls[this.polledAt.length - 1] ?? polls.at(-1));
      default:
        return toResponse(me[this.confirmations++] ?? me.at(-1));
    }
  };
}

function toResponse(answer: Answer | undefined): Promise<HttpResponse> {
  if (answer === undefined || typeof answer === 'string') {
    return Promise.reject(new I99dashError(answer ?? 'PROTOCOL', 'scripted'));
  }
  const { status: code, body, retryAfter } = answer;
  return Promise.resolve({
    status: code,
    headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
    text: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

describe('sign-in with a device code', () => {
  it('requests a code with a form, shows it, and polls with it until a key arrives', async () => {
    const flow = new ScriptedFlow({ polls: [PENDING, KEY] });
    const start = flow.clock.now();
    const { profile, minted } = await flow.run();
    assert.deepEqual(profile, { account: ME, source: 'deviceCode' });
    assert.deepEqual(minted, { token: 'i99k_new', mintedAt: start + 10_000, expiresAt: NO_EXPIRY });
    assert.deepEqual(flow.prompts, [
      {
        userCode: GRANT.user_code,
        verificationUri: GRANT.verification_uri,
        openUri: GRANT.verification_uri_complete,
        expiresAt: start + 600_000,
      },
    ]);
    const [authorize, poll, , me] = flow.requests;
    assert.equal(authorize?.headers?.['content-type'], 'application/x-www-form-urlencoded');
    assert.equal(authorize.body, 'client_id=us');
    assert.deepEqual(Object.fromEntries(new URLSearchParams(poll?.body as string)), {
      client_id: 'us',
      device_code: GRANT.device_code,
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    });
    assert.equal(poll?.headers?.['authorization'], undefined);
    assert.equal(me?.headers?.['authorization'], 'Bearer i99k_new');
  });

  describe('polling', () => {
    const WITHOUT_INTERVAL = { ...GRANT, interval: undefined };
    for (const [title, polls, times, grant] of [
      ['polls at the interval of the server', [PENDING, PENDING, KEY], [5, 10, 15]],
      ['polls every 5 s without an interval', [PENDING, KEY], [5, 10], WITHOUT_INTERVAL],
      ['polls at a different interval', [PENDING, KEY], [30, 60], { ...GRANT, interval: 30 }],
      [
        'accepts an interval that is a numeric string',
        [PENDING, KEY],
        [7, 14],
        { ...GRANT, interval: '7' },
      ],
      ['caps the interval at one minute', [PENDING, KEY], [60, 120], { ...GRANT, interval: 5_000 }],
      ['polls no more than once a second', [PENDING, KEY], [1, 2], { ...GRANT, interval: 0 }],
      ['polls every 5 s for an invalid interval', [KEY], [5], { ...GRANT, interval: 'soon' }],
      ['adds 5 s after a slow_down', [SLOW_DOWN, PENDING, KEY], [5, 15, 25]],
      ['adds 5 s for each slow_down', [SLOW_DOWN, SLOW_DOWN, KEY], [5, 15, 30]],
      ['doubles the interval after a timeout', ['TIMEOUT', KEY], [5, 15]],
      ['doubles the interval after each timeout', ['TIMEOUT', 'TIMEOUT', KEY], [5, 15, 35]],
      ['restores the interval once the server answers', ['TIMEOUT', PENDING, KEY], [5, 15, 20]],
      [
        'never polls faster than the server allows after a timeout',
        [SLOW_DOWN, 'TIMEOUT', KEY],
        [5, 15, 35],
      ],
      ['continues without a network', ['OFFLINE', 'OFFLINE', KEY], [5, 15, 35]],
      ['continues through server errors', [status(502), KEY], [5, 15]],
      ['waits for the time in Retry-After', [status(503, 40), status(429, 90), KEY], [5, 45, 135]],
      ['accepts slow_down with another status', [oauth('slow_down', 429), KEY], [5, 15]],
    ] as [string, Answer[], number[], object?][]) {
      it(title, async () => {
        const flow = new ScriptedFlow({ polls, ...(grant && { grant: ok(grant) }) });
        await flow.run();
        assert.deepEqual(flow.polledAt, times);
      });
    }

    it('polls at least once a minute without a network until the code expires', async () => {
      const flow = new ScriptedFlow({ polls: ['OFFLINE'] });
      await rejectsWith('DEVICE_CODE_EXPIRED', flow.run());
      assert.deepEqual(flow.polledAt.slice(0, 6), [5, 15, 35, 75, 135, 195]);
      assert.ok((flow.polledAt.at(-1) ?? 0) < 600);
    });
  });

  describe('end of polling', () => {
    for (const [title, polls, code, words] of [
      [
        'ends when the user denies the request',
        [PENDING, oauth('access_denied')],
        'DEVICE_CODE_DENIED',
        /denied/u,
      ],
      [
        'ends when the server reports an expired code',
        [oauth('expired_token')],
        'DEVICE_CODE_EXPIRED',
        /expired/u,
      ],
      [
        'ends when the server no longer knows the code',
        [oauth('invalid_grant')],
        'DEVICE_CODE_EXPIRED',
        /expired/u,
      ],
      ['ends for an unknown client', [oauth('invalid_client', 401)], 'SERVER', /invalid|HTTP 401/u],
      ['ends for an invalid request', [oauth('invalid_request')], 'SERVER', /HTTP 400/u],
      ['ends for an unknown error', [oauth('made_up')], 'SERVER', /HTTP 400/u],
      ['ends when polling is forbidden', [status(403)], 'SERVER', /403/u],
      ['ends when a web page answers', [{ status: 200, body: '<html>' }], 'PROTOCOL', /web page/u],
      [
        'ends when the answer has no key',
        [ok({ token_type: 'Bearer' })],
        'PROTOCOL',
        /not an API key/u,
      ],
      ['ends for an invalid key', [ok({ access_token: 'a b' })], 'PROTOCOL', /not an API key/u],
      [
        'ends for a key of another token type',
        [ok({ access_token: 'x', token_type: 'mac' })],
        'PROTOCOL',
        /not an API key/u,
      ],
      ['ends on a TLS error', ['TLS'], 'TLS', /scripted/u],
    ] as [string, Answer[], ErrorCode, RegExp][]) {
      it(title, async () => {
        const flow = new ScriptedFlow({ polls });
        const { message } = await rejectsWith(code, flow.run());
        assert.match(message, words);
        assert.ok(!message.includes(GRANT.device_code));
        assert.equal(flow.polledAt.length, polls.length, 'and polls no more');
      });
    }

    it('ends by the local clock without an extra poll', async () => {
      const flow = new ScriptedFlow({
        grant: ok({ ...GRANT, expires_in: '17' }),
        polls: [PENDING],
      });
      await rejectsWith('DEVICE_CODE_EXPIRED', flow.run());
      assert.deepEqual(flow.polledAt, [5, 10, 15]);
      assert.equal(flow.clock.now() - (flow.prompts[0]?.expiresAt ?? 0), 0);
    });

    it('ends when it is cancelled, also between polls', async () => {
      const controller = new AbortController();
      const flow = new ScriptedFlow({ polls: [PENDING] });
      const running = flow.run(controller.signal);
      while (flow.polledAt.length < 2) await new Promise(setImmediate);
      controller.abort();
      await assert.rejects(running, CancelledError);
      const polls = flow.polledAt.length;
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
      assert.equal(flow.polledAt.length, polls);
    });
  });

  describe('device code request', () => {
    for (const [title, grant, code] of [
      ['fails when the route is missing', status(404), 'DEVICE_CODE_UNSUPPORTED'],
      ['fails when the route belongs to something else', status(405), 'DEVICE_CODE_UNSUPPORTED'],
      ['fails when the client is unknown', oauth('invalid_client', 401), 'DEVICE_CODE_UNSUPPORTED'],
      [
        'fails when the client is not authorized',
        oauth('unauthorized_client'),
        'DEVICE_CODE_UNSUPPORTED',
      ],
      ['fails on a server error', status(500), 'SERVER'],
      ['fails without a network', 'OFFLINE', 'OFFLINE'],
      [
        'rejects an answer without a device code',
        ok({ ...GRANT, device_code: undefined }),
        'PROTOCOL',
      ],
      ['rejects an answer without a user code', ok({ ...GRANT, user_code: '' }), 'PROTOCOL'],
      [
        'rejects a user code that cannot be typed',
        ok({ ...GRANT, user_code: 'a\u202Eb' }),
        'PROTOCOL',
      ],
      [
        'rejects a user code with Markdown',
        ok({ ...GRANT, user_code: '[x](command:y)' }),
        'PROTOCOL',
      ],
      ['rejects an answer without an expiry', ok({ ...GRANT, expires_in: undefined }), 'PROTOCOL'],
      [
        'rejects an invalid verification URL',
        ok({ ...GRANT, verification_uri: 'nowhere' }),
        'PROTOCOL',
      ],
      [
        'rejects a verification URL that runs a command',
        ok({ ...GRANT, verification_uri: 'vscode://command/quit' }),
        'BACKEND_REFUSED',
      ],
      [
        'rejects a verification URL over plain HTTP',
        ok({ ...GRANT, verification_uri: 'http://dev.i99dash.app/device' }),
        'BACKEND_REFUSED',
      ],
      [
        'rejects a verification URL on this computer from a remote backend',
        ok({ ...GRANT, verification_uri: 'http://localhost:9222/json/close/1' }),
        'BACKEND_REFUSED',
      ],
      [
        'rejects a verification URL that imitates another host',
        ok({ ...GRANT, verification_uri: 'https://dev.i99dash.app@example.com/device' }),
        'PROTOCOL',
      ],
    ] as [string, Answer, ErrorCode][]) {
      it(title, async () => {
        const flow = new ScriptedFlow({ grant });
        await rejectsWith(code, flow.run());
        assert.deepEqual([flow.prompts, flow.polledAt], [[], []]);
      });
    }
  });

  it('opens exactly the verification page that it shows', async () => {
    for (const verification_uri_complete of ['https://evil.example.com/?c=1', 'garbage', 5]) {
      const flow = new ScriptedFlow({ grant: ok({ ...GRANT, verification_uri_complete }) });
      await flow.run();
      assert.equal(flow.prompts[0]?.openUri, GRANT.verification_uri);
    }
  });

  describe('identity lookup after a device code sign-in', () => {
    it('retries because the old key is already dead', async () => {
      const me: Answer[] = ['OFFLINE', 'TIMEOUT', status(503), ok(ME)];
      const { profile } = await new ScriptedFlow({ me }).run();
      assert.equal(profile.account.devId, ME.devId);
    });

    it('stops retrying eventually', async () => {
      await rejectsWith('OFFLINE', new ScriptedFlow({ me: ['OFFLINE'] }).run());
    });

    it('does not retry when the backend rejects the new key', async () => {
      await rejectsWith('SIGN_IN_REJECTED', new ScriptedFlow({ me: [status(401)] }).run());
    });
  });

  it('records the expiry of a key that has one', async () => {
    const flow = new ScriptedFlow({ polls: [ok({ access_token: 'x', expires_in: 3600 })] });
    const { minted } = await flow.run();
    assert.equal(minted.expiresAt - minted.mintedAt, 3_600_000);
  });
});
