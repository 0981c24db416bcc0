import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  copyMiniApp,
  makeRegisteredKey,
  requestsSince,
  run,
  useBackend,
  useMessages,
  workspacePath,
} from '../support';

/**
 * Runs a task.
 * @returns its exit code
 */
async function exitCodeOf(task: vscode.Task): Promise<number | undefined> {
  let subscription: vscode.Disposable | undefined;
  const ended = new Promise<number | undefined>((resolve) => {
    subscription = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      if (execution.task.name === task.name) resolve(exitCode);
    });
  });
  try {
    await vscode.tasks.executeTask(task);
    return await ended;
  } finally {
    subscription?.dispose();
  }
}

async function taskOf(name: string): Promise<vscode.Task> {
  const tasks = await vscode.tasks.fetchTasks({ type: 'i99dash' });
  const names = tasks.map((task) => task.name);
  return (
    tasks.find((task) => task.name === name) ?? assert.fail(`${name} is none of ${names.join()}`)
  );
}

/** Returns the problems that the problem matcher found. */
function matched(file: string): string[] {
  return vscode.languages
    .getDiagnostics(vscode.Uri.file(file))
    .map(({ range, message, severity }) => `${severity} ${range.start.line}: ${message}`);
}

describe('tasks', () => {
  const backend = useBackend();
  let answer: string | undefined;
  const shown = useMessages(({ buttons }) => buttons.find((button) => button === answer));
  const id = 'run-by-a-task';
  let folder: string;

  before(async () => {
    const key = await makeRegisteredKey(backend.current, 'tasks');
    await run('i99dash.signIn', { keyPath: key.path });
  });

  beforeEach(() => {
    answer = undefined;
    folder = copyMiniApp('tyre-pressure', id);
  });

  afterEach(async () => {
    await run('workbench.action.closeAllEditors');
    vscode.window.terminals.forEach((terminal) => terminal.dispose());
    rmSync(folder, { recursive: true, force: true });
  });

  const submissions = () => backend.current.state.apps.find(id)?.submissions ?? [];

  it('provides tasks for every mini-app of every root, with the fields that the matcher needs', async () => {
    const tasks = await vscode.tasks.fetchTasks({ type: 'i99dash' });
    const names = tasks.map(({ name }) => name);
    for (const task of ['validate', 'dry run', 'publish']) {
      assert.ok(names.includes(`${task} cabin-climate`), names.join());
      assert.ok(names.includes(`${task} tester-notes`), names.join());
      assert.ok(!names.includes(`${task} web-app`));
    }
    const second = tasks.find(({ name }) => name === 'publish tester-notes');
    assert.deepEqual(second?.definition, { type: 'i99dash', task: 'publish' });
    assert.equal((second.scope as vscode.WorkspaceFolder).name, 'tester-notes');
    const first = tasks.find(({ name }) => name === 'dry run cabin-climate');
    assert.deepEqual(first?.definition, {
      type: 'i99dash',
      task: 'dryRun',
      folder: 'cabin-climate',
    });
    assert.deepEqual(first.problemMatchers, ['$i99dash']);
  });

  it('publishes after the question that publishing asks', async () => {
    answer = 'Publish';
    assert.equal(await exitCodeOf(await taskOf(`publish ${id}`)), 0);
    assert.equal(submissions().length, 1);
    assert.deepEqual(
      shown.map(({ message }) => message),
      [`Publish ${id} 1.0.0?`],
      'the result is in the terminal',
    );
  });

  it('fails when the user declines', async () => {
    const before = submissions().length;
    assert.equal(await exitCodeOf(await taskOf(`publish ${id}`)), 1);
    assert.equal(submissions().length, before);
    assert.equal(shown.length, 1);
  });

  it('uses no network in a dry run', async () => {
    const from = backend.current.requests.length;
    assert.equal(await exitCodeOf(await taskOf(`dry run ${id}`)), 0);
    assert.deepEqual(requestsSince(backend.current, from), []);
    assert.deepEqual(shown, []);
  });

  it('shows problems of a build in the Problems panel at their line', async () => {
    const buildCommand = `mkdir -p dist && cp src/* dist/ && printf '\\nstructuredClone({});' > dist/late.js`;
    writeFileSync(join(folder, 'sdk.config.json'), JSON.stringify({ buildCommand }));
    answer = 'Run Build';
    const late = join(folder, 'dist', 'late.js');
    const read = new Promise<void>((resolve) => {
      const subscription = vscode.languages.onDidChangeDiagnostics(() => {
        if (matched(late).length > 0) {
          subscription.dispose();
          resolve();
        }
      });
    });
    assert.equal(await exitCodeOf(await taskOf(`dry run ${id}`)), 1);
    await read;
    assert.equal(matched(late).length, 1);
    assert.match(matched(late)[0] ?? '', /^0 1: .*structuredClone/u);
    assert.deepEqual(
      shown.map(({ message }) => message),
      [`Run the build of ${id}?`],
      'the terminal tells the rest',
    );
  });

  it('fails to validate an app with errors and shows each problem once', async () => {
    assert.equal(await exitCodeOf(await taskOf(`validate ${id}`)), 0);
    rmSync(join(folder, 'src', 'icon.png'));
    assert.equal(await exitCodeOf(await taskOf(`validate ${id}`)), 1);
    const found = matched(join(folder, 'manifest.json')).filter((line) => line.includes('icon'));
    assert.equal(found.length, 1, found.join('\n'));
  });

  it('stops a running build when it is terminated', async () => {
    const buildCommand = 'trap "touch ended; exit 1" TERM; touch started; sleep 60 & wait';
    writeFileSync(join(folder, 'sdk.config.json'), JSON.stringify({ buildCommand }));
    answer = 'Run Build';
    const started = created('started');
    const ended = created('ended');
    const execution = await vscode.tasks.executeTask(await taskOf(`dry run ${id}`));
    await started;
    execution.terminate();
    await ended;
  });

  function created(name: string): Promise<void> {
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(vscode.Uri.file(folder), name),
    );
    return new Promise((resolve) => {
      watcher.onDidCreate(() => {
        watcher.dispose();
        resolve();
      });
    });
  }

  describe('in tasks.json', () => {
    const settings = workspacePath.bind(undefined, '.vscode');
    afterEach(() => rmSync(settings(), { recursive: true, force: true }));

    /** Writes a task into tasks.json and returns it. */
    async function written(label: string, fields: object): Promise<vscode.Task> {
      mkdirSync(settings(), { recursive: true });
      const tasks = [{ label, type: 'i99dash', task: 'publish', folder: id, ...fields }];
      writeFileSync(join(settings(), 'tasks.json'), JSON.stringify({ version: '2.0.0', tasks }));
      let found: vscode.Task | undefined;
      while (found === undefined) {
        // VS Code reads the changed file later without an event.
        found = (await vscode.tasks.fetchTasks()).find(({ name }) => name === label);
      }
      return found;
    }

    it('runs as configured, after the question, which also precedes a beta', async () => {
      // A previous test may have published this version.
      answer = submissions().length > 0 ? 'Publish Anyway' : 'Publish';
      const more = { track: 'beta', releaseNotes: 'From a task.' };
      assert.equal(await exitCodeOf(await written('to testers', more)), 0);
      const beta = backend.current.state.apps.find(id)?.beta;
      assert.equal(beta?.releaseNotes, 'From a task.');
      const [question = assert.fail('nothing was asked')] = shown;
      assert.match(question.detail ?? '', /Track: beta.*Release notes: From a task\./su);
    });

    for (const field of ['folder', 'track', 'releaseNotes']) {
      it(`fails when a field has the wrong type: ${field}`, async () => {
        answer = 'Publish';
        const before = submissions().length;
        const task = await written(`wrong ${field}`, { track: 'beta', [field]: { x: 1 } });
        assert.equal(await exitCodeOf(task), 1);
        assert.equal(submissions().length, before);
      });
    }
  });

  describe('when signed out', () => {
    before(() => run('i99dash.signOut'));

    it('fails and offers to sign in', async () => {
      assert.equal(await exitCodeOf(await taskOf(`publish ${id}`)), 1);
      assert.deepEqual(
        shown.map(({ buttons }) => buttons),
        [['Sign In']],
      );
    });
  });
});
