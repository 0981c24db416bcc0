import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { LoggedRequest } from '../backend/request-log';
import {
  startBackend,
  DEFAULT_ACCOUNT,
  type Backend,
  type BackendOptions,
} from '../backend/server';
import { generateTestKey, type TestKey } from '../support/ssh-key';

export const EXTENSION_ID = 'i99dash.i99dash';

/** Activates the extension under test and returns it. */
export async function activateExtension(): Promise<vscode.Extension<unknown>> {
  const extension = vscode.extensions.getExtension(EXTENSION_ID);
  assert.ok(extension, 'the extension is installed');
  await extension.activate();
  return extension;
}

const ACCEPT_CONFIRMED = 'i99dash.commands.acceptConfirmed';
/** Commands whose confirmation is tested in another suite. */
const CONFIRMED_COMMANDS = ['i99dash.signIn', 'i99dash.addKey', 'i99op.signIn', 'i99op.addKey'];

/**
 * Runs a command as a program that the user allows to confirm: sign-ins and new keys with arguments
 * ask nothing.
 */
export async function run<T = Record<string, unknown>>(id: string, ...args: unknown[]): Promise<T> {
  const [first] = args;
  const isObject = typeof first === 'object' && first !== null && !Array.isArray(first);
  return isObject && CONFIRMED_COMMANDS.includes(id)
    ? runAsked<T>(id, { confirmed: true, ...first })
    : runAsked<T>(id, ...args);
}

/** Runs a command as another extension does, without `confirmed`. */
export async function runAsked<T = Record<string, unknown>>(
  id: string,
  ...args: unknown[]
): Promise<T> {
  return vscode.commands.executeCommand<T>(id, ...args);
}

/** Allows `confirmed: true` in the user's settings for the length of a suite. */
export function useConfirmation(): void {
  before(() => setSetting(ACCEPT_CONFIRMED, true));
  after(() => setSetting(ACCEPT_CONFIRMED, undefined));
}

/** Disallows `confirmed: true`, as by default, for the length of a suite. */
export function useNoConfirmation(): void {
  before(() => setSetting(ACCEPT_CONFIRMED, undefined));
}

/** Asserts that a command rejects with an error of this code and returns its message. */
export async function failsWith(code: string, id: string, ...args: unknown[]): Promise<string> {
  try {
    await run(id, ...args);
  } catch (error) {
    assert.ok(error instanceof Error);
    assert.equal((error as { code?: string }).code, code, error.message);
    return error.message;
  }
  assert.fail(`${id} did not fail with ${code}`);
}

export async function setSetting(key: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
}

/** Starts a development backend and points the extension at it for the length of a suite. */
export function useBackend(options: BackendOptions = {}): { readonly current: Backend } {
  let backend: Backend | undefined;
  useConfirmation();
  before(async () => {
    await activateExtension();
    backend = await startBackend(options);
    await setSetting('i99dash.backendUrl', backend.url);
  });
  after(async () => {
    await run('i99dash.signOut');
    await setSetting('i99dash.backendUrl', undefined);
    await backend?.close();
  });
  return {
    get current() {
      return backend ?? assert.fail('the backend has not started');
    },
  };
}

/** The lists that the views load by themselves after each sign-in. */
const LOADED_BY_VIEWS = [
  '/api/v1/account/ssh-keys',
  '/api/v1/mini-apps/mine',
  '/api/v1/dev/status',
];

/**
 * Returns the requests to a backend after the first `from`, without those that the views send on
 * their own: they may arrive at any time after a sign-in.
 */
export function requestsSince(backend: Backend, from: number): LoggedRequest[] {
  return backend.requests
    .slice(from)
    .filter(({ method, path }) => method !== 'GET' || !LOADED_BY_VIEWS.includes(path));
}

/** Creates a key in `~/.ssh` of the temporary home folder. */
export function makeKey(
  name: string,
  options: Partial<Parameters<typeof generateTestKey>[0]> = {},
): Promise<TestKey> {
  return generateTestKey({ folder: join(homedir(), '.ssh'), name, ...options });
}

/** Creates a key and registers it with the backend. */
export async function makeRegisteredKey(
  backend: Backend,
  name: string,
  options: Partial<Parameters<typeof generateTestKey>[0]> = {},
): Promise<TestKey> {
  const key = await makeKey(name, options);
  backend.state.addKey(DEFAULT_ACCOUNT.devId, key.publicKeyLine, { name });
  return key;
}

/** Returns a path in the workspace that the tests run in. */
export function workspacePath(...segments: string[]): string {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'a workspace is open');
  return join(folder.uri.fsPath, ...segments);
}

/**
 * Copies a sample mini-app within the workspace under another ID, which is also the folder's name.
 */
export function copyMiniApp(sample: string, id: string): string {
  const folder = workspacePath(id);
  cpSync(workspacePath(sample), folder, { recursive: true });
  const manifest = join(folder, 'manifest.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(`"${sample}"`, `"${id}"`));
  return folder;
}

interface ShownMessage {
  message: string;
  buttons: string[];
  /** The detail of a modal message. */
  detail?: string;
}

/** Returns the title of a button; undefined for anything else. */
function titleOf(item: unknown): string | undefined {
  if (typeof item === 'string') return item;
  const title = (item as { title?: unknown } | undefined)?.title;
  return typeof title === 'string' ? title : undefined;
}

/**
 * Answers messages in place of the user for the length of a suite: `answer` returns the button to
 * press, or undefined to dismiss the message.
 * @param approves false: the question whether a key may sign for a backend is included instead of
 * being accepted silently
 * @returns the messages shown since the current test began
 */
export function useMessages(
  answer: (shown: ShownMessage) => string | undefined | Promise<string | undefined> = () =>
    undefined,
  approves = true,
): ShownMessage[] {
  const shown: ShownMessage[] = [];
  const names = ['showErrorMessage', 'showInformationMessage', 'showWarningMessage'] as const;
  const originals = new Map<string, unknown>();
  before(() => {
    const window = vscode.window as unknown as Record<string, unknown>;
    for (const name of names) {
      originals.set(name, window[name]);
      window[name] = (message: string, ...rest: unknown[]) => {
        const items = rest.filter((item) => titleOf(item) !== undefined);
        const titles = items.map((item) => titleOf(item) ?? '');
        // Every error has this button last; `ui/failure.test.ts` presses it.
        const buttons = titles.filter((title) => title !== 'More');
        const { detail } = (rest[0] ?? {}) as vscode.MessageOptions;
        const dialog = { message, buttons, ...(detail === undefined ? {} : { detail }) };
        if (approves && buttons.includes('Use Another Key…')) return Promise.resolve(items[0]);
        shown.push(dialog);
        return Promise.resolve(answer(dialog)).then((pressed) =>
          items.find((item) => titleOf(item) === pressed),
        );
      };
    }
  });
  beforeEach(() => {
    shown.length = 0;
  });
  after(() => {
    Object.assign(vscode.window, Object.fromEntries(originals));
  });
  return shown;
}

/** Replaces a function of `vscode.window` or another part of the API for the length of a suite. */
export function useStandIn<T extends object>(
  part: T,
  name: keyof T,
  standIn: (...args: never[]) => unknown,
): void {
  let original: unknown;
  before(() => {
    original = part[name];
    Object.assign(part, { [name]: standIn });
  });
  after(() => {
    Object.assign(part, { [name]: original });
  });
}

/**
 * Cancels every progress notification for the length of a suite.
 * @returns the titles of those of the current test
 */
export function useImpatience(): readonly string[] {
  const titles: string[] = [];
  beforeEach(() => {
    titles.length = 0;
  });
  useStandIn(
    vscode.window,
    'withProgress',
    (
      { title }: vscode.ProgressOptions,
      task: (progress: object, token: object) => Promise<unknown>,
    ) => {
      if (title === undefined) return task({}, {}); // a view's progress, which the user cannot cancel
      titles.push(title);
      return task(
        { report: () => undefined },
        { onCancellationRequested: (cancel: () => void) => cancel() },
      );
    },
  );
  return titles;
}

/** Tracks a context key that the extension sets for `when` clauses, for the length of a suite. */
export function useContextKey(key: string): {
  /** The last value; undefined before the first. */
  readonly current: unknown;
  /** Resolves when it has this value. */
  becomes(value: unknown): Promise<void>;
} {
  const { executeCommand } = vscode.commands;
  let current: unknown;
  let changed = (): void => undefined;
  useStandIn(vscode.commands, 'executeCommand', (id: string, ...args: unknown[]) => {
    if (id === 'setContext' && args[0] === key) {
      current = args[1];
      changed();
    }
    return executeCommand(id, ...args);
  });
  return {
    get current() {
      return current;
    },
    becomes: (value) =>
      new Promise((resolve) => {
        changed = () => {
          if (isDeepStrictEqual(current, value)) resolve();
        };
        changed();
      }),
  };
}
