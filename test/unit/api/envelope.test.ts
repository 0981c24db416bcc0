import assert from 'node:assert/strict';
import { expectSuccess, unwrapEnvelope } from '../../../src/core/api/envelope';
import { I99dashError } from '../../../src/core/errors';

function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
  return { status, headers, text: typeof body === 'string' ? body : JSON.stringify(body) };
}

function refusal(...response: Parameters<typeof answer>): I99dashError {
  return refusalWith([], ...response);
}

function refusalWith(secrets: string[], ...response: Parameters<typeof answer>): I99dashError {
  try {
    const data = unwrapEnvelope(answer(...response), secrets);
    assert.fail(`unwrapped to ${JSON.stringify(data)}`);
  } catch (error) {
    assert.ok(error instanceof I99dashError, String(error));
    return error;
  }
}

describe('backend answer', () => {
  it('is unwrapped from an envelope', () => {
    for (const data of [{ a: 1 }, [1], 'text', null, false]) {
      assert.deepEqual(
        unwrapEnvelope(answer(200, { success: true, data, error: null, meta: {} })),
        data,
      );
    }
    assert.equal(unwrapEnvelope(answer(201, { success: true })), undefined);
  });

  it('is returned unchanged without an envelope', () => {
    for (const body of [{ access_token: 'x' }, { success: 'yes', data: 1 }, [1, 2], null, 7]) {
      assert.deepEqual(unwrapEnvelope(answer(200, body)), body);
    }
  });

  it('carries the status, the code and the message of a rejection', () => {
    const error = { code: 'TOKEN_EXPIRED', message: 'the token has expired' };
    const { code, status, serverCode, message } = refusal(401, { success: false, error });
    assert.deepEqual([code, status, serverCode], ['SERVER', 401, 'TOKEN_EXPIRED']);
    assert.equal(message, 'The backend says: the token has expired');
  });

  it('carries an OAuth error and its description if there is one', () => {
    const pending = refusal(400, { error: 'authorization_pending' });
    assert.deepEqual([pending.status, pending.serverCode], [400, 'authorization_pending']);
    assert.equal(pending.message, 'The backend refused the request (HTTP 400).');
    const described = refusal(401, { error: 'invalid_client', error_description: 'who are you' });
    assert.equal(described.serverCode, 'invalid_client');
    assert.equal(described.message, 'The backend says: who are you');
  });

  for (const { title, body, message, fields = [], code } of [
    {
      title: "FastAPI's detail as a text",
      body: { detail: 'App not found' },
      message: 'App not found',
    },
    {
      title: "FastAPI's detail as an error",
      body: { detail: { code: 'VERSION_EXISTS', message: 'taken' } },
      message: 'taken',
      code: 'VERSION_EXISTS',
    },
    {
      title: "FastAPI's detail as a list of fields",
      body: {
        detail: [
          { loc: ['body', 'manifest', 'icon'], msg: 'Field required', type: 'missing' },
          { loc: ['body', 'manifest', 'tags', 0], msg: 'too\nlong', input: 'x' },
          { loc: ['body'], msg: 'Extra data' },
          { loc: 7, msg: 'no place' },
          'no entry',
        ],
      },
      message: 'icon: Field required; tags.0: too long; Extra data; no place',
      fields: [
        { path: ['manifest', 'icon'], message: 'Field required' },
        { path: ['manifest', 'tags', '0'], message: 'too long' },
        { path: [], message: 'Extra data' },
        { path: [], message: 'no place' },
      ],
    },
    {
      title: 'details as a list of fields',
      body: {
        error: {
          code: 'VALIDATION_ERROR',
          message: 'The manifest is invalid',
          details: [{ field: 'manifest.requires.dilink[0]', message: 'unknown platform' }],
        },
      },
      message: 'The manifest is invalid (requires.dilink.0: unknown platform)',
      fields: [{ path: ['manifest', 'requires', 'dilink', '0'], message: 'unknown platform' }],
      code: 'VALIDATION_ERROR',
    },
    {
      title: 'details as a map of fields',
      body: { error: { message: 'no', details: { version: ['is taken', 'is old'], max: 7 } } },
      message: 'no (version: is taken; version: is old)',
      fields: [
        { path: ['version'], message: 'is taken' },
        { path: ['version'], message: 'is old' },
      ],
    },
    {
      title: 'details that hold a list of fields',
      body: {
        error: { message: 'no', details: { errors: [{ path: '/manifest/url', reason: 'bad' }] } },
      },
      message: 'no (url: bad)',
      fields: [{ path: ['manifest', 'url'], message: 'bad' }],
    },
    {
      title: 'details as one field',
      body: { error: { details: { field: 'icon', message: 'is missing' } } },
      message: 'icon: is missing',
      fields: [{ path: ['icon'], message: 'is missing' }],
    },
  ] as {
    title: string;
    body: object;
    message: string;
    fields?: object[];
    code?: string;
  }[]) {
    it(`reads ${title}`, () => {
      const error = refusal(422, body);
      assert.equal(error.message, `The backend says: ${message}`);
      assert.deepEqual(error.fields ?? [], fields);
      assert.equal(error.serverCode, code);
    });
  }

  it('lists at most 20 fields and no secret', () => {
    const detail = Array.from({ length: 1_000 }, (_, index) => ({
      loc: ['body', `field-${index}-hunter2`, ...Array.from({ length: 50 }, () => 'x')],
      msg: 'hunter2 is wrong '.repeat(1_000),
    }));
    const { fields = [], message } = refusalWith(['hunter2'], 422, { detail });
    assert.equal(fields.length, 20);
    assert.ok(fields.every(({ path, message: words }) => path.length <= 12 && words.length <= 201));
    assert.ok(!JSON.stringify(fields).includes('hunter2') && !message.includes('hunter2'));
    assert.ok(message.length < 400);
  });

  it('ignores invalid details', () => {
    for (const details of [null, 7, [], {}, [7, null, {}], { fields: 7 }, { a: {}, b: [{}] }]) {
      const { message, fields } = refusal(422, { error: { message: 'no', details } });
      assert.deepEqual([message, fields], ['The backend says: no', undefined]);
    }
  });

  it('is an error when its body says so with status 200', () => {
    const { code, status, serverCode } = refusal(200, {
      success: false,
      data: { a: 1 },
      error: { code: 'NO', message: 'no' },
    });
    assert.deepEqual([code, status, serverCode], ['SERVER', 200, 'NO']);
  });

  it('is an error by its status, whatever the body says', () => {
    for (const body of [
      '',
      '<h1>502</h1>',
      '{"success":',
      '"oops"',
      { success: true, data: 1 },
      [],
    ]) {
      const { code, status, serverCode, message } = refusal(502, body);
      assert.deepEqual([code, status, serverCode], ['SERVER', 502, undefined]);
      assert.equal(message, 'The backend refused the request (HTTP 502).');
    }
    assert.equal(refusal(500, { error: { code: 7, message: ['no'] } }).serverCode, undefined);
    assert.equal(refusal(500, { error: 'invalid_grant' }).code, 'SERVER');
  });

  it('is invalid when it is not JSON', () => {
    for (const [body, words] of [
      ['<!doctype html><title>hi</title>', /web page/],
      ['\n <html>', /web page/],
      ['', /no JSON/],
      ['{"success":true,"data":{"a', /no JSON/],
      ['welcome', /no JSON/],
    ] as const) {
      const { code, status, message } = refusal(200, body);
      assert.deepEqual([code, status], ['PROTOCOL', 200], body);
      assert.match(message, words);
    }
  });

  it('is not followed when it is a redirect', () => {
    for (const status of [301, 302, 307, 308]) {
      const error = refusal(status, '', { location: 'https://elsewhere.example.com/?t=s3cret' });
      assert.deepEqual([error.code, error.status], ['PROTOCOL', status]);
      assert.match(error.message, /redirects elsewhere/);
      assert.doesNotMatch(error.message, /s3cret/);
    }
    assert.equal(refusal(304, { success: true, data: 1 }).code, 'SERVER');
  });

  it('shows a message of the backend as one short line', () => {
    const told = (message: string) => refusal(400, { error: { code: 'X', message } }).message;
    assert.equal(told('a\r\nb\u001b[31mc\u0000\t d'), 'The backend says: a b [31mc d');
    assert.equal(told('evil\u202egnp.exe\u200b'), 'The backend says: evil gnp.exe');
    assert.equal(told(' \n '), 'The backend refused the request (HTTP 400).');
    assert.equal(told('x'.repeat(300)), `The backend says: ${'x'.repeat(300)}`);
    assert.equal(told('x'.repeat(100_000)), `The backend says: ${'x'.repeat(300)}…`);
  });

  it('shows a URL in a message without its query, which may be a signature', () => {
    const message =
      'put it to https://storage.example/a/b?X-Signature=0123abcd&X-Expires=9, or (HTTP://other.example/#secret).';
    const text = JSON.stringify({ success: false, error: { code: 'ODD', message } });
    assert.throws(() => unwrapEnvelope({ status: 400, headers: {}, text }), {
      message:
        'The backend says: put it to https://storage.example/a/b?… or (HTTP://other.example/?…',
    });
  });

  it('reads a message of any length in bounded time', () => {
    const told = (message: string): string => {
      const text = JSON.stringify({ success: false, error: { code: 'X'.repeat(1e6), message } });
      const before = process.cpuUsage();
      const error = refusalWith(['a token that it does not hold'], 400, text);
      const { user, system } = process.cpuUsage(before);
      assert.ok(user + system < 500_000, `${user + system} µs for ${message.slice(0, 20)}`);
      assert.ok((error.serverCode ?? '').length <= 101, 'the code is as long as the server likes');
      return error.message;
    };
    for (const unit of ['http://', 'https://a/', 'http://a?', ' ', '\u0000', 'x', '?', '\ud800 ']) {
      const message = told(unit.repeat(Math.ceil(1e6 / unit.length)));
      assert.ok(message.length < 350, message);
    }
  });

  it('shows no part of a secret or query where a message is truncated', () => {
    const token = 't0ken'.repeat(40);
    const signature = 'X-Signature=5ecre7'.repeat(40);
    for (let length = 0; length < 2_100; length += 7) {
      const before = 'word '.repeat(420).slice(0, length);
      for (const message of [
        `${before}${token} ends`,
        `${before}https://a.example/b?${signature}`,
      ]) {
        const error = refusalWith([token], 400, { error: { code: 'X', message } });
        assert.doesNotMatch(error.message, /t0ken|5ecre7|X-Sig/u, String(length));
      }
    }
  });

  it('ends its message with a full stop before it says how long to wait', () => {
    const said = (message: string): string =>
      refusal(429, { error: { code: 'BUSY', message } }, { 'retry-after': '7' }).message;
    assert.equal(said('slow down'), 'The backend says: slow down. Try again in 7 seconds.');
    assert.equal(said('Slow down!'), 'The backend says: Slow down! Try again in 7 seconds.');
    assert.equal(said('تمهّل؟'), 'The backend says: تمهّل؟ Try again in 7 seconds.');
  });

  it('says how long to wait', () => {
    assert.equal(refusal(429, {}, { 'retry-after': '7' }).retryAfterMs, 7000);
    assert.equal(refusal(503, '', { 'retry-after': '0' }).retryAfterMs, 0);
    assert.equal(refusal(503, {}).retryAfterMs, undefined);
  });
});

describe('backend answer without a result', () => {
  it('succeeds when it is empty or does not contradict its status', () => {
    for (const status of [200, 202, 204]) {
      for (const body of ['', 'OK', null, { ok: true }, { success: true, data: null }]) {
        assert.doesNotThrow(
          () => expectSuccess(answer(status, body)),
          `${status} ${JSON.stringify(body)}`,
        );
      }
    }
  });

  it('fails by its status or its body', () => {
    for (const [status, body] of [
      [409, { success: false, error: { code: 'NO', message: 'no' } }],
      [200, { success: false, error: { code: 'NO', message: 'no' } }],
      [502, ''],
    ] as const) {
      assert.throws(() => expectSuccess(answer(status, body)), { code: 'SERVER', status });
    }
  });

  it('is invalid when it is a web page or a redirect', () => {
    assert.throws(() => expectSuccess(answer(200, '<html>sign in to the Wi-Fi')), {
      code: 'PROTOCOL',
    });
    assert.throws(() => expectSuccess(answer(302, '')), { code: 'PROTOCOL' });
    const seeOther = answer(307, '{"success":true,"data":{}}');
    for (const read of [unwrapEnvelope, expectSuccess]) {
      assert.throws(() => read(seeOther), { code: 'PROTOCOL', message: /redirects elsewhere/u });
    }
  });
});

describe('Retry-After', () => {
  const refused = (headers: Record<string, string>) => {
    try {
      unwrapEnvelope({ status: 503, headers, text: '{}' });
    } catch (error) {
      return error as I99dashError;
    }
    assert.fail('not refused');
  };

  it('is relative to the clock of the server', () => {
    const headers = {
      date: 'Tue, 01 Jan 2030 00:00:00 GMT',
      'retry-after': 'Tue, 01 Jan 2030 00:00:30 GMT',
    };
    assert.equal(refused(headers).retryAfterMs, 30_000);
    const unreadable = refused({ ...headers, date: 'today' });
    assert.equal(
      unreadable.retryAfterMs,
      Math.max(0, Math.min(3_600_000, unreadable.retryAfterMs!)),
    );
  });

  for (const [value, words] of [
    ['0', ''],
    ['1', ' Try again in 1 second.'],
    ['90', ' Try again in 90 seconds.'],
    ['91', ' Try again in 2 minutes.'],
    ['3599', ' Try again in 60 minutes.'],
    ['99999999', ' Try again in an hour or later.'],
  ] as const) {
    it(`shows${words === '' ? ' nothing' : words} for ${value}`, () => {
      const { message } = refused({ 'retry-after': value });
      assert.equal(message, `The backend refused the request (HTTP 503).${words}`);
    });
  }
});
