import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { downloadPackage } from './download';
import { FetchError } from './npm';

const TARBALL = randomBytes(200_000);
const HALF = 100_000;

describe('downloading a package', () => {
  const before = process.env['npm_config_registry'];
  let dir: string;
  let server: Server;
  let ranges: (string | undefined)[];
  let breaks: number;
  let reports: string[];

  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'i99dash-download-'));
    ranges = [];
    breaks = 0;
    reports = [];
    server = createServer(({ url, headers: { range } }, response) => {
      if (url !== '/thing.tgz') return response.end(JSON.stringify(packument()));
      ranges.push(range);
      const start = Number(/\d+/u.exec(range ?? '')?.[0] ?? 0);
      const rest = TARBALL.subarray(start);
      response.writeHead(start > 0 ? 206 : 200, { 'content-length': rest.length });
      if (breaks-- <= 0) return response.end(rest);
      return response.write(rest.subarray(0, HALF), () => {
        void written(HALF).then(() => response.destroy());
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    process.env['npm_config_registry'] = address();
  });

  afterEach(async () => {
    if (before === undefined) delete process.env['npm_config_registry'];
    else process.env['npm_config_registry'] = before;
    server.closeAllConnections();
    server.close();
    await rm(dir, { recursive: true, force: true });
  });

  const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  /** Waits until at least this many bytes of the download are on disk. */
  const written = async (bytes: number): Promise<void> => {
    const read = async (): Promise<number> => {
      const [name = ''] = await readdir(dir);
      return (await stat(path.join(dir, name))).size;
    };
    while ((await read()) < bytes) await delay(10);
  };
  const packument = (): object => {
    const digest = createHash('sha512').update(TARBALL).digest('base64');
    const dist = { tarball: `${address()}thing.tgz`, integrity: `sha512-${digest}` };
    const version = { name: 'thing', version: '1.2.3', dist };
    return { name: 'thing', versions: { '1.2.3': version }, 'dist-tags': { latest: '1.2.3' } };
  };
  const download = (): Promise<string> =>
    downloadPackage('thing@1', { dir, report: (text) => reports.push(text) });

  it('continues where the line broke, and says how much there is', async () => {
    breaks = 1;
    const file = await download();
    assert.deepEqual(await readFile(file), TARBALL);
    assert.deepEqual(ranges, [undefined, `bytes=${HALF}-`]);
    assert.match(reports.join('\n'), /thing-1\.2\.3\.tgz: 0\.2 MB[^]*going on at 0\.1 of 0\.2 MB/u);
  });

  it('continues what a process that was killed has left', async () => {
    // No process has this ID: it is above the system's maximum.
    await writeFile(path.join(dir, 'thing-1.2.3.tgz.partial-99999999'), TARBALL.subarray(0, 7));
    assert.deepEqual(await readFile(await download()), TARBALL);
    assert.deepEqual(ranges, ['bytes=7-']);
    assert.deepEqual(await readdir(dir), ['thing-1.2.3.tgz']);
  });

  it('fetches nothing that is there', async () => {
    await download();
    await download();
    assert.equal(ranges.length, 1);
  });

  it('says what could not be fetched, and why, without a connection', async () => {
    process.env['npm_config_registry'] = 'http://127.0.0.1:9/';
    await assert.rejects(
      download(),
      (error) =>
        error instanceof FetchError &&
        error.message.includes('Could not fetch thing@1: npm has no connection'),
    );
  });
});
