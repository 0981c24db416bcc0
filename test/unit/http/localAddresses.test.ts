import assert from 'node:assert/strict';
import dns from 'node:dns';
import { hostname, networkInterfaces } from 'node:os';
import { mock } from 'node:test';
import { assertNotLocal } from '../../../src/core/api/backendUrl';
import { isThisComputer } from '../../../src/core/http/localAddresses';
import { createUndiciTransport } from '../../../src/core/http/undiciTransport';
import { startBackend } from '../../backend/server';
import { rejectsWith } from '../../support/expect';

const ELSEWHERE = 'https://api.example.com';

describe('addresses of this computer', () => {
  afterEach(() => mock.restoreAll());

  it('include loopback, unspecified and interface addresses, and the host names', () => {
    const interfaces = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    const addresses = interfaces
      .filter(({ address }) => !address.includes('%'))
      .map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address));
    for (const host of [
      ...['127.0.0.1', '127.9.9.9', '2130706433', '0x7f.1', '0.0.0.0', '0', '[::1]', '[::]'],
      ...['[::ffff:127.0.0.1]', '[::ffff:0.0.0.0]', 'localhost', 'localhost.', 'a.localhost'],
      ...[hostname(), `${hostname()}.`, ...addresses],
    ]) {
      const url = new URL(`https://${host}/upload`);
      assert.equal(isThisComputer(url.hostname), true, host);
      assert.throws(() => assertNotLocal(url, ELSEWHERE), { code: 'BACKEND_REFUSED' }, host);
      assert.doesNotThrow(() => assertNotLocal(url, 'http://127.0.0.1:8080'), host);
    }
  });

  it('exclude addresses of other computers', () => {
    for (const host of [
      ...['api.example.com', '192.0.2.1', '[2001:db8::1]', '[::ffff:192.0.2.1]', '128.0.0.1'],
      ...['localhost.example.com', 'notlocalhost', `${hostname()}.example.com`],
    ]) {
      assert.equal(isThisComputer(new URL(`https://${host}`).hostname), false, host);
    }
  });

  it('are not connected to when a host name resolves to one among others', async () => {
    const backend = await startBackend();
    const transport = createUndiciTransport();
    const { port } = new URL(backend.url);
    const send = (onlyElsewhere: boolean) =>
      transport.send({
        method: 'GET',
        url: new URL(`http://storage.example.com:${port}/api/v1/dev/me`),
        onlyElsewhere,
      });
    try {
      for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '0.0.0.0']) {
        const family = address.includes(':') ? 6 : 4;
        mock.method(dns, 'lookup', ((_name, { all }, callback) => {
          const addresses = [
            { address: '192.0.2.1', family: 4 },
            { address, family },
          ];
          process.nextTick(() =>
            all ? callback(null, addresses) : callback(null, address, family),
          );
        }) as (
          name: string,
          options: { all?: boolean },
          callback: (...args: unknown[]) => void,
        ) => void);
        await rejectsWith('BACKEND_REFUSED', send(true));
        mock.restoreAll();
      }
      assert.equal(backend.requests.length, 0);
      mock.method(dns, 'lookup', ((_name, { all }, callback) =>
        process.nextTick(() =>
          all
            ? callback(null, [{ address: '127.0.0.1', family: 4 }])
            : callback(null, '127.0.0.1', 4),
        )) as (
        name: string,
        options: { all?: boolean },
        callback: (...args: unknown[]) => void,
      ) => void);
      assert.equal((await send(false)).status, 401);
    } finally {
      await backend.close();
    }
  });
});
