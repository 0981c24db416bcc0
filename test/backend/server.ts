import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Faults } from './faults';
import { createListener } from './listener';
import { type LoggedRequest, RequestLog } from './request-log';
import { defaultSettings, type Settings } from './settings';
import { BackendState } from './state';
import type { Account } from './state/model';

export interface BackendOptions extends Partial<Settings> {
  /** 0, the default, uses any free port. */
  readonly port?: number;
  readonly host?: string;
  /**
   * Keeps the state in this folder; without it, a temporary folder is removed when the backend
   * closes.
   */
  readonly stateDir?: string;
  /** Accounts to add when the state has none with that devId; the default is `DEFAULT_ACCOUNT`. */
  readonly accounts?: readonly Account[];
  /** Milliseconds since the epoch; the default is the wall clock. */
  readonly now?: () => number;
  /** PEM texts: serves https instead of http. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** The origin that clients use, without a trailing slash; by default the server's own. */
  readonly publicUrl?: string;
  /** Called when an exchange has ended. */
  readonly onRequest?: (entry: LoggedRequest) => void;
}

/** A running backend. */
export interface Backend {
  /** Origin, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  readonly state: BackendState;
  /** The deployment's settings; changes apply from the next request on. */
  readonly settings: Settings;
  readonly faults: Faults;
  readonly requests: readonly LoggedRequest[];
  /** See RequestLog.waitFor. */
  waitForRequest(predicate: (entry: LoggedRequest) => boolean): Promise<LoggedRequest>;
  setTokenLife(seconds: number): void;
  /** Breaks every connection and frees the port. */
  close(): Promise<void>;
}

export const DEFAULT_ACCOUNT: Account = {
  devId: 'dev_local',
  email: 'developer@example.com',
  displayName: 'Local Developer',
  isDeveloper: true,
};

/**
 * Starts a backend.
 * @throws when the port is in use
 */
export async function startBackend(options: BackendOptions = {}): Promise<Backend> {
  const { stateDir, now = Date.now, onRequest = () => undefined } = options;
  const settings = settingsOf(options);
  // Created with the first bundle.
  const folder = stateDir ?? join(tmpdir(), `i99dash-backend-${randomUUID()}`);
  const state = new BackendState({ folder, persistent: stateDir !== undefined, now });
  for (const account of options.accounts ?? [DEFAULT_ACCOUNT]) {
    if (state.accounts.find(account.devId) === undefined) state.addAccount(account);
  }

  const faults = new Faults();
  const log = new RequestLog();
  const closing = new AbortController();
  let url = '';
  const context = { state, settings, now, baseUrl: () => options.publicUrl ?? url };
  const { signal } = closing;
  const listener = createListener({ context, faults, log, signal, onDone: onRequest });
  const cleanUp = () => {
    if (stateDir === undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const server = await listen(listener, options).catch((error: unknown) => {
    cleanUp();
    throw error;
  });
  const port = portOf(server);
  url = originOf(options, port);

  const close = async () => {
    closing.abort();
    log.close();
    await stop(server);
    cleanUp();
  };
  const setTokenLife = (seconds: number) => {
    settings.tokenLifeSeconds = seconds;
  };
  const waitForRequest = log.waitFor.bind(log);
  const requests = log.entries;
  return { url, port, state, settings, faults, requests, waitForRequest, setTokenLife, close };
}

function settingsOf(options: BackendOptions): Settings {
  const settings = defaultSettings();
  const given = Object.entries(options).filter(([name]) => name in settings);
  return Object.assign(settings, Object.fromEntries(given));
}

async function listen(
  listener: RequestListener,
  { port = 0, host = '127.0.0.1', tls }: BackendOptions,
): Promise<Server> {
  const server = tls ? createHttpsServer(tls, listener) : createHttpServer(listener);
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

function originOf({ host = '127.0.0.1', tls }: BackendOptions, port: number): string {
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
