import assert from 'node:assert/strict';
import { NEVER } from '../../../src/core/auth/accessToken';
import type { Authenticated } from '../../../src/core/auth/authenticate';
import {
  authenticateWithDeviceCode,
  type DeviceCodePrompt,
} from '../../../src/core/auth/deviceCode';
import { CancelledError, I99dashError, type ErrorCode } from '../../../src/core/errors';
import type { HttpRequest, HttpResponse } from '../../../src/core/ports';
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

/** A backend that answers by a script; the last answer of a list is repeated. */
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
    const ports = { clock: this.clock, transport: { send: this.send } };
    return authenticateWithDeviceCode(ports, BACKEND, { clientId: 'us', prompt }, signal);
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
  it('asks for a code as a form, shows it, and polls with it until there is a key', async () => {
    const flow = new ScriptedFlow({ polls: [PENDING, KEY] });
    const start = flow.clock.now();
    const { profile, minted } = await flow.run();
    assert.deepEqual(profile, { account: ME, source: 'deviceCode' });
    assert.deepEqual(minted, { token: 'i99k_new', mintedAt: start + 10_000, expiresAt: NEVER });
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

  describe('polls', () => {
    const WITHOUT_INTERVAL = { ...GRANT, interval: undefined };
    for (const [title, polls, times, grant] of [
      ['at the interval of the server', [PENDING, PENDING, KEY], [5, 10, 15]],
      ['every 5 s where it names none', [PENDING, KEY], [5, 10], WITHOUT_INTERVAL],
      ['at another interval', [PENDING, KEY], [30, 60], { ...GRANT, interval: 30 }],
      ['at an interval in a text', [PENDING, KEY], [7, 14], { ...GRANT, interval: '7' }],
      ['every minute at most', [PENDING, KEY], [60, 120], { ...GRANT, interval: 5_000 }],
      ['every second at least', [PENDING, KEY], [1, 2], { ...GRANT, interval: 0 }],
      ['every 5 s for an interval that is none', [KEY], [5], { ...GRANT, interval: 'soon' }],
      ['5 s slower from a slow_down on', [SLOW_DOWN, PENDING, KEY], [5, 15, 25]],
      ['5 s slower for each slow_down', [SLOW_DOWN, SLOW_DOWN, KEY], [5, 15, 30]],
      ['half as often after a time-out', ['TIMEOUT', KEY], [5, 15]],
      ['half as often after each time-out', ['TIMEOUT', 'TIMEOUT', KEY], [5, 15, 35]],
      ['as before once the server answers', ['TIMEOUT', PENDING, KEY], [5, 15, 20]],
      ['no faster than told after a time-out', [SLOW_DOWN, 'TIMEOUT', KEY], [5, 15, 35]],
      ['on without a network', ['OFFLINE', 'OFFLINE', KEY], [5, 15, 35]],
      ['on while the server is in trouble', [status(502), KEY], [5, 15]],
      ['when the server says', [status(503, 40), status(429, 90), KEY], [5, 45, 135]],
      ['on when slow_down comes with another status', [oauth('slow_down', 429), KEY], [5, 15]],
    ] as [string, Answer[], number[], object?][]) {
      it(title, async () => {
        const flow = new ScriptedFlow({ polls, ...(grant && { grant: ok(grant) }) });
        await flow.run();
        assert.deepEqual(flow.polledAt, times);
      });
    }

    it('at least once a minute without a network, and until the code expires', async () => {
      const flow = new ScriptedFlow({ polls: ['OFFLINE'] });
      await rejectsWith('DEVICE_CODE_EXPIRED', flow.run());
      assert.deepEqual(flow.polledAt.slice(0, 6), [5, 15, 35, 75, 135, 195]);
      assert.ok((flow.polledAt.at(-1) ?? 0) < 600);
    });
  });

  describe('ends', () => {
    for (const [title, polls, code, words] of [
      ['when the user denies', [PENDING, oauth('access_denied')], 'DEVICE_CODE_DENIED', /denied/u],
      ['when the server says expired', [oauth('expired_token')], 'DEVICE_CODE_EXPIRED', /expired/u],
      ['when the code is forgotten', [oauth('invalid_grant')], 'DEVICE_CODE_EXPIRED', /expired/u],
      ['for a client that is none', [oauth('invalid_client', 401)], 'SERVER', /invalid|HTTP 401/u],
      ['for a request that is none', [oauth('invalid_request')], 'SERVER', /HTTP 400/u],
      ['for an error nobody knows', [oauth('made_up')], 'SERVER', /HTTP 400/u],
      ['for a poll that is forbidden', [status(403)], 'SERVER', /403/u],
      ['for a web page', [{ status: 200, body: '<html>' }], 'PROTOCOL', /web page/u],
      ['for no key', [ok({ token_type: 'Bearer' })], 'PROTOCOL', /not an API key/u],
      ['for a key that is none', [ok({ access_token: 'a b' })], 'PROTOCOL', /not an API key/u],
      [
        'for a key of another type',
        [ok({ access_token: 'x', token_type: 'mac' })],
        'PROTOCOL',
        /not an API key/u,
      ],
      ['where the connection is not safe', ['TLS'], 'TLS', /scripted/u],
    ] as [string, Answer[], ErrorCode, RegExp][]) {
      it(title, async () => {
        const flow = new ScriptedFlow({ polls });
        const { message } = await rejectsWith(code, flow.run());
        assert.match(message, words);
        assert.ok(!message.includes(GRANT.device_code));
        assert.equal(flow.polledAt.length, polls.length, 'and polls no more');
      });
    }

    it('by our own clock, without a poll too many', async () => {
      const flow = new ScriptedFlow({
        grant: ok({ ...GRANT, expires_in: '17' }),
        polls: [PENDING],
      });
      await rejectsWith('DEVICE_CODE_EXPIRED', flow.run());
      assert.deepEqual(flow.polledAt, [5, 10, 15]);
      assert.equal(flow.clock.now() - (flow.prompts[0]?.expiresAt ?? 0), 0);
    });

    it('when it is cancelled, between polls as well', async () => {
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

  describe('does not begin', () => {
    for (const [title, grant, code] of [
      ['where there is no such route', status(404), 'DEVICE_CODE_UNSUPPORTED'],
      ['where the route is another', status(405), 'DEVICE_CODE_UNSUPPORTED'],
      ['where we are unknown', oauth('invalid_client', 401), 'DEVICE_CODE_UNSUPPORTED'],
      ['where we may not', oauth('unauthorized_client'), 'DEVICE_CODE_UNSUPPORTED'],
      ['where the server is in trouble', status(500), 'SERVER'],
      ['without a network', 'OFFLINE', 'OFFLINE'],
      ['without a device code', ok({ ...GRANT, device_code: undefined }), 'PROTOCOL'],
      ['without a user code', ok({ ...GRANT, user_code: '' }), 'PROTOCOL'],
      ['with a code nobody can type', ok({ ...GRANT, user_code: 'a\u202Eb' }), 'PROTOCOL'],
      ['with Markdown for a code', ok({ ...GRANT, user_code: '[x](command:y)' }), 'PROTOCOL'],
      ['without a life', ok({ ...GRANT, expires_in: undefined }), 'PROTOCOL'],
      ['with a page that is none', ok({ ...GRANT, verification_uri: 'nowhere' }), 'PROTOCOL'],
      [
        'with a page that runs something',
        ok({ ...GRANT, verification_uri: 'vscode://command/quit' }),
        'BACKEND_REFUSED',
      ],
      [
        'with a page that is not safe',
        ok({ ...GRANT, verification_uri: 'http://dev.i99dash.app/device' }),
        'BACKEND_REFUSED',
      ],
      [
        'with a page of this computer, where the backend is none of its own',
        ok({ ...GRANT, verification_uri: 'http://localhost:9222/json/close/1' }),
        'BACKEND_REFUSED',
      ],
      [
        'with a page that looks like one of another host',
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

  it('opens no other page than the one that is shown', async () => {
    for (const verification_uri_complete of ['https://evil.example.com/?c=1', 'garbage', 5]) {
      const flow = new ScriptedFlow({ grant: ok({ ...GRANT, verification_uri_complete }) });
      await flow.run();
      assert.equal(flow.prompts[0]?.openUri, GRANT.verification_uri);
    }
  });

  describe('has a key, and asks whose it is', () => {
    it('patiently, for the old one is dead by now', async () => {
      const me: Answer[] = ['OFFLINE', 'TIMEOUT', status(503), ok(ME)];
      const { profile } = await new ScriptedFlow({ me }).run();
      assert.equal(profile.account.devId, ME.devId);
    });

    it('but not for ever', async () => {
      await rejectsWith('OFFLINE', new ScriptedFlow({ me: ['OFFLINE'] }).run());
    });

    it('and not when the backend does not accept it', async () => {
      await rejectsWith('SIGN_IN_REJECTED', new ScriptedFlow({ me: [status(401)] }).run());
    });
  });

  it('counts the life of a key that has one', async () => {
    const flow = new ScriptedFlow({ polls: [ok({ access_token: 'x', expires_in: 3600 })] });
    const { minted } = await flow.run();
    assert.equal(minted.expiresAt - minted.mintedAt, 3_600_000);
  });
});
