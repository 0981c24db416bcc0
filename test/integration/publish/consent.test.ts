import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { OPERATOR_ACCOUNT, PROFILES } from '../../backend/profiles';
import { type Backend, DEFAULT_ACCOUNT, startBackend } from '../../backend/server';
import type { TestKey } from '../../support/ssh-key';
import { usePerson } from '../person';
import {
  copyMiniApp,
  makeKey,
  makeRegisteredKey,
  run,
  runAsked,
  setSetting,
  useBackend,
  useMessages,
  useNoConfirmation,
  useStandIn,
} from '../support';

const ACCEPT = 'i99dash.commands.acceptConfirmed';
const OTHER_ACCOUNT = { ...DEFAULT_ACCOUNT, devId: 'dev_other', email: 'other@example.com' };
const ME = DEFAULT_ACCOUNT.email ?? '';
const NOT_PUBLISHED = /"published":\s*false/u;

/** A guarded action and the details that its question names. */
interface Guarded {
  title: string;
  command: string;
  args: () => object | Promise<object>;
  /** The parts of the message or its detail. */
  names: () => (string | RegExp)[];
  /** The state that the action would change. */
  state: () => unknown;
}

describe('consent for actions that only the user may decide', () => {
  const backend = useBackend();
  useNoConfirmation();
  /** Presses the first button of every modal question that matches. */
  let yes: RegExp | undefined;
  /** Simulates that VS Code cannot show a dialog. */
  let broken = false;
  const shown = useMessages(({ message, detail, buttons }) => {
    if (broken && detail !== undefined) throw new Error('DialogService: refused to show dialog');
    return detail !== undefined && yes?.test(message) === true ? buttons[0] : undefined;
  }, false);
  useStandIn(vscode.window, 'showInputBox', () => Promise.resolve(''));

  let own: TestKey;
  let second: TestKey;
  let foreign: TestKey;
  let operators: Backend;
  let folder: string;
  let id: string;
  let count = 0;
  let outside: string;

  const keys = () => backend.current.state.accounts.keysOf(DEFAULT_ACCOUNT.devId);
  const app = () => backend.current.state.apps.find(id);
  const submissions = () => app()?.submissions.length ?? 0;
  const questions = () => shown.filter(({ detail }) => detail !== undefined);
  const built = (): boolean => existsSync(join(folder, 'dist/built'));
  const identity = async (): Promise<unknown> => (await run('i99dash.whoAmI'))['devId'];
  const baseUrl = (): unknown => vscode.workspace.getConfiguration().get('i99op.backendUrl');
  const configure = (buildCommand: string): void =>
    writeFileSync(join(folder, 'sdk.config.json'), JSON.stringify({ buildCommand }));
  const writeScripts = (scripts: object): void =>
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts }));

  async function confirmed<T>(task: () => Promise<T>): Promise<T> {
    await setSetting(ACCEPT, true);
    try {
      return await task();
    } finally {
      await setSetting(ACCEPT, undefined);
    }
  }

  const signInWithOwnKey = () =>
    confirmed(() => run('i99dash.signIn', { keyPath: own.path, confirmed: true }));

  const signInAs = (devId: string) => {
    const token = backend.current.state.mintToken({ devId, lifeSeconds: 900 });
    return confirmed(() => run('i99dash.signIn', { token, confirmed: true }));
  };

  /**
   * Runs one of the extension's tasks with more fields in its definition, as tasks.json may have.
   */
  async function runTask(
    name: string,
    more: object,
    scope?: vscode.WorkspaceFolder,
  ): Promise<void> {
    const tasks = await vscode.tasks.fetchTasks({ type: 'i99dash' });
    const known = tasks.find(
      (task) => task.name === name && (scope === undefined || task.scope === scope),
    );
    assert.ok(known?.execution, `${name} in ${tasks.map((task) => task.name).join(', ')}`);
    const task = new vscode.Task(
      { ...known.definition, ...more },
      known.scope ?? vscode.TaskScope.Workspace,
      ...([known.name, 'i99dash', known.execution] as const),
    );
    const ended = new Promise((resolve) => {
      const subscription = vscode.tasks.onDidEndTask(({ execution }) => {
        if (execution.task.name === task.name) resolve(subscription.dispose());
      });
    });
    await vscode.tasks.executeTask(task);
    await ended;
  }

  /** @returns the message for the agent */
  async function publishByAgent(input: object): Promise<string> {
    const { content } = await vscode.lm.invokeTool('i99dash_publish_app', {
      ...{ input: { folder: id, ...input }, toolInvocationToken: undefined },
    });
    return (content[0] as vscode.LanguageModelTextPart).value;
  }

  before(async () => {
    operators = await startBackend(PROFILES.operator);
    own = await makeRegisteredKey(backend.current, 'consent-own');
    second = await makeKey('consent-second', { comment: 'tower' });
    foreign = await makeKey('consent-foreign');
    backend.current.state.addAccount(OTHER_ACCOUNT);
    backend.current.state.addKey(OTHER_ACCOUNT.devId, foreign.publicKeyLine);
    operators.state.addKey(OPERATOR_ACCOUNT.devId, own.publicKeyLine);
    await signInWithOwnKey();
    outside = mkdtempSync(join(tmpdir(), 'i99-outside-'));
    await setSetting('i99op.enabled', true);
  });

  after(async () => {
    await setSetting('i99op.enabled', undefined);
    await setSetting('i99op.backendUrl', undefined);
    await (operators as Backend | undefined)?.close();
    rmSync(outside, { recursive: true, force: true });
  });

  beforeEach(() => {
    yes = undefined;
    broken = false;
    id = `consent-${++count}`;
    folder = copyMiniApp('tyre-pressure', id);
  });

  afterEach(async () => {
    await setSetting('i99dash.publish.confirm', undefined);
    await run('workbench.action.revertAndCloseActiveEditor');
    rmSync(folder, { recursive: true, force: true });
  });

  const publishNames = () => [id, '1.0.0', 'mini-app', backend.current.url, ME, /\d+ kB/u];
  const beta = async (): Promise<object> => {
    const publish = { folder, track: 'beta', releaseNotes: 'New', confirmed: true };
    await confirmed(() => run('i99dash.publish', publish));
    return { appId: id };
  };

  const GUARDED: Guarded[] = [
    {
      title: 'registering a key',
      command: 'i99dash.addKey',
      args: () => ({ publicKeyPath: second.publicKeyPath, name: 'tower' }),
      names: () => [second.fingerprint, 'tower', 'login', ME, backend.current.url],
      state: () => keys().map(({ fingerprint }) => fingerprint),
    },
    {
      title: 'registering a key for native apps',
      command: 'i99dash.addKey',
      args: () => ({ publicKeyPath: second.publicKeyPath, name: 'ci', purpose: 'attest' }),
      names: () => [second.fingerprint, 'ci', 'attest', ME, backend.current.url],
      state: () => keys().map(({ fingerprint }) => fingerprint),
    },
    {
      title: 'removing a key',
      command: 'i99dash.removeKey',
      args: () => ({ id: keys()[0]?.id }),
      names: () => ['own', own.fingerprint],
      state: () => keys().map(({ fingerprint }) => fingerprint),
    },
    {
      title: 'replacing the key of the session',
      command: 'i99dash.replaceKey',
      args: () => ({ keyPath: second.path }),
      names: () => [
        ...[own.fingerprint, second.fingerprint, 'own', 'login', ME, backend.current.url],
        ...[/sign in as you elsewhere/u, /key of its own/iu],
      ],
      state: () => keys().map(({ fingerprint }) => fingerprint),
    },
    {
      title: 'signing for a backend that is new to the key',
      command: 'i99dash.signIn',
      args: () => ({ keyPath: foreign.path }),
      names: () => [
        ...[foreign.fingerprint, backend.current.url],
        ...[/sign in as you elsewhere/u, /key of its own .* safer/iu],
      ],
      state: identity,
    },
    {
      title: 'changing the operator backend with a key that is new to it',
      command: 'i99op.signIn',
      args: () => ({ baseUrl: operators.url, keyPath: own.path }),
      names: () => [
        ...['https://i99op.i99dash.app', operators.url, own.fingerprint],
        ...[/sign in as you elsewhere/u, /key of its own .* safer/iu],
      ],
      state: () => [baseUrl(), operators.requests.length],
    },
    {
      title: 'changing the operator backend with a token',
      command: 'i99op.signIn',
      args: () => ({ baseUrl: operators.url, token: 'any-token' }),
      names: () => ['https://i99op.i99dash.app', operators.url],
      state: () => [baseUrl(), operators.requests.length],
    },
    {
      title: 'replacing the session with another account by a token',
      command: 'i99dash.signIn',
      args: () => {
        const { devId } = OTHER_ACCOUNT;
        return { token: backend.current.state.mintToken({ devId, lifeSeconds: 900 }) };
      },
      names: () => [ME, OTHER_ACCOUNT.email, DEFAULT_ACCOUNT.devId, backend.current.url],
      state: identity,
    },
    {
      title: 'publishing to production',
      command: 'i99dash.publish',
      args: () => ({ folder }),
      names: () => [...publishNames(), 'production'],
      state: submissions,
    },
    {
      title: 'publishing to beta by a command with arguments',
      command: 'i99dash.publish',
      args: () => ({ folder, track: 'beta', releaseNotes: 'New' }),
      names: () => [...publishNames(), 'beta'],
      state: submissions,
    },
    {
      title: 'promoting to production',
      command: 'i99dash.promoteToProduction',
      args: beta,
      names: () => [id, '1.0.0', 'mini-app', 'production', backend.current.url, ME],
      state: () => app()?.beta?.version,
    },
    {
      title: 'promoting a version to beta',
      command: 'i99dash.promoteToBeta',
      args: beta,
      names: () => [id, '1.0.0', 'beta', backend.current.url, ME],
      state: () =>
        backend.current.requests.filter(({ path }) => path.endsWith('/beta/promote')).length,
    },
    {
      title: 'ending a beta',
      command: 'i99dash.endBeta',
      args: beta,
      names: () => [id, '1.0.0', /testers lose/u],
      state: () => app()?.beta?.version,
    },
    {
      title: 'running a build',
      command: 'i99dash.dryRun',
      args: () => {
        configure('npm run build');
        writeScripts({ prebuild: 'echo before', build: 'cp -r src dist && touch dist/built' });
        return { folder };
      },
      names: () => ['npm run build', 'touch dist/built', 'echo before', id],
      state: built,
    },
    {
      title: 'giving a private key to a CI pipeline',
      command: 'i99dash.setUpCi',
      args: () => {
        execFileSync('git', ['init', '-q', folder]);
        const remote = ['remote', 'add', 'origin', 'git@github.com:acme/consent.git'];
        execFileSync('git', ['-C', folder, ...remote]);
        return { folder };
      },
      names: () => [
        ...['acme/consent', 'clipboard', 'login', 'can sign in as you', /SHA256:/u],
        ...[ME, backend.current.url],
      ],
      state: async () => [keys().length, await vscode.env.clipboard.readText()],
    },
  ];

  for (const { title, command, args, names, state } of GUARDED) {
    it(`asks before ${title} and changes nothing when the user declines or no dialog can be shown`, async () => {
      const given = await args();
      const before = await state();
      for (const more of [{}, { confirmed: true }]) {
        shown.length = 0;
        assert.equal(await runAsked(command, { ...given, ...more }), undefined);
        assert.equal(questions().length, 1, JSON.stringify(shown));
        const [{ message, detail = '' } = { message: '' }] = questions();
        for (const name of names()) {
          const text = `${message}\n${detail}`;
          assert.ok(
            typeof name === 'string' ? text.includes(name) : name.test(text),
            `${name}: ${text}`,
          );
        }
        assert.deepEqual(await state(), before);
      }
      broken = true;
      assert.equal(await runAsked(command, { ...given, confirmed: true }), undefined);
      assert.deepEqual(await state(), before);
    });
  }

  it('honours `confirmed: true` only with the user’s own setting', async () => {
    const args = { publicKeyPath: second.publicKeyPath, name: 'tower', confirmed: true };
    const workspace = vscode.ConfigurationTarget.Workspace;
    // VS Code refuses to write the setting there; a value in the workspace's settings file has no
    // effect either.
    await assert.rejects(
      Promise.resolve(vscode.workspace.getConfiguration().update(ACCEPT, true, workspace)),
    );
    assert.equal(await runAsked('i99dash.addKey', args), undefined);
    assert.equal(questions().length, 1);
    const added = await confirmed(() => runAsked('i99dash.addKey', args));
    assert.equal(questions().length, 1);
    assert.equal(added['fingerprint'], second.fingerprint);
    const removal = { id: added['id'], confirmed: true };
    assert.equal(await runAsked('i99dash.removeKey', removal), undefined);
    assert.equal(await confirmed(() => runAsked('i99dash.removeKey', removal)), true);
    assert.equal(await confirmed(() => runAsked('i99dash.publish', { folder })), undefined);
    assert.equal(submissions(), 0);
  });

  it('registers a key after one confirmation', async () => {
    yes = /^Register/u;
    const args = { publicKeyPath: second.publicKeyPath, name: 'tower' };
    const added = await runAsked('i99dash.addKey', args);
    assert.equal(questions().length, 1);
    yes = /^Remove/u;
    assert.equal(await runAsked('i99dash.removeKey', { id: added['id'] }), true);
  });

  describe('publishing by hand', () => {
    const publishByHand = async (command = 'i99dash.publish'): Promise<unknown> => {
      await vscode.window.showTextDocument(vscode.Uri.file(join(folder, 'manifest.json')));
      return runAsked(command);
    };

    it('asks before a beta too when the user’s own setting is always', async () => {
      await setSetting('i99dash.publish.confirm', 'always');
      assert.equal(await publishByHand('i99dash.publishToBeta'), undefined);
      assert.equal(questions().length, 1);
      assert.match(questions()[0]?.detail ?? '', /Track: beta/u);
      assert.equal(submissions(), 0);
    });

    it('asks before a beta, too, where something speaks against it', async () => {
      await setSetting('i99dash.publish.confirm', 'never');
      assert.ok(await publishByHand());
      await setSetting('i99dash.publish.confirm', undefined);
      assert.equal(await publishByHand('i99dash.publishToBeta'), undefined);
      assert.equal(questions().length, 1);
      assert.match(questions()[0]?.detail ?? '', /Track: beta.*was already submitted/su);
      assert.equal(submissions(), 1);
    });

    it('may go unasked by the user’s own setting, and to beta by default', async () => {
      assert.equal(await publishByHand(), undefined);
      assert.equal(questions().length, 1);
      shown.length = 0;
      assert.ok(await publishByHand('i99dash.publishToBeta'));
      await setSetting('i99dash.publish.confirm', 'never');
      assert.ok(await publishByHand());
      assert.equal(questions().length, 0);
      assert.equal(submissions(), 2);
    });

    it('asks despite the setting when the workspace chose the track', async () => {
      const [, root] = vscode.workspace.workspaceFolders ?? [];
      assert.ok(root);
      await vscode.window.showTextDocument(vscode.Uri.joinPath(root.uri, 'manifest.json'));
      await setSetting('i99dash.publish.confirm', 'never');
      assert.equal(await runAsked('i99dash.publish'), undefined);
      assert.equal(questions().length, 1);
      assert.match(questions()[0]?.detail ?? '', /Track: beta/u);
    });

    it('asks despite the setting when the folder is outside the workspace, and names the folder', async () => {
      const there = join(outside, id);
      cpSync(folder, there, { recursive: true });
      await setSetting('i99dash.publish.confirm', 'never');
      await vscode.window.showTextDocument(vscode.Uri.file(join(there, 'manifest.json')));
      assert.equal(await runAsked('i99dash.publish'), undefined);
      assert.ok(questions()[0]?.detail?.includes(there));
      // The same folder through a link in the workspace.
      shown.length = 0;
      assert.equal(
        await runAsked('i99dash.publish', { folder: there, track: 'beta', releaseNotes: '' }),
        undefined,
      );
      assert.ok(questions()[0]?.detail?.includes(there));
      assert.equal(submissions(), 0);
    });
  });

  describe('a command without arguments', () => {
    const person = usePerson();
    /** The answers that are picked and typed, and the title of the question. */
    const BY_HAND: [command: string, answers: string[], question: RegExp][] = [
      ['i99dash.addKey', ['consent-second', 'tower', 'Login'], /^Register this SSH key/u],
      ['i99dash.removeKey', ['consent-own'], /^Remove the SSH key “consent-own”/u],
      ['i99dash.replaceKey', ['consent-second'], /^Replace the SSH key “consent-own”/u],
      ['i99dash.signIn', ['consent-foreign'], /^Sign in to .* with this key/u],
      ['i99op.signIn', ['', 'consent-second'], /^Change the i99op backend/u],
    ];

    for (const [command, answers, question] of BY_HAND) {
      it(`asks and changes nothing when the user declines: ${command}`, async () => {
        const [baseUrlBefore, registered, who] = [baseUrl(), keys().length, await identity()];
        const sent = operators.requests.length;
        person.answers = answers.map((answer) => (answer === '' ? operators.url : answer));
        assert.equal(await runAsked(command), undefined);
        assert.equal(questions().length, 1, JSON.stringify([shown, person.asked]));
        assert.match(questions()[0]?.message ?? '', question);
        assert.deepEqual(
          [baseUrl(), keys().length, await identity()],
          [baseUrlBefore, registered, who],
        );
        assert.equal(operators.requests.length, sent);
      });
    }

    it('asks before each build of a folder outside the workspace', async () => {
      const there = join(outside, `${id}-by-hand`);
      cpSync(folder, there, { recursive: true });
      const buildCommand = 'cp -r src dist && touch dist/built';
      writeFileSync(join(there, 'sdk.config.json'), JSON.stringify({ buildCommand }));
      await vscode.window.showTextDocument(vscode.Uri.file(join(there, 'manifest.json')));
      yes = /^Run the build/u;
      for (let time = 0; time < 2; time++) {
        shown.length = 0;
        assert.ok(await runAsked('i99dash.dryRun'));
        assert.equal(questions().length, 1);
        assert.ok(questions()[0]?.detail?.includes(there));
      }
    });
  });

  describe('a folder outside the workspace', () => {
    it('asks before each build, and not for a dry run without a build command', async () => {
      const there = join(outside, `${id}-built`);
      cpSync(folder, there, { recursive: true });
      assert.ok(await runAsked('i99dash.dryRun', { folder: there }));
      assert.equal(questions().length, 0);
      const buildCommand = 'cp -r src dist && touch dist/built';
      writeFileSync(join(there, 'sdk.config.json'), JSON.stringify({ buildCommand }));
      assert.equal(await runAsked('i99dash.dryRun', { folder: there, confirmed: true }), undefined);
      assert.ok(!existsSync(join(there, 'dist/built')));
      yes = /^Run the build/u;
      for (let time = 0; time < 2; time++) {
        shown.length = 0;
        assert.ok(await runAsked('i99dash.dryRun', { folder: there }));
        assert.equal(questions().length, 1);
        assert.ok(questions()[0]?.detail?.includes(there));
      }
    });
  });

  describe('an approved build', () => {
    const dryRun = () => runAsked('i99dash.dryRun', { folder });

    beforeEach(() => {
      configure('npm run build');
      writeScripts({ build: 'npm run copy', copy: 'cp -r src dist && touch dist/built' });
    });

    it('asks again only when a script that the build runs has changed', async () => {
      yes = /^Run the build/u;
      assert.ok(await dryRun());
      assert.ok(await dryRun());
      assert.equal(questions().length, 1);
      writeScripts({ build: 'npm run copy', copy: 'cp -r src dist && touch dist/built dist/evil' });
      yes = undefined;
      assert.equal(await dryRun(), undefined);
      assert.equal(questions().length, 2);
      assert.ok(questions()[1]?.detail?.includes('dist/evil'));
      assert.ok(!existsSync(join(folder, 'dist/evil')));
    });

    it('does not run when a script changes after the approval', async () => {
      yes = /^(?:Run the build|Publish)/u;
      const original = vscode.window.showWarningMessage;
      Object.assign(vscode.window, {
        showWarningMessage: (...args: unknown[]) => {
          writeScripts({ build: 'cp -r src dist && touch dist/evil' });
          return (original as (...all: unknown[]) => unknown)(...args);
        },
      });
      try {
        await assert.rejects(Promise.resolve(dryRun()), { code: 'VALIDATION_FAILED' });
      } finally {
        Object.assign(vscode.window, { showWarningMessage: original });
      }
      assert.ok(!existsSync(join(folder, 'dist')));
    });

    it('asks each time an agent runs the build', async () => {
      yes = /^Run the build/u;
      assert.ok(await dryRun());
      yes = undefined;
      shown.length = 0;
      const answer = await publishByAgent({ track: 'production', dryRun: true });
      assert.match(answer, NOT_PUBLISHED);
      assert.equal(questions().length, 1);
    });
  });

  describe('tasks and agents', () => {
    beforeEach(() => setSetting('i99dash.publish.confirm', 'never'));

    it('asks before a beta, whatever the user’s setting is', async () => {
      await runTask(`publish ${id}`, { track: 'beta', releaseNotes: 'x', confirmed: true });
      assert.equal(questions().length, 1);
      assert.match(await publishByAgent({ track: 'beta', releaseNotes: 'x' }), NOT_PUBLISHED);
      assert.equal(questions().length, 2);
      for (const { detail = '' } of questions()) assert.match(detail, /Track: beta/u);
      assert.equal(submissions(), 0);
    });

    it('asks before a publish to the track that the workspace chose', async () => {
      const [, root] = vscode.workspace.workspaceFolders ?? [];
      assert.ok(root);
      await runTask(`publish ${root.name}`, {}, root);
      assert.equal(questions().length, 1);
      assert.match(questions()[0]?.detail ?? '', /Track: beta/u);
    });

    it('names both accounts before another account publishes than the one that did first', async () => {
      await vscode.window.showTextDocument(vscode.Uri.file(join(folder, 'manifest.json')));
      assert.ok(await runAsked('i99dash.publish'));
      await signInAs(OTHER_ACCOUNT.devId);
      try {
        await runTask(`publish ${id}`, { track: 'beta', releaseNotes: 'x' });
        assert.match(await publishByAgent({ track: 'beta', releaseNotes: 'x' }), NOT_PUBLISHED);
      } finally {
        await signInWithOwnKey();
      }
      assert.equal(questions().length, 2);
      for (const { detail = '' } of questions()) {
        for (const name of [ME, OTHER_ACCOUNT.email]) assert.ok(detail.includes(name), detail);
      }
      assert.equal(submissions(), 1);
    });
  });

  it('asks before another account publishes an app than the one that did first', async () => {
    const publish = async (): Promise<unknown> => {
      await vscode.window.showTextDocument(vscode.Uri.file(join(folder, 'manifest.json')));
      return runAsked('i99dash.publish');
    };
    await setSetting('i99dash.publish.confirm', 'never');
    assert.ok(await publish());
    assert.equal(questions().length, 0);
    await signInAs(OTHER_ACCOUNT.devId);
    try {
      assert.equal(await publish(), undefined);
      assert.equal(questions().length, 1);
      for (const name of [ME, OTHER_ACCOUNT.email, backend.current.url]) {
        assert.ok(questions()[0]?.detail?.includes(name), name);
      }
      assert.equal(submissions(), 1);
    } finally {
      await signInWithOwnKey();
    }
  });

  it('signs in with another key when the user chooses one', async () => {
    const [fresh, approved] = await Promise.all(
      ['fresh', 'approved'].map((name) => makeKey(`consent-${name}`)),
    );
    assert.ok(fresh && approved);
    backend.current.state.addKey(DEFAULT_ACCOUNT.devId, approved.publicKeyLine);
    await confirmed(() => run('i99dash.signIn', { keyPath: approved.path, confirmed: true }));
    const { showQuickPick, showWarningMessage } = vscode.window;
    Object.assign(vscode.window, {
      showWarningMessage: () => Promise.resolve('Use Another Key…'),
      showQuickPick: (items: vscode.QuickPickItem[]) =>
        Promise.resolve(items.find(({ label }) => label.endsWith('/consent-approved'))),
    });
    try {
      const signedIn = await runAsked('i99dash.signIn', { keyPath: fresh.path });
      assert.equal(signedIn['fingerprint'], approved.fingerprint);
    } finally {
      Object.assign(vscode.window, { showQuickPick, showWarningMessage });
      await signInWithOwnKey();
    }
  });

  it('asks once for each key and backend and remembers the approval', async () => {
    const key = await makeRegisteredKey(backend.current, 'consent-remembered');
    yes = /^Sign in to/u;
    assert.ok(await runAsked('i99dash.signIn', { keyPath: key.path }));
    assert.ok(await runAsked('i99dash.signIn', { keyPath: key.path }));
    assert.equal(questions().length, 1);
    assert.deepEqual(questions()[0]?.buttons, ['Sign In', 'Use Another Key…']);
    await signInWithOwnKey();
  });
});
