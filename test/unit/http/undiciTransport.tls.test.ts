import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NetworkConfiguration } from '../../../src/core/http/networkConfiguration';
import { readCertificates } from '../../../src/core/http/certificateStore';
import { createUndiciTransport } from '../../../src/core/http/undiciTransport';
import { type Backend, startBackend } from '../../backend/server';
import {
  certificateAuthority,
  selfSignedCertificate,
  type TestCertificate,
} from '../../support/certificate';
import { startConnectProxy } from '../../support/connect-proxy';
import { rejectsWith } from '../../support/expect';
import { useTempFolder } from '../../support/temp-folder';

const PATH = '/api/v1/dev/me';

describe('trusted certificates of the transport', () => {
  const temp = useTempFolder();
  const authority = certificateAuthority();
  let backend: Backend | undefined;
  let network: NetworkConfiguration;

  beforeEach(() => {
    network = {};
  });
  afterEach(() => backend?.close());

  const start = async (certificate: TestCertificate): Promise<string> => {
    backend = await startBackend({ tls: certificate });
    return backend.url.replace('127.0.0.1', 'localhost');
  };
  const newTransport = () => createUndiciTransport({ network: () => network });
  const get = (url: string, transport = newTransport()) =>
    transport.send({ method: 'GET', url: new URL(`${url}${PATH}?sig=s3cret`) });
  const trust = async (text: string): Promise<void> => {
    const extraFile = join(temp.path, 'extra.pem');
    await writeFile(extraFile, text);
    network = { trust: { extraFile } };
  };
  const words = async (url: string): Promise<string> => {
    const { message } = await rejectsWith('TLS', get(url));
    assert.ok(!message.includes('s3cret'));
    assert.equal(backend?.requests.length, 0, 'nothing was sent');
    return message;
  };

  it('include those of NODE_EXTRA_CA_CERTS', async () => {
    const url = await start(authority.issue());
    assert.match(await words(url), /an authority that this computer does not know/u);
    await trust(`${certificateAuthority('Another').cert}\n# a comment\n${authority.cert}`);
    assert.equal((await get(url)).status, 401);
  });

  it('include those of NODE_EXTRA_CA_CERTS with the older PEM label', async () => {
    const url = await start(authority.issue());
    await trust(authority.cert.replaceAll(' CERTIFICATE-', ' X509 CERTIFICATE-'));
    assert.equal((await get(url)).status, 401);
  });

  it('are loaded once for concurrent requests', async () => {
    const url = await start(authority.issue());
    await trust(authority.cert);
    const transport = newTransport();
    const answers = await Promise.all([1, 2, 3].map(() => get(url, transport)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [401, 401, 401],
    );
  });

  it('are loaded again after a failed verification', async () => {
    const url = await start(authority.issue());
    await trust(certificateAuthority('Another').cert);
    const transport = newTransport();
    await rejectsWith('TLS', get(url, transport));
    await trust(authority.cert);
    assert.equal((await get(url, transport)).status, 401);
    network = {};
    const error = await rejectsWith('TLS', get(url, transport));
    assert.match(error.message, /does not know/u, 'a setting that is taken back counts');
  });

  it('include the valid certificates of a partly invalid file', async () => {
    const url = await start(authority.issue());
    const broken = authority.cert.replace(/\n.{20}/u, '\nAAAAAAAAAAAAAAAAAAAA');
    await trust(`${broken}${authority.cert}`);
    assert.equal((await get(url)).status, 401);
    for (const useless of ['', 'no certificate', broken]) {
      await trust(useless);
      await rejectsWith('TLS', get(url));
    }
    network = { trust: { extraFile: join(temp.path, 'gone.pem') } };
    await rejectsWith('TLS', get(url));
    assert.equal((await readCertificates(network.trust ?? {})).extra, 'ENOENT');
  });

  it('are distinguished in the message when verification fails', async () => {
    const self = await words(await start(selfSignedCertificate()));
    assert.match(self, /signed by itself \(DEPTH_ZERO_SELF_SIGNED_CERT\)/u);
    await backend?.close();
    await trust(authority.cert);
    const expired = await words(await start(authority.issue({ expired: true })));
    assert.match(expired, /has expired \(CERT_HAS_EXPIRED\)/u);
    await backend?.close();
    const wrong = await words(await start(authority.issue({ host: 'other.example.test' })));
    assert.match(wrong, /for another name/u);
  });

  it('are verified whatever NODE_TLS_REJECT_UNAUTHORIZED says, for the proxy too', async () => {
    const url = await start(selfSignedCertificate());
    const proxy = await startConnectProxy({
      tls: selfSignedCertificate(),
      routes: { 'api.example.test': Number(new URL(url).port) },
    });
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      await words(url);
      network = { proxy: { url: proxy.url.replace('127.0.0.1', 'localhost') } };
      const error = await rejectsWith('TLS', get('https://api.example.test'));
      assert.match(error.message, /^The certificate of the proxy/u);
      assert.equal(proxy.asked.length, 0);
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      await proxy.close();
    }
    const plain = await startConnectProxy({
      routes: { 'api.example.test': Number(new URL(url).port) },
    });
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      network = { proxy: { url: plain.url } };
      await words('https://api.example.test');
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      await plain.close();
    }
  });
});
