import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createUndiciTransport } from '../../src/core/http/undiciTransport';
import { openKeyFile } from '../../src/core/ssh/privateKey';
import type { Identity } from '../../src/core/identity';
import type { Signer } from '../../src/core/platform/interfaces';
import { type Backend, DEFAULT_ACCOUNT, startBackend } from '../backend/server';
import { Activity } from './activity';
import {
  FakeClock,
  FakeMachineStore,
  FakeSecretStore,
  FakeStateStore,
  MemoryLogger,
} from './fakes';
import { SessionWindow, type WindowParts } from './session-window';
import { generateTestKey, type TestKey } from './ssh-key';
import { useTempFolder } from './temp-folder';
import { UnreliableSecretStore } from './unreliable-secret-store';
import { unlockWith } from './unlock-with';

const VERIFY = '/api/v1/auth/ssh/verify';

/** Accepts the session of another account, which the shell would ask about. */
export const agree = (): Promise<void> => Promise.resolve();

/**
 * A backend, a computer with keys and storage, and editor windows; time moves only when a test
 * moves it.
 */
export class SessionWorld {
  readonly clock = new FakeClock();
  readonly secrets = new UnreliableSecretStore(new FakeSecretStore());
  readonly state = new FakeStateStore();
  readonly machine = new FakeMachineStore();
  readonly logger = new MemoryLogger();
  readonly activity = new Activity();
  /** The keys in the SSH agent. */
  readonly agent: Signer[] = [];
  /** The paths of the key files that were opened. */
  readonly opened: string[] = [];
  private readonly transport = createUndiciTransport();
  private readonly windows: SessionWindow[] = [];

  constructor(
    public backend: Backend,
    /** Registered with {@link DEFAULT_ACCOUNT}. */
    readonly key: TestKey,
    /** The same with a passphrase. */
    readonly encryptedKey: TestKey,
  ) {}

  /** Opens a window without reading the store. */
  openWindow(overrides: Partial<WindowParts> = {}): SessionWindow {
    const window = new SessionWindow({
      backendUrl: () => this.backend.url,
      transport: this.transport,
      secrets: this.secrets,
      state: this.state,
      machine: this.machine,
      clock: this.clock,
      logger: this.logger,
      activity: this.activity,
      openKeyFile: (path) => {
        this.opened.push(path);
        return openKeyFile(path);
      },
      openAgentKey: (fingerprint) =>
        Promise.resolve(this.agent.find((signer) => signer.fingerprint === fingerprint)),
      ...overrides,
    });
    this.windows.push(window);
    return window;
  }

  /** Opens a window and restores the stored session. */
  async restoredWindow(overrides: Partial<WindowParts> = {}): Promise<SessionWindow> {
    const window = this.openWindow(overrides);
    await window.session.restore();
    return window;
  }

  /** Signs in with a key, as the user does. */
  async signIn({ session }: SessionWindow, { path, passphrase } = this.key): Promise<Identity> {
    const signer = await openKeyFile(path, unlockWith(passphrase));
    return session.signInWithKey(signer, { source: 'ssh', keyPath: path }, undefined, agree);
  }

  /** Opens a window and signs in. */
  async signedInWindow(key?: TestKey, overrides: Partial<WindowParts> = {}) {
    const window = this.openWindow(overrides);
    await this.signIn(window, key);
    await this.activity.idle();
    return window;
  }

  /** Advances the time and waits for the work that this starts. */
  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.activity.idle();
  }

  /** Advances the time in steps and waits for the work of each step before the next. */
  async passSlowly(ms: number, stepMs = 5_000): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      await this.pass(Math.min(stepMs, ms - passed));
    }
  }

  /** The requests so far as `METHOD path`. */
  get requests(): string[] {
    return this.backend.requests.map(({ method, path }) => `${method} ${path}`);
  }

  /** The number of attempts to mint a token with a key so far. */
  get mints(): number {
    return this.backend.requests.filter(({ path }) => path === VERIFY).length;
  }

  /** The one stored secret. */
  async storedText(): Promise<string> {
    return (await this.secrets.get(this.storageKey)) ?? '';
  }

  get storageKey(): string {
    return `i99dash.session:${this.backend.url}`;
  }

  async close(): Promise<void> {
    for (const window of this.windows) window.dispose();
    await this.backend.close();
  }
}

/** Gives each test a new world. */
export function useSessionWorld(): () => SessionWorld {
  const made = useTempFolder('all');
  const temp = useTempFolder();
  let plain: TestKey;
  let encrypted: TestKey;
  let world: SessionWorld;

  before(async () => {
    plain = await generateTestKey({ folder: made.path });
    const options = { name: 'id_encrypted', passphrase: 'correct horse', rounds: 1 };
    encrypted = await generateTestKey({ folder: made.path, ...options });
  });

  beforeEach(async () => {
    const keys = await Promise.all([plain, encrypted].map((key) => copyKey(key, temp.path)));
    const [key, encryptedKey] = keys;
    if (key === undefined || encryptedKey === undefined) throw new Error('no keys');
    let now = (): number => 0;
    world = new SessionWorld(await startBackend({ now: () => now() }), key, encryptedKey);
    now = () => world.clock.now();
    for (const { publicKeyLine } of keys) {
      world.backend.state.addKey(DEFAULT_ACCOUNT.devId, publicKeyLine);
    }
  });

  afterEach(() => world.close());

  return () => world;
}

async function copyKey(key: TestKey, folder: string): Promise<TestKey> {
  const path = join(folder, key.path.endsWith('id_encrypted') ? 'id_encrypted' : 'id_ed25519');
  await copyFile(key.path, path);
  return { ...key, path };
}
