import { createReadStream } from 'node:fs';
import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { asyncFs } from '../publish/bundle/fileAccess';
import { openAppFile, type OpenedFile, type PreviewedFolder } from './appFiles';

const HOST = '127.0.0.1';
/**
 * The names of this computer. Other names may lead here too, as in DNS rebinding. A forwarded port
 * may have another number.
 */
const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/iu;

/** No file of an app has such a name, because hidden files are not served. */
const OWN = '.i99dash/';
const SCRIPT = `${OWN}reload.js`;
const EVENTS = `${OWN}events`;
/** Addresses are relative, because a proxy may serve the app below a path of its own. */
const SCRIPT_TEXT =
  "new EventSource(new URL('events', document.currentScript.src)).onmessage = () => location.reload();\n";

const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // Pages of other sites cannot load the app's files.
  'cross-origin-resource-policy': 'same-origin',
};

/** Serves the files of a mini-app to this computer. */
export interface PreviewServer {
  /** The address of the root, with a slash at its end. */
  readonly address: string;
  /**
   * Also answers requests for this host: where VS Code forwards the port, such as `code.example`.
   */
  allowHost(host: string): void;
  /** Reloads the open pages. */
  reload(): void;
  /** Ends all connections. The port is free when this resolves. */
  close(): Promise<void>;
}

/** Starts a server on a free port of the loopback interface. */
export async function startPreviewServer(files: PreviewedFolder): Promise<PreviewServer> {
  const pages = new Set<ServerResponse>();
  const hosts = new Set<string>();
  const server = createServer((request, response) => {
    const host = (request.headers.host ?? '').toLowerCase();
    if (LOOPBACK_HOST.test(host) || hosts.has(host)) {
      respond(request, response, files, pages).catch(() => response.destroy());
    } else {
      sendText(response, 403);
    }
  });
  await listen(server);
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://${HOST}:${port}/`,
    allowHost: (host) => void hosts.add(host.toLowerCase()),
    reload: () => pages.forEach((page) => page.write('data: reload\n\n')),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, HOST, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  files: PreviewedFolder,
  pages: Set<ServerResponse>,
): Promise<void> {
  const { method = '', url = '' } = request;
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    sendText(response, 405);
  } else if (url === `/${SCRIPT}`) {
    sendText(response, 200, SCRIPT_TEXT, 'text/javascript; charset=utf-8');
  } else if (url === `/${EVENTS}` && method === 'GET') {
    followPage(response, pages);
  } else {
    await sendAppFile(response, await openAppFile(files, url), method === 'HEAD');
  }
}

/** Node.js sends no content in answer to HEAD. */
function sendText(
  response: ServerResponse,
  status: number,
  text = STATUS_CODES[status] ?? '',
  type = 'text/plain; charset=utf-8',
): void {
  const length = Buffer.byteLength(text);
  response.writeHead(status, { ...HEADERS, 'content-type': type, 'content-length': length });
  response.end(text);
}

function followPage(response: ServerResponse, pages: Set<ServerResponse>): void {
  pages.add(response);
  response.once('close', () => pages.delete(response));
  response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' });
  response.flushHeaders();
}

/** Sends a file up to the size that it had when it was opened, and closes it. */
async function sendAppFile(
  response: ServerResponse,
  file: OpenedFile | undefined,
  isHead: boolean,
): Promise<void> {
  if (file === undefined) {
    sendText(response, 404);
    return;
  }
  const { descriptor, size, type, isPage, toRoot } = file;
  // At the end, so that the positions in the page stay those of the file.
  const end = isPage ? `\n<script src="${toRoot}${SCRIPT}"></script>\n` : '';
  const length = size + Buffer.byteLength(end);
  response.writeHead(200, { ...HEADERS, 'content-type': type, 'content-length': length });
  if (isHead || size === 0) {
    await asyncFs.close(descriptor);
  } else {
    const content = createReadStream('', { fd: descriptor, start: 0, end: size - 1 });
    await pipeline(content, response, { end: false });
    if (content.bytesRead < size) {
      response.destroy(); // the file became shorter than the announced length
      return;
    }
  }
  response.end(end);
}
