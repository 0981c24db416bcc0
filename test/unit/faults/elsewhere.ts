import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSignedCertificate } from '../../support/certificate';

/** Servers of a third party that must never receive anything from the client. */
export interface Elsewhere {
  readonly httpUrl: string;
  readonly httpsUrl: string;
  /** What arrived: `connection`, or a request with the names of its headers. */
  readonly arrivals: readonly string[];
  close(): Promise<void>;
}

/** Starts both servers on free ports of this computer. */
export async function startElsewhere(): Promise<Elsewhere> {
  const arrivals: string[] = [];
  const { key, cert } = selfSignedCertificate();
  const servers = [createHttpServer(), createHttpsServer({ key, cert })];
  const urls = await Promise.all(servers.map((server) => listen(server, arrivals)));
  return {
    httpUrl: `http://127.0.0.1:${urls[0] ?? 0}`,
    httpsUrl: `https://127.0.0.1:${urls[1] ?? 0}`,
    arrivals,
    close: async () => {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      }
    },
  };
}

async function listen(server: Server, arrivals: string[]): Promise<number> {
  server.on('connection', () => arrivals.push('connection'));
  server.on('request', ({ method, url, headers }, response) => {
    arrivals.push(`${method ?? ''} ${url ?? ''} ${Object.keys(headers).join(' ')}`);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
