import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';
import type { NetworkConfiguration } from '../../../src/core/http/networkConfiguration';
import { createUndiciTransport } from '../../../src/core/http/undiciTransport';
import { isTransient } from '../../../src/core/http/retry';
import { startConnectProxy } from '../../support/connect-proxy';
import { rejectsWith } from '../../support/expect';
import { hasOpenssl3, makeCertificates } from '../../support/openssl-certificates';
import { useTempFolder } from '../../support/temp-folder';

const EC_SHA1 = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -sha1';
const ca = ['basicConstraints=critical,CA:TRUE'];
const RECIPES = {
  good: {},
  clientOnly: { extensions: ['extendedKeyUsage=clientAuth'] },
  listsOnly: { extensions: ['keyUsage=critical,cRLSign'] },
  noAuthority: { extensions: ['basicConstraints=critical,CA:FALSE'] },
  byNoAuthority: { issuer: 'noAuthority' },
  clientAuthority: { extensions: [...ca, 'extendedKeyUsage=clientAuth'] },
  byClientAuthority: { issuer: 'clientAuthority' },
  noSigner: { extensions: [...ca, 'keyUsage=critical,digitalSignature'] },
  byNoSigner: { issuer: 'noSigner' },
  lastAuthority: { extensions: ['basicConstraints=critical,CA:TRUE,pathlen:0'] },
  oneTooMany: { issuer: 'lastAuthority', extensions: ca },
  byOneTooMany: { issuer: 'oneTooMany' },
  sha1: { options: EC_SHA1 },
  constrained: { extensions: [...ca, 'nameConstraints=critical,permitted;DNS:example.com'] },
  outside: { issuer: 'constrained' },
  unknownRule: { extensions: ['1.2.3.4=critical,ASN1:UTF8String:x'] },
  otherName: { extensions: ['subjectAltName=DNS:other.test'] },
} as const;

const REFUSED: readonly [title: string, keyof typeof RECIPES, words: RegExp][] = [
  ['is for clients only', 'clientOnly', /not meant for this use \(INVALID_PURPOSE\)/u],
  ['is for revocation lists only', 'listsOnly', /not meant for this use \(INVALID_PURPOSE\)/u],
  ['is issued by a certificate that is not an authority', 'byNoAuthority', /administrator of/u],
  ['is issued by an authority for clients', 'byClientAuthority', /administrator of/u],
  ['is issued by an authority that may not sign', 'byNoSigner', /key usage|\([A-Z_]+\)/u],
  ['exceeds the path length of its authority', 'byOneTooMany', /\(PATH_LENGTH_EXCEEDED\)/u],
  ['is signed with SHA-1', 'sha1', /digest algorithm too weak|\([A-Z_]+\)/u],
  ['breaks the name constraints of its authority', 'outside', /subtree|\([A-Z_]+\)/u],
  ['has an unknown critical extension', 'unknownRule', /critical extension|\([A-Z_]+\)/u],
  ['is for another name', 'otherName', /for another name \(ERR_TLS_CERT_ALTNAME_INVALID\)/u],
];

describe('rejected certificate', function () {
  const temp = useTempFolder('all');
  let certificates: ReturnType<typeof makeCertificates<keyof typeof RECIPES>>;
  let network: NetworkConfiguration;
  let received: string;
  let server: Server | undefined;
  let client: ChildProcess | undefined;

  before(function () {
    this.timeout(60_000);
    if (!hasOpenssl3()) this.skip();
    certificates = makeCertificates(temp.path, RECIPES);
  });
  beforeEach(() => {
    received = '';
    network = { trust: { extraFile: certificates.root, systemCertificates: false } };
  });
  afterEach(() => {
    server?.close();
    client?.kill();
    server = client = undefined;
  });

  async function serve(name: keyof typeof RECIPES): Promise<number> {
    // Only a permissive server presents a certificate that is signed with SHA-1.
    const options = { ...certificates.issue(name), ciphers: 'DEFAULT@SECLEVEL=0' };
    server = createServer(options, (socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString();
        socket.end('HTTP/1.1 204 No Content\r\n\r\n');
      });
    });
    server.on('tlsClientError', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  const get = (url: string) =>
    createUndiciTransport({ network: () => network }).send({ method: 'GET', url: new URL(url) });

  it('is not one that a trusted authority issued correctly', async () => {
    const port = await serve('good');
    assert.equal((await get(`https://localhost:${port}`)).status, 204);
  });

  for (const [title, name, words] of REFUSED) {
    it(`is reported as a TLS error when it ${title}`, async () => {
      const port = await serve(name);
      const error = await rejectsWith('TLS', get(`https://localhost:${port}`));
      assert.match(error.message, new RegExp(`^The certificate of localhost:${port}`, 'u'));
      assert.match(error.message, words);
      assert.equal(isTransient(error), false);
      assert.equal(received, '', 'nothing is sent');
    });
  }

  it('is reported through a proxy and for the proxy itself', async () => {
    const port = await serve('clientOnly');
    const behind = await startConnectProxy({ routes: { 'api.test': port } });
    const own = await startConnectProxy({ tls: certificates.issue('byNoSigner') });
    try {
      network = { ...network, proxy: { url: behind.url } };
      const error = await rejectsWith('TLS', get('https://api.test'));
      assert.match(error.message, /^The certificate of api\.test, .* \(INVALID_PURPOSE\)/u);
      network = { ...network, proxy: { url: own.url.replace('127.0.0.1', 'localhost') } };
      const ofProxy = await rejectsWith('TLS', get('https://api.test'));
      assert.match(ofProxy.message, /^The certificate of the proxy localhost:/u);
      assert.equal(own.asked.length, 0);
    } finally {
      await behind.close();
      await own.close();
    }
  });

  for (const [version, words] of [
    ['tls1_2', /^(?:localhost:\d+ asks for a certificate|No secure connection to localhost)/u],
    ['tls1_3', /^localhost:\d+ asks for a certificate of this computer/u],
  ] as const) {
    it(`is reported as TLS when the server requires a client certificate (${version})`, async () => {
      const own = [
        '-accept',
        '127.0.0.1:0',
        `-${version}`,
        '-cert',
        'good.pem',
        '-key',
        'good.key',
      ];
      const options = [...own, '-Verify', '1', '-verify_return_error'];
      client = spawn('openssl', ['s_server', ...options], { cwd: temp.path });
      const port = await readPort(client);
      const error = await rejectsWith('TLS', get(`https://localhost:${port}`));
      assert.match(error.message, words);
      assert.equal(isTransient(error), false);
    });
  }
});

/** The port that `openssl s_server` reports. */
function readPort(server: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    server.once('exit', () => reject(new Error(`openssl ended: ${said}`)));
    server.stdout?.on('data', (chunk) => {
      said += String(chunk);
      const port = /^ACCEPT .*:(\d+)$/mu.exec(said)?.[1];
      if (port !== undefined) resolve(port);
    });
  });
}
