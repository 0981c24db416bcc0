import assert from 'node:assert/strict';
import { join } from 'node:path';
import { ApiClient } from '../../../src/core/api/client';
import { openKeyFile } from '../../../src/core/ssh/privateKey';
import { MachineKeys } from '../../../src/core/session/machineKeys';
import { Session } from '../../../src/core/session/session';
import { SessionStore } from '../../../src/core/session/sessionStore';
import { SignatureRequests } from '../../../src/core/session/signatureRequests';
import { KeyRing } from '../../../src/core/session/keyRing';
import type { KindId } from '../../../src/core/projectKind';
import { KINDS } from '../../../src/core/publish/kindDefinitions';
import { publish, type PublishResult, type Track } from '../../../src/core/publish/publish';
import { shellRunner } from '../../../src/core/publish/build/shellRunner';
import type { Signer, Transport } from '../../../src/core/platform/interfaces';
import { developerRealm, type Realm } from '../../../src/core/realm';
import { type Backend, DEFAULT_ACCOUNT, startBackend } from '../../backend/server';
import {
  anyKeyUse,
  FakeClock,
  FakeMachineStore,
  FakeSecretStore,
  FakeStateStore,
  HastyClock,
  MemoryLogger,
} from '../../support/fakes';
import { MANIFEST } from '../../support/project';
import type { TestKey } from '../../support/ssh-key';
import { createDirectTransport } from './directTransport';
import { FaultyNetwork } from './faultyNetwork';

/** Shared by all cells. */
export interface CellParts {
  /** For the publish locks. */
  readonly folder: string;
  /** The folders of the published projects, which stay unchanged. */
  readonly projects: Readonly<Record<KindId, string>>;
  readonly sockets: Transport;
  /** Registered with the account. */
  readonly key: TestKey;
  /** The same key, opened. */
  readonly signer: Signer;
  /** A key to be registered. */
  readonly otherKey: TestKey;
}

/** The variables that may hold a credential. */
export type Variable = 'I99DASH_TOKEN' | 'I99DASH_API_KEY';

let cells = 0;

/** A developer with a separate backend and the network between them. */
export class Cell {
  /** The clock of background waits: a wait takes no real time but advances the clock. */
  readonly hasty = new HastyClock();
  readonly logger = new MemoryLogger();
  readonly network: FaultyNetwork;
  readonly session: Session;
  readonly store: SessionStore;
  /** The prefix of the variables of this cell, because all cells share one environment. */
  private readonly prefix = `CELL_${++cells}_`;

  private constructor(
    readonly parts: CellParts,
    readonly backend: Backend,
    /** The clock of the session. */
    readonly clock: FakeClock,
  ) {
    const begin = new FakeClock().now();
    const clocks = new Set<FakeClock>([this.hasty, clock]);
    const direct = createDirectTransport(backend, () => clock.now());
    this.network = new FaultyNetwork(parts.sockets, direct, () =>
      [...clocks].reduce((sum, each) => sum + each.now() - begin, 0),
    );
    const secrets = new FakeSecretStore();
    const credentials = developerRealm.environment.credentials.map((name) => this.prefix + name);
    const realm: Realm = { ...developerRealm, environment: { credentials } };
    const signers = new KeyRing({ openKeyFile, openAgentKey: () => Promise.resolve(undefined) });
    const machine = new FakeMachineStore();
    const keys = new MachineKeys(realm, machine, signers);
    const signatures = new SignatureRequests(machine, clock);
    this.store = new SessionStore(realm, secrets, new FakeStateStore(), clock, keys);
    this.session = new Session({
      realm,
      clock,
      logger: this.logger,
      random: () => 0.5,
      keyUse: anyKeyUse,
      store: this.store,
      signers,
      signatures,
      transport: this.network,
      backendUrl: () => backend.url,
    });
  }

  /** @param clock of the session and the backend; by default it stands still for both */
  static async open(parts: CellParts, clock: FakeClock = new FakeClock()): Promise<Cell> {
    const backend = await startBackend({
      now: () => clock.now(),
      accounts: [{ ...DEFAULT_ACCOUNT, wallet: { balance: 5_000, currency: 'EUR' } }],
      deviceCode: true,
      deviceLifeSeconds: 120,
      wallet: true,
    });
    backend.state.addKey(DEFAULT_ACCOUNT.devId, parts.key.publicKeyLine);
    return new Cell(parts, backend, clock);
  }

  get api(): ApiClient {
    return new ApiClient(this.backend.url, this.network, this.session);
  }

  async signIn(): Promise<unknown> {
    const { key, signer } = this.parts;
    const { path } = key;
    return this.session.signInWithKey(signer, { source: 'ssh', keyPath: path });
  }

  /** Sets a credential in the environment. */
  setVariable(variable: Variable): void {
    const { state } = this.backend;
    const { devId } = DEFAULT_ACCOUNT;
    process.env[this.prefix + variable] =
      variable === 'I99DASH_API_KEY'
        ? state.addApiKey(devId)
        : state.mintToken({ devId, lifeSeconds: 900 });
  }

  async publish(track: Track, kind: KindId = 'miniApp'): Promise<PublishResult> {
    const ignore = (): void => undefined;
    const outcome = await publish(
      await KINDS[kind].load(this.parts.projects[kind]),
      { track },
      {
        api: this.api,
        transport: this.network,
        runner: shellRunner,
        logger: this.logger,
        clock: this.hasty,
        lockFolder: join(this.parts.folder, `${this.prefix}locks`),
        onProgress: ignore,
        onBuildOutput: ignore,
      },
    );
    assert.ok(outcome.kind === 'published');
    return outcome.result;
  }

  /** The number of submissions of the app. */
  get submissions(): number {
    return this.backend.state.apps.find(MANIFEST.id)?.submissions.length ?? 0;
  }

  /** The number of keys of the account, except the one it signs in with. */
  get otherKeys(): number {
    return this.backend.state.accounts.keysOf(DEFAULT_ACCOUNT.devId).length - 1;
  }

  async close(): Promise<void> {
    for (const name of this.session.realm.environment.credentials) {
      Reflect.deleteProperty(process.env, name);
    }
    await this.backend.close();
  }
}
