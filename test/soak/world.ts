import { EventEmitter, once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackend, DEFAULT_ACCOUNT, type Backend } from '../backend/server';
import type { LoggedRequest } from '../backend/request-log';
import { removeOnExit } from '../host/cleanup';
import { repositoryRoot } from '../host/paths';
import { generateTestKey, type TestKey } from '../support/ssh-key';

const FIXTURES = join(repositoryRoot, 'test/fixtures');
const APPS = ['tyre-pressure', 'parking-note', 'trip-log'];
/** How much longer than allowed a refresh may take before the soak fails, in milliseconds. */
const PATIENCE_MS = 90_000;

/** A home, a workspace and a backend that outlive VS Code's server. */
export class SoakWorld {
  private readonly events = new EventEmitter();
  private minted = 0;
  private submitted = 0;
  private port = 0;

  private constructor(
    /** The folder of everything. */
    readonly root: string,
    readonly key: TestKey,
    private backend: Backend | undefined,
  ) {}

  /**
   * Creates a new world.
   * @param tokenLifeSeconds lifetime of an access token
   */
  static async create(tokenLifeSeconds: number): Promise<SoakWorld> {
    const root = await mkdtemp(join(tmpdir(), 'i99-soak-'));
    removeOnExit(root);
    const key = await generateTestKey({ folder: join(root, 'home', '.ssh'), name: 'id_ed25519' });
    const world = new SoakWorld(root, key, undefined);
    await mkdir(join(root, 'tmp'));
    for (const app of APPS) {
      await cp(join(FIXTURES, 'mini-apps', app), join(world.workspace, app), { recursive: true });
    }
    const broken = join(world.workspace, 'broken');
    await cp(join(FIXTURES, 'mini-apps', 'tyre-pressure'), broken, { recursive: true });
    await writeFile(join(broken, 'src/id_ed25519'), key.publicKeyLine); // a file name that is never sent
    await world.startBackend(tokenLifeSeconds);
    world.backend?.state.addKey(DEFAULT_ACCOUNT.devId, key.publicKeyLine, { name: 'soak' });
    return world;
  }

  get workspace(): string {
    return join(this.root, 'workspace');
  }

  get apps(): string[] {
    return APPS.map((app) => join(this.workspace, app));
  }

  get brokenApp(): string {
    return join(this.workspace, 'broken');
  }

  get backendUrl(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The number of tokens minted with a key so far. */
  get renewals(): number {
    return this.minted;
  }

  /** The number of bundles submitted so far. */
  get publishes(): number {
    return this.submitted;
  }

  /** Starts the backend, with its previous port and state if it ran before. */
  async startBackend(tokenLifeSeconds: number): Promise<void> {
    this.backend = await startBackend({
      stateDir: join(this.root, 'backend'),
      port: this.port,
      tokenLifeSeconds,
      onRequest: (entry) => this.count(entry),
    });
    this.port = this.backend.port;
  }

  async stopBackend(): Promise<void> {
    await this.backend?.close();
    this.backend = undefined;
  }

  revokeTokens(): void {
    this.backend?.state.revokeTokens();
  }

  /**
   * Waits for more refreshes.
   * @throws Error when one takes too long
   */
  async awaitRenewals(count: number): Promise<void> {
    const wanted = this.minted + count;
    while (this.minted < wanted) {
      await once(this.events, 'renewal', { signal: AbortSignal.timeout(PATIENCE_MS) });
    }
  }

  async close(): Promise<void> {
    await this.stopBackend();
    await rm(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  private count({ path, status }: LoggedRequest): void {
    if (status !== 200) return;
    if (path === '/api/v1/mini-apps/submit') this.submitted += 1;
    if (path !== '/api/v1/auth/ssh/verify') return;
    this.minted += 1;
    this.events.emit('renewal');
  }
}
