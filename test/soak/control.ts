import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Action } from './protocol';

/** The server for requests of the extension host to the soak. */
export interface Control {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Listens on loopback for actions.
 * @param perform performs an action; its rejection is sent to the extension host
 */
export async function startControl(perform: (action: Action) => Promise<void>): Promise<Control> {
  const server = createServer((request, response) => {
    readJson(request)
      .then((action) => perform(action as Action))
      .then(
        () => response.writeHead(200).end(),
        (error: unknown) =>
          response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
      );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Suspends a process, like a computer that sleeps. */
export async function standStill(pid: number, seconds: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  try {
    await delay(seconds * 1_000);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
