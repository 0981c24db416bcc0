import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { THEME } from '../../../src/core/projectKind';
import { PublishHistory } from '../../../src/core/publish/publishHistory';
import { openAppFolder } from '../../../src/vscode/apps/appActions';
import { renderApps } from '../../../src/vscode/apps/appsTree';
import { writeNightDrive } from '../../support/theme';
import {
  copyMiniApp,
  failsWith,
  makeRegisteredKey,
  run,
  setSetting,
  useBackend,
  useContextKey,
  useMessages,
  workspacePath,
} from '../support';

const NOW = Date.parse('2026-01-03T09:00:00Z');
const TASKS = { validate: 0, 'dry run': 0, publish: 1 };

describe('a theme where mini-apps are', () => {
  const backend = useBackend();
  let answer: string | undefined;
  const shown = useMessages(({ buttons }) => buttons.find((button) => button === answer));
  const opened = useContextKey(THEME.editorFoldersKey);
  const folder = workspacePath('night-drive');

  before(async () => {
    writeNightDrive(folder);
    const key = await makeRegisteredKey(backend.current, 'themes');
    await run('i99dash.signIn', { keyPath: key.path });
  });
  beforeEach(() => {
    answer = 'Publish';
  });
  afterEach(() => run('workbench.action.closeAllEditors'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const submissions = (): number =>
    backend.current.state.themes.find('night-drive')?.submissions.length ?? 0;

  async function invoke(tool: string, input: object = {}): Promise<Record<string, unknown>> {
    const options = { input, toolInvocationToken: undefined };
    const { content } = await vscode.lm.invokeTool(tool, options);
    const [part] = content;
    assert.ok(part instanceof vscode.LanguageModelTextPart);
    return JSON.parse(part.value.slice(part.value.indexOf('\n'))) as Record<string, unknown>;
  }

  for (const [name, expected] of Object.entries(TASKS)) {
    it(`has a task that works: ${name}`, async () => {
      const before = submissions();
      const tasks = await vscode.tasks.fetchTasks({ type: 'i99dash' });
      const task = tasks.find((each) => each.name === `${name} night-drive`);
      assert.ok(task, tasks.map((each) => each.name).join());
      const ended = new Promise<number | undefined>((resolve) => {
        const subscription = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
          if (execution.task.name === task.name) {
            subscription.dispose();
            resolve(exitCode);
          }
        });
      });
      await vscode.tasks.executeTask(task);
      assert.equal(await ended, 0);
      assert.equal(submissions() - before, expected);
    });
  }

  it('offers its button in the title of every file of the theme', async () => {
    for (const [file, open] of [
      ['theme.json', folder],
      ['pictures/home.svg', join(folder, 'pictures')],
    ] as const) {
      await run('vscode.open', vscode.Uri.file(join(folder, file)));
      await opened.becomes([open]);
      await run('workbench.action.closeAllEditors');
      await opened.becomes([]);
    }
  });

  it('is chosen by Publish Theme, which ignores the mini-app beside it', async () => {
    const app = copyMiniApp('tyre-pressure', 'beside-a-theme');
    try {
      const before = submissions();
      const manifest = vscode.Uri.file(join(app, 'manifest.json'));
      await vscode.window.showTextDocument(manifest);
      const result = await run('i99dash.publishTheme', {});
      assert.deepEqual([result['kind'], result['appId']], ['theme', 'night-drive']);
      assert.equal(submissions() - before, 1);
      const [question] = shown;
      assert.match(question?.detail ?? '', /^Kind: theme$/mu);
    } finally {
      rmSync(app, { recursive: true, force: true });
    }
  });

  it('has no beta, and ignores that beta is the usual track', async () => {
    await failsWith('VALIDATION_FAILED', 'i99dash.publishToBeta', { folder });
    await setSetting('i99dash.publish.defaultTrack', 'beta');
    try {
      const { track } = await run('i99dash.dryRun', { folder });
      assert.equal(track, 'production');
    } finally {
      await setSetting('i99dash.publish.defaultTrack', undefined);
    }
  });

  it('is validated, published and listed by the tools for agents', async () => {
    const input = { folder: 'night-drive' };
    const file = join(folder, 'theme.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"#4DA3FF"', '"blue"'));
    const { errors } = await invoke('i99dash_validate_app', input);
    writeFileSync(file, text);
    assert.equal(errors, 1);
    await assert.rejects(
      invoke('i99dash_publish_app', { ...input, track: 'beta' }),
      /VALIDATION_FAILED: night-drive cannot be published to beta/u,
    );
    const before = submissions();
    const result = await invoke('i99dash_publish_app', { ...input, track: 'production' });
    assert.deepEqual([result['kind'], submissions() - before], ['theme', 1]);
    const { apps } = await invoke('i99dash_get_status', { appId: 'night-drive' });
    const [theme] = apps as Record<string, unknown>[];
    const { lastSubmissionFromHere, ...rest } = theme ?? {};
    assert.deepEqual(rest, {
      ...{ kind: 'theme', appId: 'night-drive', name: 'Night Drive' },
      ...{ folder: 'workspace/night-drive', versionHere: '1.0.0' },
    });
    assert.equal((lastSubmissionFromHere as { version?: string }).version, '1.0.0');
  });

  it('has a row in the Apps view that tells what is known without the backend', async () => {
    const { path } = vscode.Uri.file(workspacePath('history.json'));
    const history = new PublishHistory(path);
    const publisher = { devId: 'me', account: 'Me', backendUrl: backend.current.url };
    const project = { kind: 'theme', appId: 'night-drive' } as const;
    const submittedAt = '2026-01-01T09:00:00.000Z';
    await history.record(project, publisher, { version: '0.9.0', submittedAt });
    try {
      const { nodes } = await renderApps({
        snapshot: {
          status: { isDeveloper: true, hasPendingRequest: false, apps: [], appsTotal: 0 },
          ...{ mine: [], betas: [] },
        },
        ...{ failure: undefined, session: { kind: 'signedOut' }, isSignedIn: true },
        ...{ isFiltered: false, projects: [{ folder, kind: THEME }], history, now: NOW },
        backendUrl: backend.current.url,
        problems: new Map([[folder, { errors: 0, warnings: 2 }]]),
      });
      const [row] = nodes;
      assert.ok(row);
      const { label, description, contextValue, iconPath } = row.item;
      assert.equal(label, 'Night Drive');
      assert.match(String(description), /theme.*1\.0\.0/u);
      assert.equal((iconPath as vscode.ThemeIcon).id, THEME.icon);
      assert.equal(contextValue, 'app theme local');
      assert.deepEqual(row.args, { folder }, 'no command of mini-apps takes it for one');
      assert.deepEqual(
        row.children.map(({ item }) => item.label),
        ['Problems', 'Version', 'Submitted'],
      );
      const last = row.children[2]?.item.description;
      assert.match(String(last), /0\.9\.0.*2 days ago/u);
      assert.equal(await openAppFolder(row), true);
      const shownFile = vscode.window.activeTextEditor?.document.uri.fsPath;
      assert.equal(shownFile, join(folder, 'theme.json'));
    } finally {
      rmSync(path, { force: true });
    }
  });
});
