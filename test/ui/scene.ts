import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_ACCOUNT, startBackend, type Backend } from '../backend/server';
import { isolatedEnvironment } from '../host/environment';
import { repositoryRoot } from '../host/paths';
import { installExtension, startServer, type Server } from '../host/server';
import { defaultVersion } from '../host/versions';
import { openWorkbench, type Workbench } from '../host/workbench';
import { generateTestKey, type TestKey } from '../support/ssh-key';
import { packagedExtension } from './packaged-extension';
import { Person } from './person';

export interface SceneOptions {
  /** Below `out/`: where the screenshots go. */
  album: string;
  /** What the key in `~/.ssh` is protected with. */
  passphrase?: string;
  /** False: the backend does not know the key yet. */
  registered?: boolean;
  /** Folders of `test/fixtures/mini-apps` to put into the workspace. */
  miniApps?: readonly string[];
  version?: string;
  viewport?: { width: number; height: number };
}

/** A person at VS Code with a home, a key, a workspace and a backend of their own, all thrown away afterwards. */
export interface Scene {
  readonly root: string;
  readonly workspace: string;
  readonly backend: Backend;
  readonly key: TestKey;
  readonly server: Server;
  readonly workbench: Workbench;
  readonly person: Person;
  readonly close: () => Promise<void>;
}

/** Sets a scene. Nothing of it touches the user's own home or VS Code. */
export async function openScene(options: SceneOptions): Promise<Scene> {
  const root = await mkdtemp(join(tmpdir(), 'i99dash-scene-'));
  const undo: (() => Promise<unknown>)[] = [
    () => rm(root, { recursive: true, force: true, maxRetries: 5 }),
  ];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) {
      await step();
    }
  };
  try {
    const { key, workspace } = await furnish(root, options);
    const backend = await startBackend();
    undo.push(() => backend.close());
    if (options.registered !== false) {
      backend.state.addKey(DEFAULT_ACCOUNT.devId, key.publicKeyLine, { name: 'this computer' });
    }
    const server = await startVsCode(root, backend, options);
    undo.push(() => server.stop());
    const workbench = await openWorkbench({
      server,
      profileDir: join(root, 'profile'),
      folder: workspace,
      ...(options.viewport === undefined ? {} : { viewport: options.viewport }),
    });
    undo.push(() => workbench.close());
    const person = new Person(workbench.page, options.album);
    await person.identity().waitFor({ timeout: 30_000 });
    return { root, workspace, backend, key, server, workbench, person, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function furnish(
  root: string,
  { passphrase, miniApps = ['tyre-pressure'] }: SceneOptions,
): Promise<{ key: TestKey; workspace: string }> {
  const key = await generateTestKey({
    folder: join(root, 'home', '.ssh'),
    name: 'id_ed25519',
    comment: 'this computer',
    ...(passphrase === undefined ? {} : { passphrase, rounds: 4 }),
  });
  const workspace = join(root, 'workspace');
  await mkdir(workspace);
  for (const name of miniApps) {
    const target = miniApps.length === 1 ? workspace : join(workspace, name);
    await cp(join(repositoryRoot, 'test/fixtures/mini-apps', name), target, { recursive: true });
  }
  return { key, workspace };
}

async function startVsCode(root: string, backend: Backend, options: SceneOptions): Promise<Server> {
  const version = options.version ?? defaultVersion;
  const extensionsDir = join(root, 'extensions');
  await installExtension(await packagedExtension(), { version, extensionsDir });
  const home = join(root, 'home');
  // What the extension writes to a temporary folder is looked through too.
  const temporary = join(root, 'tmp');
  await mkdir(temporary, { recursive: true });
  return startServer({
    version,
    serverDataDir: join(root, 'server'),
    extensionsDir,
    smokeTestDriver: false,
    env: { ...isolatedEnvironment(home), TMPDIR: temporary },
    userSettings: { 'i99dash.backendUrl': backend.url },
  });
}

/** A scene for the length of a suite. What was on screen when a test failed is kept as `failed-….png`. */
export function useScene(options: SceneOptions): Scene {
  let scene: Scene | undefined;
  before(async () => {
    scene = await openScene(options);
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      const title = this.currentTest.title.replace(/[^a-z0-9]+/giu, '-').slice(0, 60);
      await scene?.person.photograph(`failed-${title}`);
    }
  });
  after(() => scene?.close());
  // Tests take the parts out when they run, and the scene is set by then.
  return new Proxy({} as Scene, {
    get: (_target, part) =>
      Reflect.get(scene ?? assert.fail('the scene is not set'), part) as unknown,
  });
}
