import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { installChromium } from './chromium';
import type { Server } from './server';

/** The payload in the query of the page's URL: pairs of name and value. */
export type Payload = readonly (readonly [name: string, value: string])[];

/** Options of a VS Code window. */
export interface WindowOptions {
  readonly server: Pick<Server, 'url' | 'port'>;
  /** Absolute path of a folder or of a `.code-workspace` file; an empty window when left out. */
  readonly folder?: string;
  readonly payload?: Payload;
}

/** Options of a browser with a first VS Code window. */
export interface WorkbenchOptions extends WindowOptions {
  /**
   * The browser's profile; reopened later, it still has the secrets and the state of the windows.
   */
  readonly profileDir: string;
  /**
   * True, the default: secrets are kept in the profile. False: as without a keyring, they are lost
   * with the window.
   */
  readonly keyring?: boolean;
  /** A language tag, `en-US` when left out. */
  readonly locale?: string;
  /**
   * The display language, `en` when left out. Without a language pack, VS Code's own texts stay
   * English while the extension's are translated.
   */
  readonly displayLanguage?: string;
  /** CSS pixels, 1280 × 800 when left out. */
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly deviceScaleFactor?: number;
  readonly colorScheme?: 'dark' | 'light';
  /** A script that runs in every window before VS Code does. */
  readonly initScript?: string;
  /**
   * Called with everything that code in the extension host logs: `log`, `warn`, … and printf-style
   * arguments.
   */
  readonly onLog?: (type: string, args: unknown[]) => void;
  /** Called with 0 or 1 when a test run of the payload has ended. */
  readonly onExit?: (code: number) => void;
}

/** An open browser. */
export interface Workbench {
  /** The first window. */
  readonly page: Page;
  readonly context: BrowserContext;
  readonly close: () => Promise<void>;
}

const browserFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  // A window lives for seconds: compiling ahead and optimizing cost more than they save.
  '--js-flags=--max-lazy --no-opt --no-maglev',
  // Requests to the Marketplace and telemetry hosts fail at once; only loopback is reachable.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

// A timeout that no machine reaches unless the page hangs.
const neverMs = 180_000;

// Byte of the key that encrypts the secrets; a fixed one, so that a profile can be reopened.
const secretsKeyByte = 0x69;

/**
 * Starts Chromium (and installs it first if needed) and opens a VS Code window.
 * @returns the browser once the workbench is on screen
 */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { executablePath } = await installChromium();
  const context = await chromium.launchPersistentContext(options.profileDir, {
    executablePath,
    args: browserFlags,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    locale: options.locale ?? 'en-US',
    viewport: options.viewport ?? { width: 1280, height: 800 },
    colorScheme: options.colorScheme ?? 'dark',
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
    ...(options.deviceScaleFactor === undefined
      ? {}
      : { deviceScaleFactor: options.deviceScaleFactor }),
  });
  context.setDefaultTimeout(neverMs);
  try {
    await connect(context, options);
    const page = await openWindow(context, options);
    return { page, context, close: () => context.close() };
  } catch (error) {
    await context.close();
    throw error;
  }
}

/**
 * Opens another window in a running browser.
 * @returns the window once the workbench is on screen
 */
export async function openWindow(context: BrowserContext, options: WindowOptions): Promise<Page> {
  // A browser starts with one blank page.
  const blank = context.pages().find((page) => page.url() === 'about:blank');
  const page = blank ?? (await context.newPage());
  await page.goto(windowUrl(options), { waitUntil: 'domcontentloaded' });
  await page.locator('.monaco-workbench .part.statusbar').waitFor();
  return page;
}

/**
 * Returns the payload that loads extensions from their source folders and runs a test suite in
 * them.
 * @param paths absolute paths
 */
export function developmentPayload(
  server: Pick<Server, 'port'>,
  paths: { readonly extensions: readonly string[]; readonly tests?: string },
): Payload {
  const uri = (file: string) => `vscode-remote://127.0.0.1:${server.port}${file}`;
  const extensions = paths.extensions.map(
    (extension) => ['extensionDevelopmentPath', uri(extension)] as const,
  );
  const tests =
    paths.tests === undefined ? [] : [['extensionTestsPath', uri(paths.tests)] as const];
  return [...extensions, ...tests];
}

async function connect(context: BrowserContext, options: WorkbenchOptions): Promise<void> {
  if (options.keyring !== false) {
    await context.addInitScript(answerWithSecretsKey());
  }
  if (options.displayLanguage !== undefined) {
    await context.addInitScript(claimLanguage(options.displayLanguage));
  }
  if (options.initScript !== undefined) {
    await context.addInitScript({ content: options.initScript });
  }
  await context.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) =>
    options.onLog?.(type, args),
  );
  await context.exposeFunction('codeAutomationExit', (code: number) => options.onExit?.(code));
}

/**
 * Runs in the page: answers VS Code's request for the key that encrypts the secrets, because our
 * server has none. A Playwright route would disable the browser's cache, and every window would
 * load and compile VS Code again.
 */
function answerWithSecretsKey(): { content: string } {
  return {
    content: `{
      const { fetch } = globalThis;
      globalThis.fetch = (resource, ...options) =>
        String(resource?.url ?? resource).endsWith('/mint-key')
          ? Promise.resolve(new Response(new Uint8Array(32).fill(${secretsKeyByte})))
          : fetch(resource, ...options);
    }`,
  };
}

/**
 * Runs in the page: sets the display language where a language pack would, which VS Code also sends
 * to the extension host. It is a string because a function compiled for tests may depend on helpers
 * that the page does not have.
 */
function claimLanguage(language: string): { content: string } {
  const property = `{ get: () => ${JSON.stringify(language)}, set: () => undefined }`;
  return { content: `Object.defineProperty(globalThis, '_VSCODE_NLS_LANGUAGE', ${property});` };
}

function windowUrl({ server, folder, payload }: WindowOptions): string {
  const url = new URL(server.url);
  if (folder === undefined) url.searchParams.set('ew', 'true');
  else url.searchParams.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', folder);
  const entries = [...(payload ?? []), ['skipWelcome', 'true']];
  url.searchParams.set('payload', JSON.stringify(entries));
  return url.href;
}
