/**
 * The parts of undici that we use. Its main file also loads `fetch`, WebSocket, caches and mocks,
 * which takes twice as long, and replaces the dispatcher of the global `fetch`.
 */
import type { Dispatcher } from 'undici';
import connect from 'undici/lib/api/api-connect.js';
import sendRequest from 'undici/lib/api/api-request.js';
import buildConnector from 'undici/lib/core/connect.js';
import errors from 'undici/lib/core/errors.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import Client from 'undici/lib/dispatcher/client.js';
import BaseDispatcher from 'undici/lib/dispatcher/dispatcher.js';
import Pool from 'undici/lib/dispatcher/pool.js';

// The main file does the same, with the methods that we do not use, too.
Object.assign(BaseDispatcher.prototype, { connect, request: sendRequest });

export { Agent, buildConnector, Client, errors, Pool, type Dispatcher };

/** Sends a request with a dispatcher. */
export function request(
  { origin, pathname, search }: URL,
  { dispatcher, ...options }: Omit<Dispatcher.RequestOptions, 'path'> & { dispatcher: Dispatcher },
): Promise<Dispatcher.ResponseData> {
  return dispatcher.request({ ...options, origin, path: pathname + search });
}
