import assert from 'node:assert/strict';
import { createUndiciTransport } from '../../../src/core/http/undiciTransport';
import { ApiClient } from '../../../src/core/api/client';
import { fetchAccount } from '../../../src/core/api/account';
import { openKeyFile } from '../../../src/core/ssh/privateKey';
import { MachineKeys } from '../../../src/core/session/machineKeys';
import { Session } from '../../../src/core/session/session';
import type { SessionState } from '../../../src/core/session/sessionState';
import { SessionStore } from '../../../src/core/session/sessionStore';
import { SignatureRequests } from '../../../src/core/session/signatureRequests';
import { KeyRing } from '../../../src/core/session/keyRing';
import { developerRealm } from '../../../src/core/realm';
import { startBackend, DEFAULT_ACCOUNT, type Backend } from '../../backend/server';
import { rejectsWith } from '../../support/expect';
import {
  anyKeyUse,
  FakeClock,
  FakeMachineStore,
  FakeSecretStore,
  FakeStateStore,
  MemoryLogger,
} from '../../support/fakes';
import { generateTestKey, type TestKey } from '../../support/ssh-key';
import { useTempFolder } from '../../support/temp-folder';
import { SSHSIG_BLOB, USERAUTH_BLOB } from '../signIn/nonce.test';

describe('session', () => {
  const temp = useTempFolder('all');
  let key: TestKey;
  let stranger: TestKey;
  let clock: FakeClock;
  let backend: Backend;
  let secrets: FakeSecretStore;
  let state: FakeStateStore;
  let machine: FakeMachineStore;
  let logger: MemoryLogger;
  let opened: string[];

  before(async () => {
    key = await generateTestKey({ folder: temp.path });
    stranger = await generateTestKey({ folder: temp.path, name: 'stranger' });
  });

  beforeEach(async () => {
    clock = new FakeClock();
    backend = await startBackend({ now: () => clock.now() });
    backend.state.addKey(DEFAULT_ACCOUNT.devId, key.publicKeyLine, { name: 'laptop' });
    secrets = new FakeSecretStore();
    state = new FakeStateStore();
    machine = new FakeMachineStore();
    logger = new MemoryLogger();
    opened = [];
  });

  afterEach(() => backend.close());

  function openWindow(backendUrl = backend.url): Session {
    const signers = new KeyRing({
      openKeyFile: (path) => {
        opened.push(path);
        return openKeyFile(path);
      },
      openAgentKey: () => Promise.resolve(undefined),
    });
    const keys = new MachineKeys(developerRealm, machine, signers);
    const signatures = new SignatureRequests(machine, clock);
    return new Session({
      realm: developerRealm,
      store: new SessionStore(developerRealm, secrets, state, clock, keys),
      signers,
      signatures,
      transport: createUndiciTransport(),
      clock,
      logger,
      random: () => 0.5,
      keyUse: anyKeyUse,
      backendUrl: () => backendUrl,
    });
  }

  const origin = (keyPath: string) => ({ source: 'ssh' as const, keyPath });

  async function signedIn(): Promise<Session> {
    const session = openWindow();
    await session.signInWithKey(await openKeyFile(key.path), origin(key.path));
    return session;
  }

  const whoAmI = (session: Session) =>
    fetchAccount(new ApiClient(backend.url, createUndiciTransport(), session));
  const paths = () => backend.requests.map(({ method, path }) => `${method} ${path}`);

  it('signs in with exactly three requests: challenge, verify, me', async () => {
    const session = openWindow();
    const states: SessionState['kind'][] = [];
    session.onDidChange(({ kind }) => states.push(kind));
    const identity = await session.signInWithKey(await openKeyFile(key.path), origin(key.path));
    assert.deepEqual(identity, {
      ...DEFAULT_ACCOUNT,
      source: 'ssh',
      backendUrl: backend.url,
      fingerprint: key.fingerprint,
      expiresAt: new Date(clock.now() + 900_000).toISOString(),
    });
    assert.deepEqual(states, ['signingIn', 'signedIn']);
    assert.deepEqual(paths(), [
      'POST /api/v1/auth/ssh/challenge',
      'POST /api/v1/auth/ssh/verify',
      'GET /api/v1/dev/me',
    ]);
    assert.deepEqual(
      backend.requests.map(({ hasAuthorization }) => hasAuthorization),
      [false, false, true],
    );
  });

  it('is restored in the next window without network or key', async () => {
    const first = await signedIn();
    const before = backend.requests.length;
    const second = openWindow();
    await second.restore();
    assert.deepEqual(second.identity(), first.identity());
    assert.equal(second.ownSession?.profile.sessionId, first.ownSession?.profile.sessionId);
    assert.equal(backend.requests.length, before);
    assert.deepEqual(opened, []);
  });

  it('refreshes an expired token once for eight concurrent callers', async () => {
    await signedIn();
    const session = openWindow();
    await session.restore();
    const { profile, minted } = session.ownSession ?? {};
    clock.advance(901_000);
    await Promise.all(Array.from({ length: 8 }, () => whoAmI(session)));
    assert.deepEqual(opened, [key.path]);
    assert.equal(session.ownSession?.profile.sessionId, profile?.sessionId);
    assert.notEqual(session.ownSession?.minted?.token, minted?.token);
    assert.equal(paths().filter((path) => path.endsWith('/verify')).length, 2);
  });

  it('refreshes a revoked token and repeats the call', async () => {
    const session = await signedIn();
    backend.state.revokeTokens({ devId: DEFAULT_ACCOUNT.devId });
    assert.equal((await whoAmI(session)).devId, DEFAULT_ACCOUNT.devId);
    assert.deepEqual(paths().slice(3), [
      'GET /api/v1/dev/me',
      'POST /api/v1/auth/ssh/challenge',
      'POST /api/v1/auth/ssh/verify',
      'GET /api/v1/dev/me',
    ]);
  });

  it('signs out and leaves only the end marker', async () => {
    const session = await signedIn();
    const sessionId = session.ownSession?.profile.sessionId;
    await session.signOut();
    assert.equal(session.state.kind, 'signedOut');
    await rejectsWith('NOT_SIGNED_IN', session.getToken());
    assert.throws(() => session.identity());
    const [stored] = [...secrets.values.values()];
    const mark = { version: 1, signedOutAt: clock.now(), sessionId };
    assert.deepEqual(JSON.parse(stored ?? ''), mark);
    const other = openWindow();
    await other.restore();
    assert.equal(other.state.kind, 'signedOut');
  });

  it('stays signed out when a refresh returns after sign-out', async () => {
    const session = await signedIn();
    clock.advance(901_000);
    const other = openWindow();
    await other.restore();
    const renewal = other.getToken();
    await session.signOut();
    await rejectsWith('NOT_SIGNED_IN', renewal);
    const third = openWindow();
    await third.restore();
    assert.equal(third.state.kind, 'signedOut');
  });

  it('belongs to its backend', async () => {
    await signedIn();
    const elsewhere = openWindow('https://elsewhere.example.com');
    await elsewhere.restore();
    assert.equal(elsewhere.state.kind, 'signedOut');
  });

  describe('with a pasted token', () => {
    it('works until the token expires and then reports it', async () => {
      const token = await (await signedIn()).getToken();
      const session = openWindow();
      const identity = await session.signInWithToken(` ${token}\n`);
      assert.equal(identity.source, 'token');
      assert.equal(identity.fingerprint, undefined);
      assert.equal((await whoAmI(session)).devId, DEFAULT_ACCOUNT.devId);
      clock.advance(901_000);
      await rejectsWith('NOT_SIGNED_IN', whoAmI(session));
      assert.equal(paths().filter((path) => path.endsWith('/verify')).length, 1);
    });

    for (const token of ['', 'not a token', 'unknown-token', 'é']) {
      it(`rejects the invalid token ${JSON.stringify(token)}`, async () => {
        await rejectsWith('SIGN_IN_REJECTED', openWindow().signInWithToken(token));
      });
    }
  });

  describe('failed sign-in', () => {
    async function failsToSignIn(code: Parameters<typeof rejectsWith>[0], path = key.path) {
      const session = await signedIn();
      const stored = [...secrets.values];
      const before = session.ownSession;
      const signer = await openKeyFile(path);
      const error = await rejectsWith(code, session.signInWithKey(signer, origin(path)));
      assert.deepEqual([...secrets.values], stored);
      assert.deepEqual(session.ownSession, before);
      assert.equal(session.state.kind, 'signedIn');
      return error;
    }

    it('changes nothing for a key that the backend does not know', async () => {
      const error = await failsToSignIn('KEY_NOT_REGISTERED', stranger.path);
      assert.equal(error.publicKey, stranger.publicKeyLine);
    });

    it('changes nothing when SSH sign-in is disabled', async () => {
      const session = await signedIn();
      backend.settings.sshEnabled = false;
      const signer = await openKeyFile(key.path);
      await rejectsWith('SSH_AUTH_DISABLED', session.signInWithKey(signer, origin(key.path)));
      assert.equal(session.state.kind, 'signedIn');
    });

    for (const [title, nonce] of [
      ['an SSH userauth request', USERAUTH_BLOB],
      ['an SSHSIG blob', SSHSIG_BLOB],
      ['15 characters', 'a'.repeat(15)],
      ['513 characters', 'a'.repeat(513)],
      ['control characters', `${'a'.repeat(20)}\u0007`],
      ['non-ASCII', 'ñ'.repeat(20)],
    ] as const) {
      it(`signs and sends nothing when the challenge is ${title}`, async () => {
        const session = openWindow();
        backend.settings.nonce = () => nonce;
        const signer = { ...(await openKeyFile(key.path)), sign: () => assert.fail('signed') };
        await rejectsWith('CHALLENGE_REFUSED', session.signInWithKey(signer, origin(key.path)));
        assert.deepEqual(paths(), ['POST /api/v1/auth/ssh/challenge']);
        assert.equal(secrets.values.size, 0);
      });
    }

    it('changes nothing when the backend is down', async () => {
      const session = openWindow();
      await backend.close();
      const signer = await openKeyFile(key.path);
      await rejectsWith('OFFLINE', session.signInWithKey(signer, origin(key.path)));
      assert.equal(session.state.kind, 'signedOut');
      backend = await startBackend();
    });

    it('changes nothing when a web page answers', async () => {
      backend.faults.inject({ fault: { kind: 'html', status: 200 }, times: 'always' });
      const signer = await openKeyFile(key.path);
      await rejectsWith('PROTOCOL', openWindow().signInWithKey(signer, origin(key.path)));
      assert.equal(secrets.values.size, 0);
    });
  });

  it('requests a new challenge once when the first one expires in transit', async () => {
    const signer = await openKeyFile(key.path);
    let signings = 0;
    const slow = {
      ...signer,
      sign: (data: Uint8Array) => {
        clock.advance(signings++ === 0 ? 121_000 : 0);
        return signer.sign(data);
      },
    };
    await openWindow().signInWithKey(slow, origin(key.path));
    assert.equal(signings, 2);
  });

  it('writes no token, signature or nonce to the log', async () => {
    const session = await signedIn();
    const token = await session.getToken();
    clock.advance(901_000);
    const renewed = await session.getToken();
    const secretsSeen = [
      token,
      renewed,
      ...backend.requests.flatMap(({ json }) => {
        const { nonce, signature } = (json ?? {}) as Record<string, string | undefined>;
        return [nonce, signature].filter((value) => value !== undefined);
      }),
    ];
    assert.ok(secretsSeen.length >= 6);
    const text = logger.lines.join('\n');
    assert.ok(text.includes('Renewed'));
    for (const secret of secretsSeen) {
      assert.ok(!text.includes(secret));
    }
  });
});
