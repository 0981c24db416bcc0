import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { I99dashError } from '../../../src/core/errors';
import type { Problem } from '../../../src/core/problem';
import { MINI_APP } from '../../../src/core/projectKind';
import { appNode } from '../../../src/vscode/apps/appNode';
import { statusBarView } from '../../../src/vscode/session/statusBarView';
import { realmLabels } from '../../../src/vscode/session/realmLabels';
import { sshKeyNode } from '../../../src/vscode/keys/sshKeyNode';
import { failureNode } from '../../../src/vscode/ui/failureNode';
import { keyItems } from '../../../src/vscode/keys/sshKeyCommands';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { addApp } from '../../support/apps';
import { MANIFEST } from '../../support/project';
import {
  copyMiniApp,
  makeRegisteredKey,
  run,
  useBackend,
  useMessages,
  useStandIn,
  workspacePath,
} from '../support';

/** A hostile text in place of a name. */
const SHORT = [
  'Name [click](command:workbench.action.quit) ![x](https://pictures.example/x.png)',
  '<a href="command:workbench.action.quit">x</a><img src=x onerror=alert(1)> $(trash)',
  '\u202Egnp.exe\u202C \u001B[2J\u001B[31m \0 \u200B\u2028 `code` **bold** | # \r\nSigned in as: you\n\n---',
].join(' ');
/** The same text with another megabyte. */
const LONG = `${SHORT}${'x'.repeat(1024 * 1024)}`;
/** The same text in a length that fits twice into a manifest of 64 KiB. */
const FITTING = `${SHORT}${'x'.repeat(25 * 1024)}`;

const UNFIT = /(?!\u200C|\u200D|\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * Asserts that a text has no hidden characters, no foreign links or icons, and a limited length.
 */
function assertPlain(text: string, what: string, { lines = 1, icons = false } = {}): void {
  const shown = JSON.stringify(text.slice(0, 400));
  assert.ok(text.length <= 3_000, `${what} has ${text.length} characters`);
  // A zero-width space from the extension escapes an icon.
  assert.doesNotMatch(text.replaceAll('$\u200B(', ''), UNFIT, `${what}: ${shown}`);
  assert.ok(text.split('\n').length <= lines, `${what}: ${shown}`);
  if (!icons) {
    assert.doesNotMatch(text, /\$\(trash\)/u, `${what}: ${shown}`);
  }
}

function assertMessage(text: string, what: string, lines = 1): void {
  assertPlain(text, what, { lines, icons: true });
  assert.doesNotMatch(text, /\]\((?:command|https?|file):/u, `${what}: ${text.slice(0, 400)}`);
}

/** Asserts that no foreign text is Markdown and that only commands of the extension are linked. */
function assertMarkdown(content: unknown, what: string): void {
  if (content === undefined) return;
  if (typeof content === 'string') {
    assertPlain(content, what, { lines: 3, icons: true });
    return;
  }
  const { value, isTrusted, supportHtml } = content as vscode.MarkdownString;
  assert.ok(supportHtml !== true, `${what} shows HTML`);
  const enabled = typeof isTrusted === 'object' ? isTrusted.enabledCommands : [];
  assert.ok(isTrusted !== true, `${what} is trusted`);
  assert.ok(
    enabled.every((command) => /^i99(?:dash|op)\./u.test(command)),
    enabled.join(),
  );
  assert.ok(value.length < 60_000, `${what} has ${value.length} characters`);
  const links = [...value.matchAll(/\]\(([^)]*)\)/gu)].map(([, target = '']) => target);
  assert.ok(
    links.every((target) => /^(?:command:i99(?:dash|op)\.|file:)/u.test(target)),
    `${what}: ${links.join()}`,
  );
  assert.doesNotMatch(value, /<(?:a|img)|\$\(trash\)|command:workbench/u, what);
  const read = value.replace(/&#(\d+);/gu, (_, code) => String.fromCodePoint(Number(code)));
  assert.doesNotMatch(read, UNFIT, what);
}

function assertTreeItem(item: vscode.TreeItem, what: string): void {
  const { label = '', description } = item;
  assertPlain(typeof label === 'string' ? label : label.label, `${what}: label`, { icons: true });
  assertPlain(String(description ?? ''), `${what}: description`, { icons: true });
  assertPlain(item.accessibilityInformation?.label ?? '', `${what}: spoken`, { icons: true });
  assertMarkdown(item.tooltip, `${what}: tooltip`);
}

describe('hostile text', () => {
  const backend = useBackend();
  const shown = useMessages();
  let picked: vscode.QuickPickItem[] = [];
  let titles: string[] = [];
  useStandIn(
    vscode.window,
    'showQuickPick',
    (items: vscode.QuickPickItem[], options?: vscode.QuickPickOptions) => {
      picked = [...items];
      titles.push(options?.title ?? '', options?.placeHolder ?? '');
      return Promise.resolve(undefined);
    },
  );
  useStandIn(vscode.window, 'showInputBox', (options: vscode.InputBoxOptions) => {
    titles.push(options.title ?? '', options.prompt ?? '');
    return Promise.resolve(undefined);
  });

  before(async () => {
    const { state } = backend.current;
    state.accounts.put({
      ...DEFAULT_ACCOUNT,
      email: LONG,
      displayName: LONG,
      lastNotificationError: LONG,
    });
    const key = await makeRegisteredKey(backend.current, 'hostile-words');
    const line = (await makeRegisteredKey(backend.current, 'hostile-words-2')).publicKeyLine;
    const registered = state.accounts
      .keysOf(DEFAULT_ACCOUNT.devId)
      .find(({ name }) => name === 'hostile-words-2');
    state.removeKey(registered?.id ?? '');
    state.addKey(DEFAULT_ACCOUNT.devId, line, { name: LONG });
    const name = { en: LONG };
    addApp(state, { appId: 'hostile-words', version: SHORT, name, review: { rejected: LONG } });
    await run('i99dash.signIn', { keyPath: key.path });
  });

  after(() => backend.current.state.accounts.put(DEFAULT_ACCOUNT));

  beforeEach(() => {
    picked = [];
    titles = [];
  });

  function assertAllShown(): void {
    for (const { message, detail = '', buttons } of shown) {
      assertMessage(message, 'message');
      assertMessage(detail, 'detail', 30);
      buttons.forEach((button) => assertPlain(button, 'button'));
    }
    for (const { label, description = '', detail = '' } of picked) {
      assertPlain(label, 'row');
      assertPlain(description, 'description of a row');
      assertPlain(detail, 'detail of a row');
    }
    titles.forEach((title) => assertMessage(title, 'title'));
  }

  describe('from a server', () => {
    it('is shown as plain text in messages, dialogs and pickers', async () => {
      await run('i99dash.whoAmI');
      assert.equal(shown.length, 1);
      const keys = await run<{ id: string; name: string }[]>('i99dash.listKeys', {});
      const id = keys.find(({ name }) => name.startsWith('Name'))?.id;
      assert.equal(await run('i99dash.removeKey', { id }), undefined);
      assert.equal(shown.length, 2);
      assert.ok(shown[1]?.detail?.includes('The key can no longer sign in'), shown[1]?.detail);
      await run('i99dash.removeKey', {}).catch(() => undefined);
      assert.ok(picked.length >= 2);
      assertAllShown();
      picked = [];
      await run('i99dash.showAccountMenu');
      assert.ok(picked.length > 0);
      await run('i99dash.replaceKey', {}).catch(() => undefined);
      await run('i99dash.promoteToBeta', { appId: 'hostile-words' }).catch(() => undefined);
      await run('i99dash.promoteToBeta', { appId: 'hostile-words', releaseNotes: '' }).catch(
        () => undefined,
      );
      assertAllShown();
    });

    it('is shown as plain text in the status bar and its hover', () => {
      const profile = {
        ...{ sessionId: 's', source: 'ssh' as const, keyPath: `/${SHORT}`, fingerprint: LONG },
        account: { devId: LONG, email: LONG, displayName: LONG, isDeveloper: true },
      };
      const failure = new I99dashError('SERVER', `The backend says: ${LONG}`);
      const held = { profile, minted: undefined };
      for (const state of [
        { kind: 'signedIn' as const, ...held },
        { kind: 'locked' as const, ...held, failure },
        { kind: 'offline' as const, ...held, failure, retryAt: 0 },
        { kind: 'rejected' as const, ...held, failure },
      ]) {
        const ui = realmLabels({ id: 'i99dash' });
        const view = statusBarView(state, { ui, backend: LONG, now: 0 });
        assertPlain(view.text, 'status bar');
        assertPlain(view.accessibilityLabel, 'status bar, spoken', { icons: true });
        assertMarkdown(view.tooltip, `hover when ${state.kind}`);
      }
    });

    it('is shown as plain text in the views', () => {
      const manifest = { id: LONG, name: LONG };
      const app = appNode(
        {
          ...{ kind: MINI_APP, appId: SHORT, name: LONG, review: 'rejected', reviewWord: LONG },
          ...{ rejectionReason: LONG, latestVersion: LONG },
          local: {
            kind: MINI_APP,
            folder: '/x',
            manifest,
            id: SHORT,
            version: LONG,
            isBroken: false,
          },
          beta: { version: LONG, daysLeft: 3 },
        },
        Date.now(),
      );
      const error = new I99dashError('SERVER', LONG);
      const key = {
        ...{ id: 'k', name: LONG, fingerprint: LONG, keyType: LONG, purpose: LONG },
        ...{ createdAt: LONG, lastUsedAt: LONG },
      };
      for (const { item } of [
        app,
        ...app.children,
        failureNode(error, { kind: 'signedOut' }, 'i99dash.refreshApps'),
        sshKeyNode(key, true),
      ]) {
        assertTreeItem(item, item.contextValue ?? '');
      }
      picked = keyItems([key], undefined);
      assertAllShown();
    });

    it('is shown as plain text in the Accounts menu', async () => {
      const session = await vscode.authentication.getSession('i99dash', [], { silent: true });
      const accounts = await vscode.authentication.getAccounts('i99dash');
      const labels = [
        ...accounts.map(({ label }) => label),
        ...(session ? [session.account.label] : []),
      ];
      assert.ok(labels.length > 0);
      labels.forEach((label) => assertPlain(label, 'account', { icons: true }));
    });
  });

  describe('from a workspace', () => {
    const FOLDER = 'hostile\n[x](command:y) $(trash) \u202E\u001B[2J "\'';
    const folder = (): string => workspacePath(FOLDER);
    const file = (): string => join(folder(), 'manifest.json');

    before(() => {
      mkdirSync(join(folder(), 'src'), { recursive: true });
      const manifest = {
        ...{ ...MANIFEST, version: SHORT, name: { en: FITTING, [SHORT]: 'x', ar: SHORT } },
        ...{
          tags: [SHORT],
          url: `https://miniapps.i99dash.app/${SHORT}`,
          [FITTING]: 1,
          [SHORT]: 2,
        },
      };
      writeFileSync(file(), JSON.stringify(manifest, null, 2));
      writeFileSync(join(folder(), 'src/icon.svg'), '<svg/>');
      writeFileSync(join(folder(), 'src', 'a[x](command:y)\u001B\u202E.js'), 'import "x";');
      writeFileSync(
        join(folder(), 'src/index.html'),
        `<script>const APP_VERSION = '${'y'.repeat(9_999)}';</script>`,
      );
    });

    after(async () => {
      await run('workbench.action.closeAllEditors');
      rmSync(folder(), { recursive: true, force: true });
    });

    it('is shown as plain text in problems, the same in the panel and in results', async () => {
      const problems = await run<Problem[]>('i99dash.validate', {
        folder: vscode.Uri.file(folder()),
      });
      assert.ok(problems.some(({ rule }) => rule === 'manifest.unknown-field'));
      problems.forEach(({ message, rule }) => assertPlain(message, rule, { icons: true }));
      const panel = vscode.languages.getDiagnostics(vscode.Uri.file(file()));
      const ours = panel.filter(({ source }) => source === 'i99dash').map(({ message }) => message);
      const told = problems
        .filter((problem) => problem.file === file())
        .map(({ message }) => message);
      assert.deepEqual(ours.sort(), told.sort());
    });

    it('is shown as plain text when publishing fails because of it', async () => {
      await run('i99dash.dryRun', { folder: vscode.Uri.file(folder()) }).catch(() => undefined);
      assert.equal(shown.length, 1);
      assertAllShown();
    });

    it('is shown as plain text in the picker and in the names of tasks', async () => {
      await run('workbench.action.closeAllEditors');
      await run('i99dash.dryRun');
      assert.ok(picked.some(({ detail }) => detail?.includes('hostile')));
      assertAllShown();
      const tasks = await vscode.tasks.fetchTasks({ type: 'i99dash' });
      const names = tasks.map(({ name }) => name).filter((name) => name.includes('hostile'));
      assert.equal(names.length, 3);
      names.forEach((name) => assertPlain(name, 'task', { icons: true }));
    });

    it('is shown as plain text in hovers, completions and CodeLenses', async () => {
      const document = await vscode.workspace.openTextDocument(file());
      await vscode.window.showTextDocument(document);
      const positions = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((line) => new vscode.Position(line, 4));
      let hovers = 0;
      for (const position of positions) {
        const found = await run<vscode.Hover[]>(
          'vscode.executeHoverProvider',
          document.uri,
          position,
        );
        hovers += found.length;
        found.flatMap(({ contents }) => contents).forEach((each) => assertMarkdown(each, 'hover'));
        const { items } = await run<vscode.CompletionList>(
          'vscode.executeCompletionItemProvider',
          document.uri,
          position,
        );
        items.forEach(({ documentation }) => assertMarkdown(documentation, 'completion'));
      }
      assert.ok(hovers > 0);
      const lenses = await run<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
      lenses.forEach(({ command }) => assertPlain(command?.title ?? '', 'lens'));
    });
  });

  describe('in the log', () => {
    const ENTRY = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \[(?:debug|info|warning|error)\] /u;
    const FOLDER = 'hostile-build';

    function logged(): string {
      const folder = dirname(workspacePath());
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      const [file = ''] = files.filter((each) => each.endsWith('i99dash.log'));
      return readFileSync(join(folder, file), 'utf8');
    }

    after(() => rmSync(workspacePath(FOLDER), { recursive: true, force: true }));

    it('is one log entry, whether it comes from a server or a build', async () => {
      await run('i99dash.apps.focus');
      await run('i99dash.refreshApps');
      await run('workbench.view.explorer');
      const folder = copyMiniApp('tyre-pressure', FOLDER);
      const buildCommand = `printf 'first\\r\\n\\033[31mred\\033[0m \\a\\n2026-01-01 [info] mine'; exit 3`;
      writeFileSync(join(folder, 'sdk.config.json'), JSON.stringify({ buildCommand }));
      const dryRun = { folder: vscode.Uri.file(folder), confirmed: true };
      await run('i99dash.dryRun', dryRun).catch(() => undefined);
      const log = logged();
      for (const words of [
        'The last Telegram message did not arrive: Name [click]',
        String.raw`# \r\nSigned in as: you\n\n---`,
        'build: first',
        String.raw`build: red \u0007`,
        'build: 2026-01-01 [info] mine',
      ]) {
        assert.ok(
          log.toLowerCase().includes(words.toLowerCase()),
          `${words} in ${log.slice(-3_000)}`,
        );
      }
      const entries = log.trimEnd().split('\n');
      const others = entries.filter((line) => !ENTRY.test(line) || UNFIT.test(line));
      assert.deepEqual(others, []);
    });
  });
});
