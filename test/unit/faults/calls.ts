import assert from 'node:assert/strict';
import {
  endBeta,
  fetchBetaStatus,
  promoteToBeta,
  promoteToProduction,
} from '../../../src/core/api/beta';
import { fetchDeveloperStatus } from '../../../src/core/api/developerStatus';
import { listSshKeys } from '../../../src/core/api/sshKeys';
import { AppsModel } from '../../../src/core/apps/appsModel';
import { loadApps } from '../../../src/core/apps/loadApps';
import { openKeyFile } from '../../../src/core/ssh/privateKey';
import { parsePublicKeyLine } from '../../../src/core/ssh/publicKey';
import { registerCiKey } from '../../../src/core/ci/registerCiKey';
import type { I99dashError } from '../../../src/core/errors';
import { KeyRotationError, rotateKey } from '../../../src/core/account/replaceKey';
import { registerKey } from '../../../src/core/account/registerKey';
import { removeKey } from '../../../src/core/account/removeKey';
import { fetchRoster, inviteTesters, removeTester } from '../../../src/core/testers/invitations';
import { WalletWatch } from '../../../src/core/operator/walletWatch';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import type { App } from '../../backend/state/model';
import { addApp } from '../../support/apps';
import { MANIFEST } from '../../support/project';
import type { Cell, Variable } from './cell';
import type { Match } from './faultyNetwork';
import type { NetworkFault } from './networkFaults';
import { isUnsent, type Rules } from './rules';

/** One call in one flow of the product: a row of the matrix. */
export interface Call {
  readonly name: string;
  readonly match: Match;
  readonly rules: Rules;
  /** True if the flow includes waiting, so that the time of the session must advance by itself. */
  readonly isHasty?: true;
  /** Runs before the fault. */
  readonly prepare?: (cell: Cell) => Promise<unknown>;
  /** The action of the user. */
  readonly run: (cell: Cell) => Promise<unknown>;
  /** Returns how often the backend performed the action; never more than once. */
  readonly effect?: (cell: Cell) => number;
  /** Checks the state afterwards, in addition to the outcome. */
  readonly truth?: (cell: Cell, failure: I99dashError | undefined, fault: NetworkFault) => unknown;
  /** The action of the user after a failure. Default: the same action again. */
  readonly recover?: (cell: Cell) => Promise<unknown>;
  /** Checks the state after recovery. Default: the user is signed in. */
  readonly ends?: (cell: Cell) => unknown;
}

const CHALLENGE = { method: 'POST', path: /^\/api\/v1\/auth\/ssh\/challenge$/u };
const VERIFY = { method: 'POST', path: /^\/api\/v1\/auth\/ssh\/verify$/u };
const ME = { method: 'GET', path: /^\/api\/v1\/dev\/me$/u };
const KEYS = /^\/api\/v1\/account\/ssh-keys$/u;
const ADD_KEY = { method: 'POST', path: KEYS };
const REMOVE_KEY = { method: 'DELETE', path: /^\/api\/v1\/account\/ssh-keys\/[^/]+$/u };
const UPLOAD_URL = { method: 'POST', path: /^\/api\/v1\/mini-apps\/upload-url$/u };
const THEME_UPLOAD_URL = { method: 'POST', path: /^\/api\/v1\/themes\/upload-url$/u };
const PUT = { method: 'PUT', path: /^\/storage\//u };
const SUBMIT = { method: 'POST', path: /^\/api\/v1\/mini-apps\/submit$/u };
const SUBMIT_THEME = { method: 'POST', path: /^\/api\/v1\/themes\/submit$/u };
const MINE = { method: 'GET', path: /^\/api\/v1\/mini-apps\/mine$/u };
const STATUS = { method: 'GET', path: /^\/api\/v1\/dev\/status$/u };
const BETA = /^\/api\/v1\/dev\/apps\/trip-log\/beta$/u;
const PROMOTE = { method: 'POST', path: /^\/api\/v1\/dev\/apps\/trip-log\/beta\/promote$/u };
const TO_PRODUCTION = {
  method: 'POST',
  path: /^\/api\/v1\/dev\/apps\/trip-log\/promote-production$/u,
};
const TESTERS = /^\/api\/v1\/dev\/apps\/trip-log\/testers$/u;
const INVITE_MANY = { method: 'POST', path: /\/testers\/batch$/u };
const REMOVE_TESTER = { method: 'DELETE', path: /\/testers\/[^/]+$/u };
const BETA_STATUS = { method: 'GET', path: /\/beta\/status$/u };
const AUTHORIZE = { method: 'POST', path: /^\/api\/v1\/oauth\/device\/authorize$/u };
const DEVICE_TOKEN = { method: 'POST', path: /^\/api\/v1\/oauth\/device\/token$/u };
const BALANCE = { method: 'GET', path: /^\/api\/v1\/operator\/wallet\/balance$/u };

/** Longer than the lifetime of an access token, in milliseconds. */
const TOKEN_LIFE_MS = 900_000;
/** A backend without SSH sign-in. */
const WITHOUT_SSH = { 404: 'SSH_AUTH_DISABLED' } as const;
/** How long a new API key is retried, in milliseconds. */
const CONFIRM_MS = 60_000;

const signIn = (cell: Cell): Promise<unknown> => cell.signIn();

/** Checks that the user is signed in unless the sign-in failed. */
async function isSignedInUnless(cell: Cell, failure: I99dashError | undefined): Promise<void> {
  const { kind } = await cell.store.read(cell.backend.url);
  assert.equal(cell.session.state.kind, failure === undefined ? 'signedIn' : 'signedOut');
  assert.equal(kind, failure === undefined ? 'session' : 'none');
}

/** Checks that a failed refresh is reported and does not end the session. */
async function isOfflineAfter(cell: Cell, failure: I99dashError | undefined): Promise<void> {
  const { state } = cell.session;
  assert.equal((await cell.store.read(cell.backend.url)).kind, 'session');
  assert.equal(state.kind, failure === undefined ? 'signedIn' : 'offline');
  assert.equal(state.kind === 'offline' ? state.failure.code : undefined, failure?.code);
}

const signingIn = { run: signIn, truth: isSignedInUnless };

const renewing = {
  prepare: async (cell: Cell) => {
    await cell.signIn();
    cell.clock.jump(TOKEN_LIFE_MS);
  },
  run: (cell: Cell) => cell.session.fetchIdentity(),
  truth: isOfflineAfter,
  recover: (cell: Cell) => {
    const { state } = cell.session;
    cell.clock.jump(state.kind === 'offline' ? state.retryAt - cell.clock.now() : 0);
    return cell.session.fetchIdentity();
  },
};

/** In the background nothing rejects, and a valid token is still returned. */
const renewingBehind = {
  prepare: async (cell: Cell) => {
    await cell.signIn();
    cell.clock.jump(TOKEN_LIFE_MS * 0.85);
  },
  run: (cell: Cell) => cell.session.checkNow(),
  truth: async (cell: Cell) => {
    assert.equal(cell.session.state.kind, 'signedIn');
    await cell.session.getToken();
  },
};

const publishing = {
  prepare: signIn,
  run: (cell: Cell) => cell.publish('production'),
  effect: ({ submissions }: Cell) => submissions,
};

/** It reserves a URL; an unused one does no harm. */
const UPLOAD_URL_RULES = { onLostConnection: 'safe', bearer: true, repeats: 'passing' } as const;
const PUT_RULES = {
  repeats: 'passing',
  ignoresAnswer: true,
  repeatsOn: [401, 403], // a new upload URL is requested
  refusedAs: 'UPLOAD_FAILED',
} as const;

/** No call tells the state of a theme. */
const publishingTheme = {
  prepare: signIn,
  run: (cell: Cell) => cell.publish('production', 'theme'),
  effect: ({ backend }: Cell) => backend.state.themes.find('night-drive')?.submissions.length ?? 0,
};

/** A lost answer leaves the user in doubt, and the theme is not sent again. */
function isInDoubtAfter(
  { network: { sent } }: Cell,
  failure: I99dashError | undefined,
  fault: NetworkFault,
): void {
  const isRefusal = fault.status !== undefined && fault.status >= 400 && fault.status < 500;
  const isInDoubt = failure !== undefined && !isUnsent(fault) && !isRefusal;
  assert.equal(failure?.appInDoubt, isInDoubt ? 'night-drive' : undefined);
  const submits = sent.filter(({ path }) => SUBMIT_THEME.path.test(path)).length;
  assert.ok(!isInDoubt || submits === 1, `it was sent ${submits} times`);
}

const deviceSignIn = {
  isHasty: true,
  run: (cell: Cell) =>
    cell.session.signInWithDeviceCode(({ userCode }) =>
      cell.backend.state.devices.decide(userCode, 'approve', DEFAULT_ACCOUNT.devId),
    ),
  truth: isSignedInUnless,
} as const;

/** The keys overlap: after any failure the key of the session is still registered. */
const replacingKey = {
  prepare: signIn,
  run: async (cell: Cell) => {
    const { api, session, parts } = cell;
    const { path, publicKeyLine, fingerprint } = parts.otherKey;
    const deps = {
      list: () => listSshKeys(api),
      register: () =>
        registerKey(api, { blob: blobOf(publicKeyLine), name: 'New', purpose: 'login' }),
      signIn: async () =>
        session.signInWithKey(await openKeyFile(path), { source: 'ssh', keyPath: path }),
      remove: (id: string) => removeKey(api, id),
    } as const;
    const { devId } = DEFAULT_ACCOUNT;
    const rotation = { oldFingerprint: parts.key.fingerprint, newFingerprint: fingerprint, devId };
    await rotateKey(deps, rotation).catch((error: unknown) => {
      throw error instanceof KeyRotationError ? error.cause : error;
    });
  },
  effect: (cell: Cell) => (isRegistered(cell, cell.parts.key.fingerprint) ? 0 : 1),
  truth: (cell: Cell) => {
    assert.ok(
      isRegistered(cell, cell.session.ownSession?.profile.fingerprint),
      'nobody is locked out',
    );
  },
};

function isRegistered({ backend }: Cell, wanted: string | undefined): boolean {
  const keys = backend.state.accounts.keysOf(DEFAULT_ACCOUNT.devId);
  return keys.some(({ fingerprint }) => fingerprint === wanted);
}

const CI_KEY = 'GitHub Actions';

const settingUpCi = {
  prepare: signIn,
  run: async (cell: Cell) => {
    const { path, publicKeyLine } = cell.parts.otherKey;
    const { backend, network: transport, session: tokens } = cell;
    const deps = { backendUrl: backend.url, transport, tokens };
    const pair = { blob: blobOf(publicKeyLine), signer: await openKeyFile(path) };
    return registerCiKey(deps, pair, CI_KEY);
  },
  effect: ({ otherKeys }: Cell) => otherKeys,
};

/** A credential that cannot be refreshed is shown as rejected only while the backend rejects it. */
function ofEnvironment(variable: Variable): Pick<Call, 'rules' | 'prepare' | 'truth' | 'ends'> {
  const failureOf = ({ session: { state } }: Cell): I99dashError | undefined => {
    assert.ok(state.kind === 'environment' && state.variable.endsWith(variable), state.kind);
    return state.failure;
  };
  return {
    rules: { bearer: 'fixed' },
    prepare: (cell) => {
      cell.setVariable(variable);
      return Promise.resolve();
    },
    truth: async (cell, failure) => {
      const isRefused = failure?.code === 'NOT_SIGNED_IN';
      assert.equal(failureOf(cell)?.code, isRefused ? failure.code : undefined);
      assert.equal(failure?.variable?.endsWith(variable), isRefused ? true : undefined);
      assert.equal((await cell.store.read(cell.backend.url)).kind, 'none', 'it is written nowhere');
    },
    ends: async (cell) => {
      await cell.session.checkNow();
      assert.equal(failureOf(cell), undefined);
      assert.equal(cell.session.identity().source, 'environment');
    },
  };
}

const VARIABLES: readonly Variable[] = ['I99DASH_TOKEN', 'I99DASH_API_KEY'];

/** Calls with a credential from the environment. */
const CALLS_OF_ENVIRONMENT: readonly Call[] = VARIABLES.flatMap((variable) => {
  const common = ofEnvironment(variable);
  const effect = publishing.effect;
  const run = publishing.run;
  const calls: (Pick<Call, 'name' | 'match' | 'run'> & Partial<Call>)[] = [
    { name: 'who am I: me', match: ME, run: ({ session }) => session.fetchIdentity() },
    {
      name: 'who am I, behind: me',
      match: ME,
      rules: { optional: true },
      run: ({ session }) => session.checkNow(),
      truth: ({ session: { state } }) => {
        assert.ok(state.kind === 'environment');
        const isKnown = state.account !== undefined;
        assert.ok(!isKnown || state.failure === undefined);
      },
      ends: async (cell) => {
        cell.clock.jump(CONFIRM_MS);
        await cell.session.fetchIdentity();
        await common.ends?.(cell);
      },
    },
    { name: 'list keys', match: { method: 'GET', path: KEYS }, run: ({ api }) => listSshKeys(api) },
    { name: 'status', match: STATUS, run: ({ api }) => fetchDeveloperStatus(api) },
    {
      name: 'publish: mine',
      match: MINE,
      rules: { optional: true },
      ...{ run, effect },
      // A rejection of this call is shown until the identity is requested.
      truth: ({ session: { state } }) => assert.equal(state.kind, 'environment'),
    },
    {
      name: 'publish: upload-url',
      match: UPLOAD_URL,
      rules: { onLostConnection: 'safe', bearer: 'fixed', repeats: 'passing' },
      ...{ run, effect },
    },
    {
      name: 'publish: submit',
      match: SUBMIT,
      rules: { bearer: 'fixed', findsOut: true, repeats: 'over' },
      ...{ run, effect },
    },
  ];
  return calls.map((call) => ({ ...common, ...call, name: `${variable}: ${call.name}` }));
});

/** Every call of every flow. */
export const CALLS: readonly Call[] = [
  {
    name: 'sign in: challenge',
    match: CHALLENGE,
    rules: { onLostConnection: 'safe', codes: WITHOUT_SSH },
    ...signingIn,
  },
  {
    name: 'sign in: verify',
    match: VERIFY,
    rules: { onLostConnection: 'once', codes: WITHOUT_SSH },
    ...signingIn,
  },
  { name: 'sign in: me', match: ME, rules: { codes: { 401: 'SIGN_IN_REJECTED' } }, ...signingIn },
  {
    name: 'sign in with a token: me',
    match: ME,
    rules: { codes: { 401: 'SIGN_IN_REJECTED' } },
    run: ({ backend, session }) => {
      const { devId } = DEFAULT_ACCOUNT;
      return session.signInWithToken(backend.state.mintToken({ devId, lifeSeconds: 900 }));
    },
    truth: isSignedInUnless,
  },
  { name: 'renew: challenge', match: CHALLENGE, rules: { onLostConnection: 'safe' }, ...renewing },
  { name: 'renew: verify', match: VERIFY, rules: { onLostConnection: 'once' }, ...renewing },
  {
    name: 'renew behind: challenge',
    match: CHALLENGE,
    rules: { onLostConnection: 'safe', optional: true },
    ...renewingBehind,
  },
  {
    name: 'renew behind: verify',
    match: VERIFY,
    rules: { onLostConnection: 'once', optional: true },
    ...renewingBehind,
  },
  {
    name: 'who am I: me',
    match: ME,
    rules: { bearer: true },
    prepare: signIn,
    run: ({ session }) => session.fetchIdentity(),
  },
  {
    name: 'list keys',
    match: { method: 'GET', path: KEYS },
    rules: { bearer: true },
    prepare: signIn,
    run: ({ api }) => listSshKeys(api),
  },
  {
    name: 'add a key',
    match: ADD_KEY,
    rules: { bearer: true, findsOut: true, codes: { 409: 'KEY_EXISTS' } },
    prepare: signIn,
    run: ({ api, parts }) => {
      const blob = blobOf(parts.otherKey.publicKeyLine);
      return registerKey(api, { blob, name: 'Laptop', purpose: 'login' });
    },
    effect: ({ otherKeys }) => otherKeys,
  },
  {
    name: 'remove a key',
    match: REMOVE_KEY,
    rules: { bearer: true, ignoresAnswer: true, findsOut: true },
    prepare: async (cell) => {
      await cell.signIn();
      cell.backend.state.addKey(DEFAULT_ACCOUNT.devId, cell.parts.otherKey.publicKeyLine);
    },
    run: async ({ api, parts, backend }) => {
      const keys = backend.state.accounts.keysOf(DEFAULT_ACCOUNT.devId);
      const key = keys.find(({ fingerprint }) => fingerprint === parts.otherKey.fingerprint);
      await removeKey(api, key?.id ?? 'unknown');
    },
    effect: ({ otherKeys }) => 1 - otherKeys,
  },
  {
    name: 'replace a key: add',
    match: ADD_KEY,
    rules: { bearer: true, findsOut: true, codes: { 409: 'KEY_EXISTS' } },
    ...replacingKey,
  },
  {
    name: 'replace a key: verify',
    match: VERIFY,
    rules: { onLostConnection: 'once', codes: WITHOUT_SSH },
    ...replacingKey,
  },
  {
    name: 'replace a key: remove',
    match: REMOVE_KEY,
    rules: { bearer: true, ignoresAnswer: true, findsOut: true },
    ...replacingKey,
  },
  {
    name: 'set up CI: add a key',
    match: ADD_KEY,
    rules: { bearer: true, findsOut: true, codes: { 409: 'KEY_EXISTS' } },
    ...settingUpCi,
  },
  {
    name: 'publish: status',
    match: STATUS,
    rules: { optional: true, needsNetwork: true },
    ...publishing,
  },
  { name: 'publish: mine', match: MINE, rules: { optional: true }, ...publishing },
  { name: 'publish: upload-url', match: UPLOAD_URL, rules: UPLOAD_URL_RULES, ...publishing },
  { name: 'publish: PUT to the storage', match: PUT, rules: PUT_RULES, ...publishing },
  {
    name: 'publish: submit',
    match: SUBMIT,
    rules: { bearer: true, findsOut: true, repeats: 'over' },
    ...publishing,
  },
  {
    name: 'publish a theme: upload-url',
    match: THEME_UPLOAD_URL,
    rules: UPLOAD_URL_RULES,
    ...publishingTheme,
  },
  { name: 'publish a theme: PUT to the storage', match: PUT, rules: PUT_RULES, ...publishingTheme },
  {
    name: 'publish a theme: submit',
    match: SUBMIT_THEME,
    rules: { bearer: true, repeats: 'unsent' },
    ...publishingTheme,
    truth: isInDoubtAfter,
  },
  {
    name: 'publish: promote to beta',
    match: PROMOTE,
    rules: { bearer: true, ignoresAnswer: true, repeats: 'passing' },
    prepare: signIn,
    run: (cell) => cell.publish('beta'),
    effect: ({ backend }) => (backend.state.apps.find(MANIFEST.id)?.beta ? 1 : 0),
    truth: ({ submissions }, failure) => {
      assert.equal(submissions, 1);
      assert.ok(failure === undefined || failure.message.includes('was submitted'));
    },
    recover: ({ api }) => promoteToBeta(api, MANIFEST.id, { version: MANIFEST.version }),
  },
  {
    name: 'end the beta',
    match: { method: 'DELETE', path: BETA },
    rules: { onLostConnection: 'safe', bearer: true, ignoresAnswer: true },
    prepare: prepareBeta,
    run: ({ api }) => endBeta(api, MANIFEST.id),
    effect: ({ backend }) => (backend.state.apps.find(MANIFEST.id)?.beta ? 0 : 1),
  },
  {
    name: 'promote to production',
    match: TO_PRODUCTION,
    rules: { bearer: true, ignoresAnswer: true },
    prepare: prepareBeta,
    run: ({ api }) => promoteToProduction(api, MANIFEST.id),
    effect: ({ backend }) => {
      const { submissions = [] } = backend.state.apps.find(MANIFEST.id) ?? {};
      return submissions.filter(({ publishedAt }) => publishedAt !== undefined).length;
    },
  },
  {
    name: 'status of the beta',
    match: BETA_STATUS,
    rules: { bearer: true },
    prepare: prepareBeta,
    run: ({ api }) => fetchBetaStatus(api, MANIFEST.id),
  },
  {
    name: 'list testers',
    match: { method: 'GET', path: TESTERS },
    rules: { bearer: true },
    prepare: prepareBeta,
    run: ({ api }) => fetchRoster(api, MANIFEST.id),
  },
  {
    name: 'invite a tester',
    match: { method: 'POST', path: TESTERS },
    ...inviting(['alice_k']),
  },
  { name: 'invite testers', match: INVITE_MANY, ...inviting(['alice_k', 'bob_42']) },
  {
    name: 'remove a tester',
    match: REMOVE_TESTER,
    rules: { bearer: true, ignoresAnswer: true, findsOut: true },
    prepare: async (cell) => {
      await prepareBeta(cell);
      cell.backend.state.apps.inviteTesters(appOf(cell), ['alice_k']);
    },
    run: (cell) => removeTester(cell.api, MANIFEST.id, appOf(cell).testers[0]?.userId ?? ''),
    effect: (cell) => appOf(cell).testers.filter(({ status }) => status === 'revoked').length,
  },
  {
    name: 'status',
    match: STATUS,
    rules: { bearer: true },
    prepare: signIn,
    run: ({ api }) => fetchDeveloperStatus(api),
  },
  { name: 'apps view: status', match: STATUS, rules: { bearer: true }, ...viewingApps() },
  { name: 'apps view: mine', match: MINE, rules: { optional: true }, ...viewingApps() },
  { name: 'apps view: beta', match: BETA_STATUS, rules: { optional: true }, ...viewingApps() },
  {
    name: 'apps view: testers',
    match: { method: 'GET', path: TESTERS },
    rules: { optional: true },
    ...viewingApps(),
  },
  {
    name: 'device code: authorize',
    match: AUTHORIZE,
    rules: { codes: { 404: 'DEVICE_CODE_UNSUPPORTED' } },
    ...deviceSignIn,
  },
  {
    name: 'device code: token',
    match: DEVICE_TOKEN,
    // RFC 8628, 3.5: polling continues through transient errors while the code is valid.
    rules: { repeats: 'passing', givesUpAs: 'DEVICE_CODE_EXPIRED' },
    ...deviceSignIn,
  },
  {
    name: 'device code: me',
    match: ME,
    rules: { repeats: 'passing', patienceMs: CONFIRM_MS, codes: { 401: 'SIGN_IN_REJECTED' } },
    ...deviceSignIn,
  },
  { name: 'balance of an operator', match: BALANCE, rules: { bearer: true }, ...watchingWallet() },
  ...CALLS_OF_ENVIRONMENT,
];

function blobOf(line: string): Buffer {
  const blob = parsePublicKeyLine(line)?.blob;
  assert.ok(blob, 'a public key');
  return blob;
}

async function prepareBeta(cell: Cell): Promise<void> {
  await cell.signIn();
  addBeta(cell);
}

function addBeta({ backend }: Cell): void {
  const { id: appId, version } = MANIFEST;
  addApp(backend.state, { appId, version, beta: { version, daysLeft: 30 } });
}

function appOf({ backend }: Cell): App {
  return backend.state.apps.find(MANIFEST.id) ?? assert.fail('the app is known');
}

/** The list of testers shows whether an invitation arrived. All or none are invited. */
function inviting(usernames: readonly string[]): Omit<Call, 'name' | 'match'> {
  const roster = { appId: MANIFEST.id, testers: [], count: 0, cap: 25 };
  return {
    rules: { bearer: true, ignoresAnswer: true, findsOut: true },
    prepare: prepareBeta,
    run: ({ api }) => inviteTesters(api, roster, usernames),
    effect: (cell) => appOf(cell).testers.length / usernames.length,
  };
}

/** The view keeps its data and shows why it is outdated. */
function viewingApps(): Pick<Call, 'prepare' | 'run' | 'truth'> {
  const models = new WeakMap<Cell, AppsModel>();
  return {
    prepare: async (cell) => {
      await cell.signIn();
      addBeta(cell);
      const load = (signal: AbortSignal) => loadApps(cell.api, cell.logger, signal);
      models.set(cell, new AppsModel({ load, clock: cell.clock }));
    },
    run: async (cell) => {
      const model = models.get(cell);
      await model?.refresh();
      if (model?.failure !== undefined) throw model.failure;
    },
    truth: (cell, failure) => {
      const apps = models.get(cell)?.snapshot?.status.apps.map(({ appId }) => appId);
      assert.deepEqual(apps, failure === undefined ? [MANIFEST.id] : undefined);
    },
  };
}

/** The last balance is shown until a new one arrives. */
function watchingWallet(): Pick<Call, 'prepare' | 'run' | 'truth'> {
  const watches = new WeakMap<Cell, WalletWatch>();
  return {
    prepare: async (cell) => {
      await cell.signIn();
      const { session, network: transport, clock, logger, backend } = cell;
      const deps = { session, transport, clock, logger, backendUrl: () => backend.url };
      const watch = new WalletWatch(deps);
      watches.set(cell, watch);
      // The automatic request ends before the fault.
      await watch.fetch(session);
      backend.state.updateAccount(DEFAULT_ACCOUNT.devId, {
        wallet: { balance: 4_000, currency: 'EUR' },
      });
    },
    run: async (cell) => watches.get(cell)?.fetch(cell.session),
    truth: (cell, failure) => {
      const balance = watches.get(cell)?.known?.balance;
      assert.equal(balance, failure === undefined ? 4_000 : 5_000);
    },
  };
}
