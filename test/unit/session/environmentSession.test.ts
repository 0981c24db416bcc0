import assert from 'node:assert/strict';
import { ApiClient } from '../../../src/core/api/client';
import { listSshKeys } from '../../../src/core/api/sshKeys';
import { createUndiciTransport } from '../../../src/core/http/undiciTransport';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { rejectsWith } from '../../support/expect';
import { useSessionWorld } from '../../support/session-world';

const MINUTE = 60_000;
const COLLEAGUE = { ...DEFAULT_ACCOUNT, devId: 'dev_colleague', email: 'colleague@example.com' };

describe('credential from the environment', () => {
  const world = useSessionWorld();
  const VARIABLES = ['I99DASH_TOKEN', 'I99DASH_API_KEY'] as const;
  let saved: (string | undefined)[];

  beforeEach(() => {
    saved = VARIABLES.map((name) => process.env[name]);
  });

  afterEach(() => {
    VARIABLES.forEach((name, index) => set(name, saved[index]));
  });

  function set(name: (typeof VARIABLES)[number], value: string | undefined): void {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }

  const tokenFor = (devId: string) =>
    world().backend.state.mintToken({ devId, lifeSeconds: 30 * 24 * 3600 });

  it('overrides the session for as long as it is set', async () => {
    const { session } = await world().signedInWindow();
    world().backend.state.addAccount(COLLEAGUE);
    set('I99DASH_TOKEN', tokenFor(COLLEAGUE.devId));
    assert.deepEqual(session.state, {
      kind: 'environment',
      variable: 'I99DASH_TOKEN',
      account: undefined,
    });
    assert.throws(() => session.identity(), { code: 'NOT_SIGNED_IN' });
    const identity = await session.fetchIdentity();
    assert.equal(identity.devId, COLLEAGUE.devId);
    assert.equal(identity.source, 'environment');
    assert.deepEqual(session.identity(), identity);
    set('I99DASH_TOKEN', undefined);
    assert.equal(session.identity().devId, DEFAULT_ACCOUNT.devId);
    assert.ok(!(await world().storedText()).includes(COLLEAGUE.devId));
  });

  it('is detected in the background within a short time', async () => {
    const window = world().openWindow();
    set('I99DASH_API_KEY', world().backend.state.addApiKey(DEFAULT_ACCOUNT.devId));
    await window.scheduler.trigger();
    assert.equal(window.session.identity().source, 'environment');
  });

  it('prefers the token to the API key', async () => {
    const { session } = world().openWindow();
    world().backend.state.addAccount(COLLEAGUE);
    set('I99DASH_API_KEY', world().backend.state.addApiKey(DEFAULT_ACCOUNT.devId));
    assert.equal((await session.fetchIdentity()).devId, DEFAULT_ACCOUNT.devId);
    set('I99DASH_TOKEN', tokenFor(COLLEAGUE.devId));
    assert.equal((await session.fetchIdentity()).devId, COLLEAGUE.devId);
  });

  it('names the variable of a rejected credential and attempts no refresh', async () => {
    const window = await world().signedInWindow();
    const token = 'a-token-that-nobody-minted';
    set('I99DASH_TOKEN', token);
    const before = world().requests.length;
    const error = await rejectsWith('NOT_SIGNED_IN', window.session.fetchIdentity());
    assert.match(error.message, /I99DASH_TOKEN/u);
    assert.ok(!error.message.includes(token));
    assert.deepEqual(world().requests.slice(before), ['GET /api/v1/dev/me']);
    assert.equal(world().mints, 1);
  });

  it('shows a rejected credential and does not retry it in the background', async () => {
    const window = await world().signedInWindow();
    set('I99DASH_TOKEN', 'a-token-that-nobody-minted');
    const kinds: (string | undefined)[] = [];
    window.session.onDidChange((state) =>
      kinds.push(state.kind === 'environment' ? state.failure?.code : state.kind),
    );
    await window.scheduler.trigger();
    await window.scheduler.trigger();
    const before = world().requests.length;
    await world().passSlowly(10 * MINUTE, 15_000);
    assert.equal(world().requests.length, before);
    assert.deepEqual(kinds, ['NOT_SIGNED_IN']);
    const { state } = window.session;
    assert.ok(state.kind === 'environment' && state.failure?.variable === 'I99DASH_TOKEN');
    set('I99DASH_TOKEN', tokenFor(DEFAULT_ACCOUNT.devId));
    assert.ok(!('failure' in window.session.state), 'another one is another one');
    assert.equal((await window.session.fetchIdentity()).source, 'environment');
  });

  it('shows that a rejected credential works again soon after it is used', async () => {
    const window = world().openWindow();
    const api = new ApiClient(world().backend.url, createUndiciTransport(), window.session);
    set('I99DASH_TOKEN', tokenFor(DEFAULT_ACCOUNT.devId));
    await window.scheduler.trigger();
    const fault = { kind: 'status', status: 401 } as const;
    const refusal = world().backend.faults.inject({ fault, times: 'always' });
    await rejectsWith('NOT_SIGNED_IN', listSshKeys(api));
    await world().passSlowly(MINUTE);
    const isRefused = () => 'failure' in window.session.state;
    assert.ok(isRefused());
    await rejectsWith('NOT_SIGNED_IN', listSshKeys(api));
    const before = world().requests.length;
    await world().passSlowly(MINUTE);
    assert.equal(world().requests.length, before, 'one that is refused each time is told already');
    refusal.remove();
    await listSshKeys(api);
    assert.ok(isRefused());
    await world().passSlowly(15_000);
    assert.ok(!isRefused());
    assert.deepEqual(world().requests.slice(before + 1), ['GET /api/v1/dev/me']);
  });

  it('falls back to the session when the user ignores a rejected credential in this window', async () => {
    const { session } = await world().signedInWindow();
    set('I99DASH_TOKEN', 'a-token-that-nobody-minted');
    session.ignoreRefusedEnvironment();
    assert.equal(session.state.kind, 'environment', 'it has not been refused yet');
    await rejectsWith('NOT_SIGNED_IN', session.fetchIdentity());
    session.ignoreRefusedEnvironment();
    assert.equal((await session.fetchIdentity()).source, 'ssh');
    set('I99DASH_API_KEY', world().backend.state.addApiKey(DEFAULT_ACCOUNT.devId));
    assert.equal((await session.fetchIdentity()).source, 'environment');
    const other = await world().restoredWindow();
    assert.ok(other.session.state.kind === 'environment');
    assert.equal(other.session.state.variable, 'I99DASH_TOKEN');
  });

  it('leaves the stored session unchanged', async () => {
    const window = await world().signedInWindow();
    const stored = await world().storedText();
    set('I99DASH_TOKEN', 'a-token-that-nobody-minted');
    await window.scheduler.trigger();
    await world().passSlowly(60 * MINUTE, 15_000);
    assert.equal(await world().storedText(), stored);
    set('I99DASH_TOKEN', undefined);
    await window.session.fetchIdentity();
  });
});
