import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { I99dashError } from '../../../src/core/errors';
import type { HttpResponse, Transport } from '../../../src/core/platform/interfaces';
import { checkSetup, type SetupDeps } from '../../../src/core/setup/checkSetup';
import type { SetupCheck, SetupTopic } from '../../../src/core/setup/setupCheck';
import { FakeClock } from '../../support/fakes';
import { generateTestKey } from '../../support/ssh-key';
import { useTempFolder } from '../../support/temp-folder';

const REFUSED = JSON.stringify({ success: false, error: { code: 'UNAUTHORIZED', message: 'no' } });
const HOUR_MS = 3_600_000;

describe('the setup check', () => {
  const folder = useTempFolder();
  const clock = new FakeClock();
  let response: HttpResponse;
  let failure: I99dashError | undefined;
  let authorizations: (string | undefined)[];
  let deps: SetupDeps;

  const transport: Transport = {
    send: ({ headers = {} }) => {
      authorizations.push(headers['authorization']);
      return failure === undefined ? Promise.resolve(response) : Promise.reject(failure);
    },
  };

  beforeEach(() => {
    const date = new Date(clock.now()).toUTCString();
    response = { status: 401, headers: { date }, text: REFUSED };
    failure = undefined;
    authorizations = [];
    deps = {
      ...{ clock, transport, network: { trust: { systemCertificates: false } } },
      backendUrl: () => 'https://api.test',
      keyPath: join(folder.path, 'id_ed25519'),
      agentKeys: () => Promise.resolve(undefined),
      projects: [],
      env: { PATH: folder.path }, // runs no program
    };
  });

  async function check(topic: SetupTopic): Promise<SetupCheck> {
    const checks = await checkSetup(deps, new AbortController().signal);
    for (const { status, step, message } of checks) {
      const isFinding = status === 'warning' || status === 'error';
      assert.equal(step !== undefined, isFinding, `${message} has a step if it is a finding`);
    }
    return checks.find((each) => each.topic === topic) ?? assert.fail(`${topic} is checked`);
  }

  const outline = async (topic: SetupTopic) => {
    const { status, step } = await check(topic);
    return [status, step?.kind];
  };

  it('looks at everything in one order and sends no credential', async () => {
    const checks = await checkSetup(deps, new AbortController().signal);
    assert.deepEqual(
      checks.map(({ topic }) => topic),
      ['key', 'agent', 'backend', 'clock', 'proxy', 'certificates', 'node', 'packageManager'],
    );
    assert.deepEqual(authorizations, [undefined]);
  });

  it('accepts an ed25519 key with and without a passphrase, without asking for it', async () => {
    const open = await generateTestKey({ folder: folder.path });
    assert.deepEqual(await outline('key'), ['ok', undefined]);
    const sealed = { folder: folder.path, name: 'sealed', passphrase: 'secret', rounds: 1 };
    deps = { ...deps, keyPath: (await generateTestKey(sealed)).path };
    assert.match((await check('key')).message, /has a passphrase/u);
    assert.ok(open.path.endsWith('id_ed25519'));
  });

  it('offers a new key where there is none or one of another type', async () => {
    assert.deepEqual(await outline('key'), ['error', 'generateKey']);
    const rsa = await generateTestKey({ folder: folder.path, type: 'rsa' });
    deps = { ...deps, keyPath: rsa.path };
    assert.deepEqual(await outline('key'), ['error', 'generateKey']);
  });

  it('leads to the settings when the file is no private key', async () => {
    const keyPath = join(folder.path, 'notes');
    await writeFile(keyPath, 'buy milk');
    deps = { ...deps, keyPath };
    assert.deepEqual((await check('key')).step, {
      ...{ kind: 'openSettings', setting: 'i99dash.ssh.keyPath' },
    });
  });

  it('needs no key file when the agent has a key', async () => {
    deps = { ...deps, agentKeys: () => Promise.resolve([{ fingerprint: 'SHA256:x' }]) };
    assert.deepEqual(await outline('key'), ['ok', undefined]);
    assert.equal((await check('agent')).message, 'Your SSH agent has 1 ed25519 key.');
    deps = { ...deps, agentKeys: () => Promise.resolve([]) };
    assert.deepEqual(await outline('key'), ['error', 'generateKey']);
  });

  it('tells an agent that fails from one that is not used', async () => {
    assert.deepEqual(await outline('agent'), ['skipped', undefined]);
    const error = new I99dashError('AGENT_UNAVAILABLE', 'The agent is gone.');
    deps = { ...deps, agentKeys: () => Promise.reject(error) };
    const { status, message, step } = await check('agent');
    assert.deepEqual([status, message], ['warning', 'The agent is gone.']);
    assert.deepEqual(step, { kind: 'openSettings', setting: 'i99dash.ssh.agentSocket' });
  });

  it('takes any answer of the backend itself for one, even a refusal', async () => {
    assert.equal((await check('backend')).message, 'api.test answers.');
    for (const [status, text] of [
      [200, '{"success":true,"data":{}}'],
      [404, REFUSED],
    ] as const) {
      response = { ...response, status, text };
      assert.deepEqual(await outline('backend'), ['ok', undefined], text);
    }
  });

  it('tells a web page or another server from the backend', async () => {
    for (const [status, text] of [
      [200, '<html>Sign in to the hotel</html>'],
      [302, ''],
      [404, 'nothing'],
    ] as const) {
      response = { ...response, status, text };
      const { status: found, step } = await check('backend');
      assert.equal(found, 'error', text);
      assert.deepEqual(step, { kind: 'openSettings', setting: 'i99dash.backendUrl' });
    }
  });

  it('offers to check again when the backend is down or cannot be reached', async () => {
    response = { ...response, status: 503 };
    assert.deepEqual(await outline('backend'), ['error', 'checkAgain']);
    failure = new I99dashError('OFFLINE', 'No network.');
    assert.deepEqual(await outline('backend'), ['error', 'checkAgain']);
    assert.deepEqual(await outline('clock'), ['skipped', undefined]);
    assert.deepEqual(await outline('proxy'), ['ok', undefined]);
  });

  it('leads to the setting of a backend that is refused', async () => {
    const refused = new I99dashError('BACKEND_REFUSED', 'It must be https.');
    deps = { ...deps, backendUrl: () => assert.fail(refused) };
    const { message, step } = await check('backend');
    assert.equal(message, 'It must be https.');
    assert.deepEqual(step, { kind: 'openSettings', setting: 'i99dash.backendUrl' });
    assert.deepEqual(await outline('proxy'), ['skipped', undefined]);
  });

  it('warns of a clock that is two minutes off, in both directions', async () => {
    for (const [offset, expected] of [
      [-HOUR_MS, 'warning'],
      [-121_000, 'warning'],
      [-60_000, 'ok'],
      [60_000, 'ok'],
      [125_000, 'warning'],
    ] as const) {
      response.headers = { date: new Date(clock.now() + offset).toUTCString() };
      assert.equal((await check('clock')).status, expected, String(offset));
    }
    for (const headers of [{}, { date: 'soon' }] as Record<string, string>[]) {
      response.headers = headers;
      assert.deepEqual(await outline('clock'), ['skipped', undefined]);
    }
  });

  it('names the proxy, and leads to its setting when it refuses', async () => {
    assert.equal((await check('proxy')).message, 'No proxy is used.');
    deps = { ...deps, network: { proxy: { url: 'http://me:secret@proxy.test:8080' } } };
    assert.equal((await check('proxy')).message, 'The proxy proxy.test:8080 (http.proxy) is used.');
    failure = new I99dashError('OFFLINE', 'The proxy asks who you are.', { setting: 'http.proxy' });
    const { status, step } = await check('proxy');
    assert.equal(status, 'error');
    assert.deepEqual(step, { kind: 'openSettings', setting: 'http.proxy' });
  });

  it('reports certificates that are not trusted or cannot be read', async () => {
    assert.deepEqual(await outline('certificates'), ['ok', undefined]);
    const extraFile = join(folder.path, 'missing.pem');
    deps = { ...deps, network: { trust: { systemCertificates: false, extraFile } } };
    assert.match((await check('certificates')).message, /NODE_EXTRA_CA_CERTS .* \(ENOENT\)/u);
    failure = new I99dashError('TLS', 'The certificate has expired.');
    assert.deepEqual(await outline('certificates'), ['error', 'openSettings']);
  });

  it('finds Node.js with its version, or leads to its download', async () => {
    deps = { ...deps, env: process.env };
    assert.match((await check('node')).message, /^Node\.js v\d+\.\d+\.\d+ is installed\.$/u);
    deps = { ...deps, env: { PATH: folder.path } };
    assert.deepEqual(await outline('node'), ['warning', 'openPage']);
  });

  it('looks for the package manager of each mini-app without running it', async () => {
    assert.deepEqual(await outline('packageManager'), ['skipped', undefined]);
    const project = join(folder.path, 'trip-log');
    await mkdir(project);
    deps = { ...deps, projects: [{ folder: project, root: project }] };
    assert.deepEqual(await outline('packageManager'), ['skipped', undefined]);
    await writeFile(join(project, 'package.json'), '{}');
    await writeFile(join(project, 'pnpm-lock.yaml'), '');
    const missing = await check('packageManager');
    assert.equal(missing.message, 'trip-log uses pnpm, which was not found.');
    assert.deepEqual(missing.step, { kind: 'openPage', url: 'https://pnpm.io/installation' });
    const program = join(folder.path, process.platform === 'win32' ? 'pnpm.cmd' : 'pnpm');
    await writeFile(program, 'exit 1');
    await chmod(program, 0o755);
    assert.equal((await check('packageManager')).message, 'Installed: pnpm.');
  });
});
