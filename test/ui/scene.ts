import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackend, type Backend, type BackendOptions } from '../backend/server';
import { PROFILES } from '../backend/profiles';
import { removeOnExit } from '../host/cleanup';
import { isolatedEnvironment, type Environment } from '../host/environment';
import { repositoryRoot } from '../host/paths';
import { startServer, type Server } from '../host/server';
import { defaultVersion } from '../host/versions';
import { openWindow, openWorkbench, type Workbench } from '../host/workbench';
import { generateTestKey, type TestKey } from '../support/ssh-key';
import { SCREEN_SCRIPT } from './interruptions';
import { clearScreen } from './known-screen';
import { copyInstalledExtension } from './packaged-extension';
import { Person } from './person';
import { waitUntilStored } from '../host/stored-state';

export interface SceneOptions {
  /** The folder for the screenshots below `out/`. */
  album: string;
  /** The passphrase of the key in `~/.ssh`. */
  passphrase?: string;
  /** False: the key is not registered with the backend yet. */
  registered?: boolean;
  /** False: the key has never signed for the backend on this computer, so a sign-in asks. */
  approved?: boolean;
  /** False: the home folder holds no key. */
  keyInHome?: boolean;
  /** Folders of `test/fixtures/mini-apps` to put into the workspace. */
  miniApps?: readonly string[];
  /**
   * Adds more to the workspace before VS Code opens it, so that VS Code need not detect the
   * changes.
   */
  furnish?: (workspace: string) => Promise<void>;
  /** Default: what the environment variable `I99DASH_TEST_VSCODE_VERSION` says. */
  version?: string;
  /**
   * True: VS Code has all its built-in extensions, not only those that a mini-app's files and the
   * tests meet.
   */
  allBuiltIns?: boolean;
  viewport?: { width: number; height: number };
  /** False: a computer without a keyring. */
  keyring?: boolean;
  /** Seconds that an access token lives. */
  tokenLife?: number;
  /** What VS Code is shown in; English when left out. */
  displayLanguage?: string;
  /** What the backend is; a developer's when left out. */
  backend?: BackendOptions;
  /**
   * The backend of another scene, which goes on running when this one closes: the same developer at
   * another computer.
   */
  sharedBackend?: Backend;
  /** The user's settings beside the backend's URL. */
  settings?: Readonly<Record<string, unknown>>;
  /** Additional environment variables of the first start. */
  env?: Environment;
}

// Each start would register 75 more; `ui/installed` and the integration tests run with all.
const BUILT_INS = [
  'configuration-editing',
  'css',
  'git',
  'git-base',
  'html',
  'javascript',
  'json',
  'json-language-features',
  'log',
  'markdown-basics',
  'npm',
  'search-result',
  'shellscript',
  'simple-browser',
  'theme-defaults',
  'theme-modern-icons',
  'theme-seti',
  'typescript-basics',
  'xml',
  'yaml',
];

/**
 * A user at VS Code with a home, a key, a workspace and a backend of their own, all deleted
 * afterwards.
 */
export class Scene {
  backend!: Backend;
  server!: Server;
  workbench!: Workbench;
  person!: Person;
  private isRunning = false;
  private isBackendRunning = false;

  private constructor(
    readonly options: SceneOptions,
    /**
     * The folder of everything that VS Code and the extension write; the backend keeps its state
     * elsewhere.
     */
    readonly root: string,
    readonly workspace: string,
    /** The key in `~/.ssh`, or in an unrelated folder when the home folder must have no key. */
    readonly key: TestKey,
  ) {}

  /** Creates a scene. It is isolated from the user's own home folder and VS Code. */
  static async open(options: SceneOptions): Promise<Scene> {
    const folder = await mkdtemp(join(tmpdir(), 'i99dash-scene-'));
    removeOnExit(folder);
    const root = join(folder, 'person');
    const scene = new Scene(options, root, join(root, 'workspace'), await makeKey(root, options));
    try {
      await furnishWorkspace(scene.workspace, options);
      await scene.startBackend();
      if (options.registered !== false) {
        scene.register(scene.key.publicKeyLine);
      }
      await copyInstalledExtension(versionOf(options), join(root, 'extensions'));
      if (options.approved !== false) {
        await scene.approveKey(scene.key.fingerprint);
      }
      await scene.start(options.env);
      return scene;
    } catch (error) {
      await scene.close();
      throw error;
    }
  }

  /**
   * Allows a key to sign for the backend without a question, as after a sign-in with it on this
   * computer.
   */
  async approveKey(fingerprint: string): Promise<void> {
    const storage = join(this.root, 'server/data/User/globalStorage/i99dash.i99dash');
    const file = join(storage, 'known-backends.json');
    await mkdir(storage, { recursive: true });
    const before = await readFile(file, 'utf8').catch(() => '{}');
    const known = { ...(JSON.parse(before) as object), [fingerprint]: [this.backend.url] };
    await writeFile(file, JSON.stringify(known));
  }

  /** Registers a key as in the web console. */
  register(publicKeyLine: string): void {
    this.backend.state.addKey(this.devId, publicKeyLine, { name: 'this computer' });
  }

  /** The account that the scene's key is registered with. */
  get devId(): string {
    const [account] = this.options.backend?.accounts ?? PROFILES.developer.accounts;
    return account?.devId ?? '';
  }

  /**
   * Brings the scene to what a test begins from: everything runs, the backend has no fault, and the
   * screen is clear.
   */
  async prepareTest(): Promise<void> {
    if (!this.isBackendRunning) await this.startBackend();
    this.backend.faults.clear();
    if (!this.isRunning) await this.start(this.options.env);
    if (!this.workbench.page.url().startsWith(this.server.url)) {
      await openWindow(this.workbench.context, { server: this.server, folder: this.workspace });
    }
    await clearScreen(this.workbench.context);
  }

  /**
   * Starts VS Code, with its previous state if it ran before.
   * @param env additional environment variables of this start
   */
  async start(env: Environment = {}): Promise<void> {
    const { options, root } = this;
    // What the extension writes to a temporary folder is looked through too.
    const temporary = join(root, 'tmp');
    await mkdir(temporary, { recursive: true });
    const before = this.server as Server | undefined;
    this.server = await startServer({
      version: versionOf(options),
      serverDataDir: join(root, 'server'),
      extensionsDir: join(root, 'extensions'),
      ...(options.allBuiltIns === true ? {} : { builtInExtensions: BUILT_INS }),
      smokeTestDriver: false,
      env: { ...isolatedEnvironment(join(root, 'home')), TMPDIR: temporary, ...env },
      userSettings: { 'i99dash.backendUrl': this.backend.url, ...options.settings },
      // The browser keeps the profile by origin.
      ...(before === undefined ? {} : { port: before.port }),
    });
    this.workbench = await openWorkbench({
      server: this.server,
      profileDir: join(root, 'profile'),
      folder: this.workspace,
      keyring: options.keyring ?? true,
      initScript: SCREEN_SCRIPT,
      ...(options.displayLanguage === undefined
        ? {}
        : { displayLanguage: options.displayLanguage }),
      ...(options.viewport === undefined ? {} : { viewport: options.viewport }),
    });
    this.isRunning = true;
    this.person = await this.arrive(new Person(this.workbench.page, options.album));
  }

  /** Closes VS Code. Its profile, its data and the workspace stay. */
  async quit(): Promise<void> {
    await waitUntilStored(this.workbench.page);
    this.isRunning = false;
    for (const page of this.workbench.context.pages()) {
      await page.goto('about:blank');
    }
    await this.workbench.close();
    await this.server.stop();
  }

  /** Closes VS Code and starts it again, as after a night. */
  async restart(env?: Environment): Promise<void> {
    await this.quit();
    await this.start(env);
  }

  /** Opens one more window on the same workspace. */
  async openSecondWindow(): Promise<Person> {
    const { context } = this.workbench;
    const page = await openWindow(context, { server: this.server, folder: this.workspace });
    return this.arrive(new Person(page, this.options.album));
  }

  stopBackend(): Promise<void> {
    this.isBackendRunning = false;
    return this.backend.close();
  }

  /** Starts the backend, with its previous port and state if it ran before. */
  async startBackend(): Promise<void> {
    if (this.options.sharedBackend !== undefined) {
      this.backend = this.options.sharedBackend;
      this.isBackendRunning = true;
      return;
    }
    const before = this.backend as Backend | undefined;
    const { tokenLife } = this.options;
    this.backend = await startBackend({
      ...this.options.backend,
      stateDir: join(this.root, '..', 'backend'),
      ...(before === undefined ? {} : { port: before.port }),
      ...(tokenLife === undefined ? {} : { tokenLifeSeconds: tokenLife }),
      ...before?.settings,
    });
    this.isBackendRunning = true;
  }

  /** Stops everything that is running and deletes every file. */
  async close(): Promise<void> {
    const { workbench, server, backend } = this as Partial<Scene>;
    await workbench?.close();
    await server?.stop();
    if (this.options.sharedBackend === undefined) {
      await backend?.close();
    }
    await rm(join(this.root, '..'), { recursive: true, force: true, maxRetries: 5 });
  }

  private async arrive(person: Person): Promise<Person> {
    await person.identity().waitFor();
    return person;
  }
}

function versionOf({ version }: SceneOptions): string {
  return version ?? process.env['I99DASH_TEST_VSCODE_VERSION'] ?? defaultVersion;
}

async function makeKey(root: string, { passphrase, keyInHome }: SceneOptions): Promise<TestKey> {
  await mkdir(join(root, 'home'), { recursive: true });
  return generateTestKey({
    folder: keyInHome === false ? join(root, 'nobody') : join(root, 'home', '.ssh'),
    name: 'id_ed25519',
    comment: 'this computer',
    ...(passphrase === undefined ? {} : { passphrase, rounds: 4 }),
  });
}

async function furnishWorkspace(
  workspace: string,
  { miniApps = ['tyre-pressure'], furnish }: SceneOptions,
): Promise<void> {
  await mkdir(workspace);
  for (const name of miniApps) {
    const target = miniApps.length === 1 ? workspace : join(workspace, name);
    await cp(join(repositoryRoot, 'test/fixtures/mini-apps', name), target, { recursive: true });
  }
  await furnish?.(workspace);
}
