import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { installChromium } from './chromium';
import type { Server } from './server';

/** What VS Code is told in the query of the page's address: pairs of name and value. */
export type Payload = readonly (readonly [name: string, value: string])[];

/** One window of VS Code. */
export interface WindowOptions {
  readonly server: Pick<Server, 'url' | 'port'>;
  /** Absolute path of a folder or of a `.code-workspace` file; an empty window when left out. */
  readonly folder?: string;
  readonly payload?: Payload;
}

/** A browser with a first window of VS Code. */
export interface WorkbenchOptions extends WindowOptions {
  /** The browser's profile; opened again later, it still has the secrets and the state of the windows. */
  readonly profileDir: string;
  /** True, the default: secrets are kept in the profile. False: as without a keyring, they are lost with the window. */
  readonly keyring?: boolean;
  /** A language tag, `en-US` when left out. */
  readonly locale?: string;
  /**
   * What VS Code's texts are in, `en` when left out. VS Code's own stay English without a language pack; an extension's come in the language
   * all the same, as with a pack.
   */
  readonly displayLanguage?: string;
  /** CSS pixels, 1280 × 800 when left out. */
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly deviceScaleFactor?: number;
  readonly colorScheme?: 'dark' | 'light';
  /** What runs in every window before VS Code does. */
  readonly initScript?: string;
  /** Called with everything that code in the extension host logs: `log`, `warn`, … and printf-style arguments. */
  readonly onLog?: (type: string, args: unknown[]) => void;
  /** Called with 0 or 1 when a test run that the payload asked for has ended. */
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
  // Marketplace and telemetry hosts fail at once; only loopback is reachable, whatever the network.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

// What has not come by then never will, however busy the machine is.
const neverMs = 90_000;

// Byte of the key that seals the secrets; a fixed one, so that a profile can be opened again.
const secretsKeyByte = 0x69;

/**
 * Starts Chromium (installing it first when needed) and opens a window of VS Code in it.
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
 * Opens one more window in a browser that is open already.
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
 * The payload that loads extensions from their source folders, and runs a test suite in them.
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
 * For the page: VS Code asks the server for the key that seals the secrets, and ours has none. A route of Playwright's would switch the
 * browser's cache off, and every window would load and compile VS Code anew.
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
 * For the page: VS Code reads there what a language pack would have set, and tells the extension host.
 * A text, as a function compiled for tests need not run elsewhere.
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
