import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ConnectProxyOptions {
  /** `name:password`; without it, the proxy needs no authentication. */
  readonly credentials?: string;
  /** The status of every response to a CONNECT. */
  readonly refuse?: number;
  /** Headers of a rejection, such as `Proxy-Authenticate: NTLM`. */
  readonly refusalHeaders?: readonly string[];
  /** The response to a CONNECT that succeeds. */
  readonly established?: string;
  /** True: accepts every CONNECT and never responds. */
  readonly silent?: boolean;
  /** Maps hosts to deps on this computer. The proxy can reach nothing else. */
  readonly routes?: Readonly<Record<string, number>>;
  /** PEM texts: clients connect to the proxy itself over https. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** A running proxy. */
export interface ConnectProxy {
  readonly port: number;
  /** `http://127.0.0.1:port`, or https. */
  readonly url: string;
  /** Every request received: the first line and the headers. */
  readonly asked: readonly { line: string; headers: IncomingMessage['headers'] }[];
  /** Returns the number of bytes forwarded. */
  readonly passed: () => number;
  /** Resolves when the proxy rejects the next request. */
  refusal(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a proxy that supports only CONNECT (RFC 9110, 9.3.6) on a free port. */
export async function startConnectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const sockets = new Set<Duplex>();
  const asked: { line: string; headers: IncomingMessage['headers'] }[] = [];
  let bytes = 0;
  const waiting: (() => void)[] = [];
  const note = ({ method, url, headers }: IncomingMessage) =>
    asked.push({ line: `${method ?? ''} ${url ?? ''}`, headers });
  const server = options.tls === undefined ? createServer() : createTlsServer(options.tls);
  server.on('request', (request, response) => {
    note(request);
    response.writeHead(405).end();
  });
  server.on('connection', (socket: Socket) => track(sockets, socket));
  server.on('connect', (request, client, head) => {
    note(request);
    const refusal = refusalOf(request, options);
    if (options.silent === true) return;
    const port = options.routes?.[hostOf(request)];
    if (refusal !== undefined || port === undefined) {
      const headers = ['Content-Length: 0', ...(options.refusalHeaders ?? [])].join('\r\n');
      client.end(`HTTP/1.1 ${refusal ?? 502} No\r\n${headers}\r\n\r\n`);
      for (const resolve of waiting.splice(0)) resolve();
      return;
    }
    const target = connect(port, '127.0.0.1', () => {
      client.write(`HTTP/1.1 ${options.established ?? '200 Connection established\r\n\r\n'}`);
      target.write(head);
      client.on('data', (chunk: Buffer) => (bytes += chunk.length));
      client.pipe(target).pipe(client);
    });
    track(sockets, target);
    target.on('close', () => client.destroy());
    client.on('close', () => target.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const url = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  const refusal = () => new Promise<void>((resolve) => waiting.push(resolve));
  return { port, url, asked, passed: () => bytes, refusal, close };
}

function track(sockets: Set<Duplex>, socket: Socket): void {
  sockets.add(socket);
  socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
}

/** Returns the status to reject a request with; undefined to accept it. */
function refusalOf(
  { headers }: IncomingMessage,
  { credentials, refuse }: ConnectProxyOptions,
): number | undefined {
  if (credentials === undefined) return refuse;
  const expected = `Basic ${Buffer.from(credentials).toString('base64')}`;
  return headers['proxy-authorization'] === expected ? refuse : 407;
}

/** Returns the host without the port. */
function hostOf({ url = '' }: IncomingMessage): string {
  return url.replace(/:\d+$/u, '');
}
