import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import * as vscode from 'vscode';
import { json } from '../../backend/envelope';
import type { BackendRequest, BackendResponse } from '../../backend/exchange';
import type { LoggedRequest } from '../../backend/request-log';
import { OPERATOR_ACCOUNT, PROFILES } from '../../backend/profiles';
import { type Backend, DEFAULT_ACCOUNT, startBackend } from '../../backend/server';
import { type ConnectProxy, startConnectProxy } from '../../support/connect-proxy';
import { privateHalf } from '../../support/private-half';
import { SecretSearch, formsOf, type Secret } from '../../support/secret-search';
import type { TestKey } from '../../support/ssh-key';
import {
  copyMiniApp,
  makeKey,
  makeRegisteredKey,
  run,
  setSetting,
  useBackend,
  useMessages,
  workspacePath,
} from '../support';

const PASSPHRASE = 'a-passphrase to be found';
const WRONG_PASSPHRASE = 'a-wrong passphrase to be found';
const PROXY_PASSWORD = 'proxy-password-to-be-found';
const SETTING_PASSWORD = 'proxy-password-of-a-setting-to-be-found';
const HEADER_PASSWORD = 'proxy-password-of-a-header-to-be-found';
const AUTHORIZATION = `Basic ${Buffer.from(`somebody:${HEADER_PASSWORD}`).toString('base64')}`;
const URL_PASSWORD = 'url-password-to-be-found';
const PROXY_SETTINGS = ['http.proxy', 'http.proxyAuthorization'];
const INVENTED_TOKEN = 'an-invented-token-to-be-found';
/** A host that does not exist; a proxy is asked for it. */
const NOBODY = 'https://nobody.invalid';

/** The secret parts of backend responses. */
const TOLD = /"(access_token|device_code)":"([^"]{8,})"|[?&](X-Signature)=([0-9a-f]+)/gu;

describe('secrets after a run of every feature', () => {
  before(function () {
    if (process.platform === 'win32') this.skip(); // reads what other programs hold open
  });

  const developers = useBackend({ deviceCode: true, deviceIntervalSeconds: 1 });
  let operators: Backend;
  /** A server that must receive no request. */
  let elsewhere: Backend;
  /** A proxy that rejects every request. */
  let proxy: ConnectProxy;
  const shown = useMessages();
  const environment = { ...process.env };
  const { openExternal } = vscode.env;

  const secrets: Secret[] = [];
  /** Results, errors, messages, opened URLs and clipboard contents meant for others. */
  const seen: unknown[] = [];
  const keyFiles: string[] = [];
  let signatures = 0;

  before(async function () {
    if (process.platform === 'win32') return;
    [operators, elsewhere] = await Promise.all([startBackend(PROFILES.operator), startBackend()]);
    proxy = await startConnectProxy({ credentials: 'somebody:else' });
    Object.assign(process.env, proxies());
    Object.assign(vscode.env, {
      openExternal: (uri: vscode.Uri) => Promise.resolve(seen.push(uri.toString(true)) > 0),
    });
    secrets.push(
      { name: 'the passphrase', value: PASSPHRASE },
      { name: 'the wrong passphrase', value: WRONG_PASSPHRASE },
      { name: 'the password of the proxy', value: PROXY_PASSWORD },
      { name: 'the password of the proxy in http.proxy', value: SETTING_PASSWORD },
      { name: 'the password in http.proxyAuthorization', value: HEADER_PASSWORD },
      { name: 'the value of http.proxyAuthorization', value: AUTHORIZATION },
      { name: 'the password in an address', value: URL_PASSWORD },
      { name: 'the invented token', value: INVENTED_TOKEN },
    );
    for (const backend of [developers.current, operators]) listen(backend);
    await useKeys();
    await publishInVain();
    await setUpCi();
    await useOtherCredentials();
    await useOperators();
    await useEnvironment();
    await useProxies();
    seen.push(...shown);
  });

  after(async () => {
    for (const name of ['I99DASH_TOKEN', 'I99DASH_API_KEY', 'I99DASH_BACKEND_URL']) {
      Reflect.deleteProperty(process.env, name);
    }
    for (const name of Object.keys(proxies())) {
      const { [name]: value } = environment;
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    Object.assign(vscode.env, { openExternal });
    for (const name of [...PROXY_SETTINGS, 'i99op.enabled', 'i99op.backendUrl']) {
      await setSetting(name, undefined);
    }
    await Promise.all([operators.close(), elsewhere.close(), proxy.close()]);
  });

  function proxies(): Record<string, string> {
    const url = proxyUrl(PROXY_PASSWORD);
    return { HTTP_PROXY: url, HTTPS_PROXY: url, NO_PROXY: '127.0.0.1,localhost' };
  }

  function proxyUrl(password: string): string {
    return proxy.url.replace('//', `//somebody:${password}@`);
  }

  /** Runs a command that succeeds. */
  async function succeeds(id: string, ...args: unknown[]): Promise<Record<string, unknown>> {
    const result = await run(id, ...args);
    seen.push(result);
    return result;
  }

  /** Runs a command that fails with this code. */
  async function fails(code: string, id: string, ...args: unknown[]): Promise<void> {
    const failure = await run(id, ...args).then(
      () => undefined,
      (error: unknown) => error,
    );
    seen.push(failure);
    assert.equal((failure as { code?: unknown } | undefined)?.code, code, inspect(failure));
  }

  function keep(name: string, value: string | Buffer): void {
    if (!secrets.some((secret) => secret.value === value)) secrets.push({ name, value });
  }

  /** Collects the secrets in a backend's responses. */
  function listen(backend: Backend): void {
    const path = /\/(ssh\/verify|device\/authorize|device\/token|upload-url)$/u;
    backend.faults.inject({
      match: { path },
      times: 'always',
      fault: { kind: 'custom', handler: (_request, next) => next().then(learn) },
    });
  }

  function learn(answer: BackendResponse): BackendResponse {
    const text = Buffer.isBuffer(answer.body) ? answer.body.toString() : answer.body;
    assert.ok(typeof text === 'string');
    for (const [, field, value = '', signature, digits = ''] of text.matchAll(TOLD)) {
      keep(`what was told as ${field ?? signature ?? ''}`, value + digits);
      if (signature !== undefined) signatures += 1;
    }
    return answer;
  }

  function keepPrivateHalf({ path }: TestKey, name: string): void {
    const parts = privateHalf(path);
    for (const line of parts.slice(0, 2)) keep(name, line);
    keep(name, Buffer.from(parts.at(-1) ?? '', 'latin1'));
    keyFiles.push(path);
  }

  async function useKeys(): Promise<void> {
    const { state } = developers.current;
    const plain = await makeRegisteredKey(developers.current, 'plain-secret');
    keepPrivateHalf(plain, 'the private key');
    const made = { path: '~/.ssh/made-secret', passphrase: PASSPHRASE, comment: 'made' };
    const { path } = (await succeeds('i99dash.generateKey', made)) as { path: string };
    keyFiles.push(path);
    for (const line of readFileSync(path, 'utf8').split('\n').slice(2, 4)) {
      keep('the encrypted private key', line);
    }
    state.addKey(DEFAULT_ACCOUNT.devId, readFileSync(`${path}.pub`, 'utf8'), { name: 'made' });
    const wrong = { keyPath: path, passphrase: WRONG_PASSPHRASE };
    await fails('KEY_WRONG_PASSPHRASE', 'i99dash.signIn', wrong);
    await succeeds('i99dash.signIn', { keyPath: path, passphrase: PASSPHRASE });
    state.revokeTokens();
    await succeeds('i99dash.whoAmI');
    await succeeds('i99dash.listKeys');
    await fails('KEY_IS_PRIVATE', 'i99dash.addKey', { publicKeyPath: plain.path });
    await fails('KEY_IS_PRIVATE', 'i99dash.copyPublicKey', { publicKeyPath: plain.path });
    await run('i99dash.copyDiagnostics');
    seen.push(await vscode.env.clipboard.readText());
  }

  async function publishInVain(): Promise<void> {
    const folder = vscode.Uri.file(copyMiniApp('tyre-pressure', 'kept-secret'));
    const publish = { folder, confirmed: true };
    await succeeds('i99dash.publish', publish);
    await succeeds('i99dash.publish', { ...publish, track: 'beta', releaseNotes: 'notes' });
    await succeeds('i99dash.status', { appId: 'kept-secret' });
    for (const answer of [repeatAsXml, repeatAsPage, repeatAsRedirect]) {
      const fault = { kind: 'custom', handler: answer } as const;
      const injected = developers.current.faults.inject({
        ...{ match: { method: 'PUT' }, times: 'always', fault },
      });
      await fails('UPLOAD_FAILED', 'i99dash.publish', publish);
      injected.remove();
    }
    const injected = developers.current.faults.inject({
      match: { path: /\/submit$/u },
      fault: { kind: 'custom', handler: repeatInWords },
    });
    await fails('SERVER', 'i99dash.publish', publish);
    assert.equal(injected.hits, 1);
    rmSync(folder.fsPath, { recursive: true });
  }

  const urlOf = ({ path, query }: BackendRequest): string =>
    `${developers.current.url}${path}?${query.toString()}`;

  /** Repeats the request as XML, as S3 does in some of its errors. */
  function repeatAsXml(request: BackendRequest): BackendResponse {
    const body = `<Error><Code>SignatureDoesNotMatch</Code><Message>${urlOf(request)}</Message></Error>`;
    return { status: 403, headers: { 'content-type': 'application/xml' }, body };
  }

  function repeatAsPage(request: BackendRequest): BackendResponse {
    const body = `<html><title>${urlOf(request)}</title></html>`;
    return { status: 400, headers: { 'content-type': 'text/html' }, body };
  }

  function repeatAsRedirect({ path, query }: BackendRequest): BackendResponse {
    const location = `${elsewhere.url}${path}?${query.toString()}`;
    return { status: 307, headers: { location }, body: '' };
  }

  function repeatInWords({ headers }: BackendRequest): BackendResponse {
    const [signature] = secrets.filter(({ name }) => name.includes('X-Signature'));
    const url = `${developers.current.url}/storage/1?X-Signature=${String(signature?.value)}`;
    const message = `${headers['authorization'] ?? ''} may not submit ${url}`;
    return json(400, { success: false, data: null, error: { code: 'ODD', message } });
  }

  async function setUpCi(): Promise<void> {
    const folder = vscode.Uri.file(workspacePath('tyre-pressure'));
    const result = await succeeds('i99dash.setUpCi', { folder, name: 'ci', confirmed: true });
    seen.push(vscode.window.activeTextEditor?.document.getText(), String(result['workflow']));
    const secret = await vscode.env.clipboard.readText();
    assert.match(secret, /PRIVATE KEY/u);
    const lines = secret.split('\n').slice(2, 5);
    for (const line of lines) keep('the private key of the pipeline', line);
    await vscode.env.clipboard.writeText('');
    await run('workbench.action.revertAndCloseActiveEditor');
  }

  async function useOtherCredentials(): Promise<void> {
    const { state } = developers.current;
    await run('i99dash.signOut');
    const token = state.mintToken({ devId: DEFAULT_ACCOUNT.devId, lifeSeconds: 600 });
    keep('the pasted token', token);
    await succeeds('i99dash.signIn', { method: 'token', token });
    await run('i99dash.copyDiagnostics');
    seen.push(await vscode.env.clipboard.readText());
    await run('i99dash.signOut');
    await fails('SIGN_IN_REJECTED', 'i99dash.signIn', { method: 'token', token: INVENTED_TOKEN });
    await withDeviceCode('i99dash.signIn', { method: 'deviceCode' });
    await withDeviceCode('i99dash.rotateApiKey');
    await succeeds('i99dash.whoAmI');
    await run('i99dash.signOut');
  }

  async function withDeviceCode(id: string, ...args: unknown[]): Promise<void> {
    const { state, requests } = developers.current;
    const before = requests.length;
    const done = succeeds(id, ...args);
    await developers.current.waitForRequest(
      (entry) =>
        entry.path.endsWith('/device/authorize') &&
        entry.status === 200 &&
        requests.indexOf(entry) >= before,
    );
    const code = state.devices.pending().at(-1)?.userCode ?? '';
    state.devices.decide(code, 'approve', DEFAULT_ACCOUNT.devId);
    await done;
  }

  async function useOperators(): Promise<void> {
    await setSetting('i99op.enabled', true);
    const key = await makeKey('operator-secret');
    keepPrivateHalf(key, 'the private key of the operator');
    operators.state.addKey(OPERATOR_ACCOUNT.devId, key.publicKeyLine);
    const baseUrl = operators.url;
    await succeeds('i99op.signIn', { baseUrl, keyPath: key.path });
    await succeeds('i99op.balance');
    await succeeds('i99op.showConfig');
    await succeeds('i99op.listKeys');
    await fails('KEY_IS_PRIVATE', 'i99op.addKey', { publicKeyPath: key.path });
    await run('i99op.signOut');
    const token = operators.state.mintToken({ devId: OPERATOR_ACCOUNT.devId, lifeSeconds: 600 });
    keep('the pasted token of the operator', token);
    await succeeds('i99op.signIn', { baseUrl, token });
    await run('i99op.signOut');
  }

  async function useEnvironment(): Promise<void> {
    const { state } = developers.current;
    const token = state.mintToken({ devId: DEFAULT_ACCOUNT.devId, lifeSeconds: 600 });
    keep('the token of the environment', token);
    process.env['I99DASH_TOKEN'] = token;
    await succeeds('i99dash.whoAmI');
    await run('i99dash.copyDiagnostics');
    seen.push(await vscode.env.clipboard.readText());
    process.env['I99DASH_BACKEND_URL'] = NOBODY;
    await fails('OFFLINE', 'i99dash.whoAmI');
    process.env['I99DASH_BACKEND_URL'] = `https://somebody:${URL_PASSWORD}@example.com`;
    await fails('BACKEND_REFUSED', 'i99dash.whoAmI');
    Reflect.deleteProperty(process.env, 'I99DASH_BACKEND_URL');
    process.env['I99DASH_TOKEN'] = INVENTED_TOKEN;
    await fails('NOT_SIGNED_IN', 'i99dash.whoAmI');
    Reflect.deleteProperty(process.env, 'I99DASH_TOKEN');
  }

  /** Uses each way of configuring proxy credentials. */
  async function useProxies(): Promise<void> {
    process.env['I99DASH_BACKEND_URL'] = NOBODY;
    for (const [setting, value] of [
      [],
      ['http.proxy', proxyUrl(SETTING_PASSWORD)],
      ['http.proxyAuthorization', AUTHORIZATION],
    ] as const) {
      if (setting !== undefined) await setSetting(setting, value);
      await fails('OFFLINE', 'i99dash.signIn', { keyPath: keyFiles[0] });
      await run('i99dash.copyDiagnostics');
      seen.push(await vscode.env.clipboard.readText());
    }
    for (const name of PROXY_SETTINGS) await setSetting(name, undefined);
    Reflect.deleteProperty(process.env, 'I99DASH_BACKEND_URL');
  }

  /** The folder above home, workspace, VS Code's data and logs, and the browser's profile. */
  const root = (): string => dirname(workspacePath());
  const inFiles = () =>
    new SecretSearch(secrets).inFolder(root(), (file) => keyFiles.includes(file));

  it('knows secrets of every kind', () => {
    const names = new Set(secrets.map(({ name }) => name));
    assert.ok(names.size >= 14, [...names].join(', '));
    for (const field of ['device_code', 'X-Signature']) {
      assert.ok(names.has(`what was told as ${field}`), field);
    }
    // Tokens of keys, of device codes and of the operator's key.
    const tokens = secrets.filter(({ name }) => name === 'what was told as access_token');
    assert.ok(tokens.length >= 5, `${tokens.length} tokens`);
    assert.ok(signatures >= 6, `${signatures} presigned addresses`);
  });

  it('finds the proxy credentials of every way to configure them at the proxy', () => {
    const told = new Set(proxy.asked.map(({ headers }) => headers['proxy-authorization']));
    const basic = (password: string): string =>
      `Basic ${Buffer.from(`somebody:${password}`).toString('base64')}`;
    for (const value of [basic(PROXY_PASSWORD), basic(SETTING_PASSWORD), AUTHORIZATION]) {
      assert.ok(told.has(value), value);
    }
  });

  it('puts no secret into a result, error, message, address or diagnostics', () => {
    const search = new SecretSearch(secrets);
    const text = inspect(seen, { depth: null, showHidden: true, maxArrayLength: null });
    assert.ok(text.includes('SignatureDoesNotMatch') && text.includes('Session: '));
    assert.deepEqual(search.in(Buffer.from(text)), []);
    assert.deepEqual(search.in(Buffer.from(JSON.stringify(seen))), []);
  });

  it('puts no secret into a file: no log, state or workspace', () => {
    const { files, findings } = inFiles();
    const logs = files.filter((file) => file.endsWith('i99dash.log'));
    assert.equal(logs.length, 1, 'the log is among what is searched');
    const log = readFileSync(logs[0] ?? '', 'utf8');
    for (const text of [
      'Renewed the session',
      'UPLOAD_FAILED',
      'BACKEND_REFUSED',
      'may not submit',
    ]) {
      assert.match(log, new RegExp(text, 'u'));
    }
    assert.ok(files.length > 50, `${files.length} files were read`);
    assert.deepEqual(findings, []);
  });

  it('finds a secret that is planted in a file', () => {
    for (const { name, value } of secrets) {
      const planted = join(homedir(), 'planted');
      for (const form of formsOf(value)) {
        writeFileSync(planted, Buffer.concat([Buffer.from('x'), form, Buffer.from('x')]));
        const { findings } = new SecretSearch([{ name, value }]).inFolder(
          homedir(),
          (file) => file !== planted,
        );
        assert.ok(findings.includes(`/planted: ${name}`), `${name} as ${form.toString()}`);
      }
      rmSync(planted);
    }
  });

  it('sends each secret only in the request it is for, and none to another server', () => {
    assert.deepEqual(elsewhere.requests, []);
    const search = new SecretSearch(secrets);
    const isUpload = ({ method, path }: LoggedRequest): boolean =>
      method === 'PUT' && path.startsWith('/storage/');
    const isDevicePoll = ({ path }: LoggedRequest): boolean => path.endsWith('/token');
    const requests = [...developers.current.requests, ...operators.requests];
    assert.ok(requests.filter(isUpload).length >= 5 && requests.some(isDevicePoll));
    for (const request of requests) {
      // A presigned URL is its own credential, and a poll sends the device code.
      const { query, json: body, ...rest } = request;
      const told = [rest, isUpload(request) ? {} : query, isDevicePoll(request) ? {} : body];
      assert.deepEqual(search.in(Buffer.from(JSON.stringify(told))), [], request.path);
      if (isUpload(request)) assert.equal(request.hasAuthorization, false);
    }
  });
});
