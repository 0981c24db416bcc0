import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { unwrapEnvelope } from '../../../src/core/api/envelope';
import { readRetryAfter } from '../../../src/core/http/retryAfter';
import { createUndiciTransport } from '../../../src/core/http/undiciTransport';
import { isI99dashError } from '../../../src/core/errors';
import type { HttpRequest, HttpResponse } from '../../../src/core/platform/interfaces';
import { rejectsWith } from '../../support/expect';
import { withRawServer } from '../../support/raw-server';

const BODY = '{"success":true,"data":"مؤقت 🚗","error":null}';
const REFUSAL = '{"success":false,"data":null,"error":{"code":"APP_LOCKED","message":"Locked."}}';
const MIB = 1024 * 1024;

interface Odd {
  title: string;
  answer: Buffer;
  /** The expected result: the data by default, or the error code. */
  code?: string;
  retryAfterMs?: number;
  message?: RegExp;
}

const ODD_ANSWERS: readonly Odd[] = [
  { title: '100 Continue without Expect', answer: raw('100 Continue\r\n\r\n', ok()) },
  {
    title: 'several interim answers',
    answer: raw(
      '100 Continue\r\nX-A: 1\r\n\r\n',
      'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n',
      ok(),
    ),
  },
  { title: '17 KB of headers', answer: answer({ head: lines(200, `X-Pad: ${'p'.repeat(80)}`) }) },
  { title: 'one header of 17 KB', answer: answer({ head: [`X-Pad: ${'p'.repeat(17_000)}`] }) },
  {
    title: '40 cookies',
    answer: answer({ head: lines(40, `Set-Cookie: a=${'c'.repeat(600)}; Path=/`) }),
  },
  { title: 'two equal Content-Length headers', answer: answer({ head: [lengthOf(BODY)] }) },
  {
    title: 'a Content-Length listed twice',
    answer: raw(`200 OK\r\n${lengthOf(BODY)}, ${Buffer.byteLength(BODY)}\r\n\r\n${BODY}`),
  },
  {
    title: 'two Retry-After headers, of which the longer counts',
    answer: answer({
      status: 503,
      head: ['Retry-After: 5', 'Retry-After: Sun, 06 Nov 1994 08:49:37 GMT', 'Retry-After: 60'],
      body: REFUSAL,
    }),
    code: 'APP_LOCKED',
    retryAfterMs: 60_000,
  },
  { title: 'gzip', answer: answer({ coding: 'gzip', body: gzipSync(BODY) }) },
  { title: 'br', answer: answer({ coding: 'BR', body: brotliCompressSync(BODY) }) },
  { title: 'deflate', answer: answer({ coding: 'deflate', body: deflateSync(BODY) }) },
  {
    title: 'deflate without its header',
    answer: answer({ coding: 'deflate', body: deflateRawSync(BODY) }),
  },
  {
    title: 'two codings',
    answer: answer({ coding: 'br, x-gzip', body: gzipSync(brotliCompressSync(BODY)) }),
  },
  {
    title: 'gzip that a proxy has already decoded',
    answer: answer({ coding: 'gzip', body: BODY }),
  },
  {
    title: 'a rejection in gzip',
    answer: answer({ status: 403, coding: 'gzip', body: gzipSync(REFUSAL) }),
    code: 'APP_LOCKED',
  },
  {
    title: 'a rejection in an unknown coding',
    answer: answer({ status: 403, coding: 'zstd', body: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]) }),
    code: 'SERVER',
  },
  { title: 'truncated gzip', answer: answer({ coding: 'gzip', body: half() }), code: 'PROTOCOL' },
  {
    title: 'gzip that expands beyond the size limit',
    answer: answer({ coding: 'gzip', body: gzipSync(Buffer.alloc(50 * MIB, ' ')) }),
    code: 'PROTOCOL',
    message: /larger than any/u,
  },
  {
    title: 'nested gzip that expands beyond the size limit',
    answer: answer({ coding: 'gzip, gzip', body: gzipSync(gzipSync(Buffer.alloc(50 * MIB))) }),
    code: 'PROTOCOL',
    message: /larger than any/u,
  },
  { title: 'a byte order mark', answer: answer({ body: `\uFEFF${BODY}` }) },
  { title: 'endless headers', answer: answer({ head: endless() }), code: 'PROTOCOL' },
];

describe('unusual HTTP answer', () => {
  for (const odd of ODD_ANSWERS) {
    it(`is handled on a new and on a kept-alive connection: ${odd.title}`, async () => {
      let connections = 0;
      const onConnection = (socket: Socket): void => {
        connections += 1;
        socket.on('data', () => socket.write(odd.answer));
      };
      await withRawServer(onConnection, async (port) => {
        const transport = createUndiciTransport();
        for (let round = 0; round < 2; round += 1) {
          await assertUnderstood(odd, transport.send(get(port)));
          await setImmediate(); // the connection is idle again
        }
      });
      assert.ok(odd.code === 'PROTOCOL' || connections === 1, `${connections} connections`);
    });
  }

  it('is handled byte by byte', async () => {
    const small = ODD_ANSWERS.filter(({ answer: { length } }) => length < 1000);
    assert.ok(small.length > 10);
    await withRawServer(sendByteByByte(small), async (port) => {
      const transport = createUndiciTransport();
      for (const odd of small) await assertUnderstood(odd, transport.send(get(port)));
    });
  });

  it('fails before the connection ends when it is not HTTP', async () => {
    for (const greeting of ['220 mail.example.com ESMTP\r\n', '\x15\x03\x01', 'HTTQ']) {
      await withRawServer(
        (socket) => socket.write(greeting),
        async (port) => {
          const error = await rejectsWith('PROTOCOL', createUndiciTransport().send(get(port)));
          assert.match(error.message, /does not speak HTTP/u);
        },
      );
    }
  });

  it('is decompressed from gzip for an upload too', async () => {
    const xml = '<Error><Code>AccessDenied</Code></Error>';
    const refusal = answer({ status: 403, coding: 'gzip', body: gzipSync(xml) });
    await withRawServer(
      (socket) => socket.once('data', () => socket.write(refusal)),
      async (port) => {
        const body = { length: 1, open: () => Readable.from([Buffer.from('x')]) };
        const { text } = await createUndiciTransport().send({ ...get(port), method: 'PUT', body });
        assert.equal(text, xml);
      },
    );
  });

  it('is requested without compression', async () => {
    let request = '';
    await withRawServer(
      (socket) =>
        socket.on('data', (chunk: Buffer) => {
          request += chunk.toString();
          socket.write(ok());
        }),
      async (port) => {
        await createUndiciTransport().send(get(port));
      },
    );
    assert.match(request, /\r\naccept-encoding: identity\r\n/iu);
  });
});

async function assertUnderstood(odd: Odd, sent: Promise<HttpResponse>): Promise<void> {
  const { title, code, retryAfterMs, message = /./u } = odd;
  if (code === undefined) {
    assert.equal(unwrapEnvelope(await sent), 'مؤقت 🚗', title);
    return;
  }
  const failure: unknown = await sent
    .then(
      (response) => {
        assert.equal(readRetryAfter(response), retryAfterMs, title);
        return unwrapEnvelope(response);
      },
      (error: unknown) => error,
    )
    .catch((error: unknown) => error);
  assert.ok(isI99dashError(failure), title);
  assert.equal(failure.serverCode ?? failure.code, code, title);
  assert.match(failure.message, message);
}

function sendByteByByte(answers: readonly Odd[]): (socket: Socket) => void {
  const rest = [...answers];
  return (socket) => {
    socket.setNoDelay(true);
    socket.on('data', () => {
      const bytes = [...(rest.shift()?.answer ?? [])];
      const sendNext = (): void => {
        const byte = bytes.shift();
        if (byte !== undefined)
          socket.write(Buffer.from([byte]), () => void setImmediate().then(sendNext));
      };
      sendNext();
    });
  };
}

function get(port: number): HttpRequest {
  return { method: 'GET', url: new URL(`http://127.0.0.1:${port}/`) };
}

/** An answer that starts with its status line. */
function raw(...parts: string[]): Buffer {
  return Buffer.from(`HTTP/1.1 ${parts.join('')}`);
}

function ok(): string {
  return answer({}).toString();
}

function answer({
  status = 200,
  head = [],
  coding,
  body = BODY,
}: {
  status?: number;
  head?: readonly string[];
  coding?: string;
  body?: string | Buffer;
}): Buffer {
  const encoding = coding === undefined ? [] : [`Content-Encoding: ${coding}`];
  const fields = [lengthOf(body), ...encoding, ...head];
  return Buffer.concat([
    raw(`${status} Answer\r\n${fields.join('\r\n')}\r\n\r\n`),
    Buffer.from(body),
  ]);
}

function lengthOf(body: string | Buffer): string {
  return `Content-Length: ${Buffer.byteLength(body)}`;
}

function lines(count: number, line: string): string[] {
  return Array.from({ length: count }, () => line);
}

function endless(): string[] {
  return lines(600, `X-Pad: ${'p'.repeat(1000)}`);
}

function half(): Buffer {
  const whole = gzipSync(BODY);
  return whole.subarray(0, whole.length / 2);
}
