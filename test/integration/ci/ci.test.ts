import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { SECRET_LIFE_MS, SecretClipboard } from '../../../src/core/ci/secretClipboard';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { FakeClock } from '../../support/fakes';
import { usePerson } from '../person';
import {
  activateExtension,
  failsWith,
  makeKey,
  makeRegisteredKey,
  requestsSince,
  run,
  useBackend,
  useMessages,
  useStandIn,
  workspacePath,
} from '../support';

interface SetUpCiResult {
  workflow: vscode.Uri;
  fingerprint: string;
}

const WORKFLOW = '.github/workflows/i99dash-publish.yml';

describe('setUpCi', function () {
  before(function () {
    if (process.platform === 'win32') {
      this.skip(); // the stand-in for the GitHub CLI is a script for a POSIX shell
    }
  });
  const backend = useBackend();
  let press: string | undefined;
  /** The private key of the session. */
  let own: string;
  const shown = useMessages(({ buttons }) => buttons.find((button) => button === press));
  const person = usePerson();
  const folder = (): string => workspacePath('tyre-pressure');
  const bin = join(homedir(), 'bin');
  const ghHosts = join(homedir(), '.config/gh/hosts.yml');
  const noted = (name: string): string => readFileSync(join(homedir(), name), 'utf8');
  const { PATH: path } = process.env;
  const notes = ['gh-args', 'gh-input'].map((name) => join(homedir(), name));

  /**
   * Creates a fake GitHub CLI that is signed in to a host and exits with this code when it sets a
   * secret.
   */
  function fakeGh(exitCode: number, host = 'github.com'): void {
    mkdirSync(bin, { recursive: true });
    mkdirSync(dirname(ghHosts), { recursive: true });
    writeFileSync(ghHosts, `${host}:\n    user: me\n`);
    const [args = '', input = ''] = notes;
    const script = `#!/bin/sh
echo "$@" > '${args}'
cat > '${input}'
exit ${exitCode}
`;
    writeFileSync(join(bin, 'gh'), script, { mode: 0o755 });
    process.env['PATH'] = `${bin}${delimiter}${path ?? ''}`;
  }

  function setRemote(url: string, root = folder()): void {
    execFileSync('git', ['init', '-q', root]);
    execFileSync('git', ['-C', root, 'config', 'remote.origin.url', url]);
  }

  const setUp = (args: object = {}): Promise<SetUpCiResult> =>
    run<SetUpCiResult>('i99dash.setUpCi', { folder: vscode.Uri.file(folder()), ...args });
  const keys = () =>
    backend.current.state.accounts
      .keysOf(DEFAULT_ACCOUNT.devId)
      .filter(({ name }) => name !== 'own');
  const textOf = async (uri: vscode.Uri): Promise<string> =>
    (await vscode.workspace.openTextDocument(uri)).getText();

  /** Returns the fingerprint of a private key as OpenSSH computes it. */
  function fingerprintOf(privateKey: string): string {
    const file = join(homedir(), 'to-read');
    writeFileSync(file, privateKey, { mode: 0o600 });
    const publicKey = execFileSync('ssh-keygen', ['-y', '-f', file]);
    rmSync(file);
    const line = execFileSync('ssh-keygen', ['-l', '-f', '-'], { input: publicKey }).toString();
    return line.split(' ')[1] ?? '';
  }

  before(async () => {
    own = (await makeRegisteredKey(backend.current, 'own')).path;
    await run('i99dash.signIn', { keyPath: own });
  });

  beforeEach(async () => {
    press = undefined;
    process.env['PATH'] = path;
    await vscode.env.clipboard.writeText('');
    for (const { id } of keys()) {
      backend.current.state.removeKey(id);
    }
    setRemote('git@github.com:acme/tyre-pressure.git');
  });

  afterEach(async () => {
    await run('workbench.action.revertAndCloseActiveEditor');
    for (const each of ['.git', '.github', '.gitlab-ci.yml', '.gitlab']) {
      rmSync(join(folder(), each), { recursive: true, force: true });
    }
    for (const file of [...notes, ghHosts]) {
      rmSync(file, { force: true });
    }
  });

  after(() => {
    process.env['PATH'] = path;
  });

  it('registers a key with the repository’s name and hands its private half to the GitHub CLI', async () => {
    fakeGh(0);
    const { workflow, fingerprint } = await setUp({ confirmed: true });
    assert.deepEqual(
      keys().map((key) => [key.name, key.fingerprint]),
      [['acme/tyre-pressure', fingerprint]],
    );
    assert.equal(
      noted('gh-args').trim(),
      'secret set I99DASH_SSH_KEY --app actions --repo github.com/acme/tyre-pressure',
    );
    assert.equal(fingerprintOf(noted('gh-input')), fingerprint);
    assert.equal(await vscode.env.clipboard.readText(), '');
    assert.equal(workflow.scheme, 'untitled');
    assert.equal(workflow.fsPath, join(folder(), WORKFLOW));
    assert.match(shown[0]?.message ?? '', /acme\/tyre-pressure has it as the secret/u);
    assert.equal(shown.length, 1);
  });

  it('opens the workflow for review without saving it and saves it to the right path', async () => {
    fakeGh(0);
    const { workflow, fingerprint } = await setUp({ confirmed: true });
    const editor = vscode.window.activeTextEditor ?? assert.fail('no editor is open');
    assert.equal(editor.document.uri.toString(), workflow.toString());
    const text = await textOf(workflow);
    assert.ok(text.includes(fingerprint));
    assert.match(text, /npx --yes i99dash@7 login --key/u);
    assert.match(text, /I99DASH_TOKEN/u);
    assert.equal(existsSync(join(folder(), '.github')), false);
    await editor.document.save();
    assert.equal(readFileSync(join(folder(), WORKFLOW), 'utf8'), text);
  });

  it('writes a workflow that builds the project with its own packages and client', async () => {
    const project = {
      scripts: { publish: 'pnpm bundle && i99dash publish' },
      devDependencies: { i99dash: '^7.1.0' },
    };
    const files = ['package.json', 'pnpm-lock.yaml'].map((name) => join(folder(), name));
    writeFileSync(files[0] ?? '', JSON.stringify(project));
    writeFileSync(files[1] ?? '', "lockfileVersion: '9.0'\n");
    try {
      const text = await textOf((await setUp({ confirmed: true })).workflow);
      assert.match(text, /\n +pnpm install --frozen-lockfile --ignore-scripts\n/u);
      assert.match(text, /\n +pnpm bundle\n/u);
      assert.match(text, /pnpm exec i99dash publish\n$/u);
    } finally {
      files.forEach((file) => rmSync(file));
    }
  });

  it('overwrites neither a saved workflow nor one that is open', async () => {
    fakeGh(0);
    mkdirSync(join(folder(), '.github/workflows'), { recursive: true });
    writeFileSync(join(folder(), WORKFLOW), 'of somebody');
    const second = await setUp({ confirmed: true });
    assert.equal(second.workflow.fsPath, join(folder(), WORKFLOW.replace('.yml', '-2.yml')));
    const third = await setUp({ confirmed: true });
    assert.equal(third.workflow.fsPath, join(folder(), WORKFLOW.replace('.yml', '-3.yml')));
    assert.equal(readFileSync(join(folder(), WORKFLOW), 'utf8'), 'of somebody');
    assert.ok((await textOf(second.workflow)).includes(second.fingerprint));
    await run('workbench.action.revertAndCloseActiveEditor');
  });

  it('copies the key to the clipboard when there is no GitHub CLI', async () => {
    const { fingerprint } = await setUp({ confirmed: true });
    const copied = await vscode.env.clipboard.readText();
    assert.equal(fingerprintOf(copied), fingerprint);
    assert.match(shown[0]?.message ?? '', /on the clipboard for 90 seconds/u);
    assert.deepEqual(shown[0]?.buttons, ['Open the Repository’s Settings']);
  });

  it('falls back to the clipboard when the GitHub CLI fails and says so', async () => {
    fakeGh(1);
    const { fingerprint } = await setUp({ confirmed: true });
    assert.equal(fingerprintOf(await vscode.env.clipboard.readText()), fingerprint);
    assert.match(shown[0]?.message ?? '', /^The GitHub CLI could not set the secret\. /u);
    assert.equal(keys().length, 1);
  });

  it('clears the clipboard after 90 seconds', async () => {
    const clock = new FakeClock();
    const secrets = new SecretClipboard(vscode.env.clipboard, clock);
    await secrets.put(
      '-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----\n',
    );
    assert.match(await vscode.env.clipboard.readText(), /PRIVATE KEY/u);
    clock.advance(SECRET_LIFE_MS);
    while ((await vscode.env.clipboard.readText()) !== '') {
      // waits for the timer to clear the clipboard
    }
  });

  it('clears the clipboard when the extension is deactivated', async () => {
    await setUp({ confirmed: true });
    assert.match(await vscode.env.clipboard.readText(), /PRIVATE KEY/u);
    const { extensionPath } = await activateExtension();
    const entry = join(extensionPath, 'dist', 'extension.js');
    const cache = (Module as unknown as { _cache: Record<string, { exports: unknown }> })._cache;
    const { deactivate } = cache[entry]?.exports as { deactivate: () => Promise<void> };
    await deactivate();
    assert.equal(await vscode.env.clipboard.readText(), '');
  });

  it('asks first, naming account, repository and effect, and does nothing when cancelled', async () => {
    fakeGh(0);
    assert.equal(await setUp(), undefined);
    const question = shown[0] ?? assert.fail('nothing was asked');
    assert.equal(question.message, 'Set up CI publishing for acme/tyre-pressure on github.com?');
    assert.deepEqual(question.buttons, ['Set Up']);
    for (const part of [
      'Name: acme/tyre-pressure',
      `Account: ${DEFAULT_ACCOUNT.email}`,
      `Backend: ${backend.current.url}`,
      'the secret I99DASH_SSH_KEY of acme/tyre-pressure on github.com, by the GitHub CLI; if that fails, the clipboard',
      WORKFLOW,
      'I99DASH_TOKEN',
    ]) {
      assert.ok(question.detail?.includes(part), part);
    }
    assert.deepEqual(keys(), []);
    assert.deepEqual(
      notes.filter((note) => existsSync(note)),
      [],
      'nothing ran',
    );
  });

  it('rejects a lookalike of the GitHub host: names the host and opens no page of it', async () => {
    fakeGh(0);
    for (const host of ['github.com.login-check.example', 'notgithub.com', 'my-github-mirror']) {
      setRemote(`git@${host}:acme/app.git`);
      person.answers = ['GitHub'];
      press = 'Set Up';
      shown.length = 0;
      await setUp();
      const [question, result] = shown;
      assert.equal(question?.message, `Set up CI publishing for acme/app on ${host}?`);
      const detail = question.detail ?? '';
      assert.ok(detail.includes(`${host} is neither GitHub nor GitLab`), detail);
      assert.ok(detail.includes('the clipboard, for 90 seconds'), detail);
      assert.deepEqual(result?.buttons, ['Got It']);
      assert.deepEqual(
        notes.filter((note) => existsSync(note)),
        [],
        'nothing ran',
      );
      await run('workbench.action.revertAndCloseActiveEditor');
    }
  });

  it('accepts a GitHub host that the GitHub CLI is signed in to', async () => {
    fakeGh(0, 'git.acme.example');
    setRemote('git@git.acme.example:cars/app.git');
    press = 'Set Up';
    await setUp();
    assert.equal(shown[0]?.message, 'Set up CI publishing for cars/app on git.acme.example?');
    assert.match(noted('gh-args'), /--repo git\.acme\.example\/cars\/app$/mu);
  });

  it('runs without a question when the call is confirmed', async () => {
    press = 'Set Up';
    const { fingerprint } = await setUp();
    assert.match(shown[0]?.detail ?? '', /the clipboard, for 90 seconds/u);
    assert.equal(keys()[0]?.fingerprint, fingerprint);
  });

  describe('while another account signs in', () => {
    let theirs: string;
    useStandIn(vscode.window, 'showWarningMessage', async () => {
      await run('i99dash.signIn', { keyPath: theirs });
      return 'Set Up';
    });
    after(() => run('i99dash.signIn', { keyPath: own }));

    it('registers no key with an account that the question did not name', async () => {
      const { state } = backend.current;
      const devId = 'dev_somebody_else';
      state.addAccount({ ...DEFAULT_ACCOUNT, devId, email: 'somebody@example.com' });
      const key = await makeKey('theirs');
      state.addKey(devId, key.publicKeyLine, { name: 'theirs' });
      theirs = key.path;
      await failsWith('NOT_SIGNED_IN', 'i99dash.setUpCi', { folder: vscode.Uri.file(folder()) });
      assert.equal(state.accounts.keysOf(devId).length, 1);
      assert.deepEqual(keys(), []);
    });
  });

  it('accepts another key name and a repository on GitLab', async () => {
    setRemote('https://gitlab.com/cars/apps/tyre.git');
    const { workflow } = await setUp({ confirmed: true, name: 'the fleet' });
    assert.equal(keys()[0]?.name, 'the fleet');
    assert.equal(workflow.fsPath, join(folder(), '.gitlab-ci.yml'));
    assert.match(await textOf(workflow), /resource_group/u);
    assert.match(shown[0]?.message ?? '', /CI\/CD variable of type File/u);
  });

  it('finds a mini-app below the repository’s root', async () => {
    rmSync(join(folder(), '.git'), { recursive: true });
    setRemote('git@github.com:acme/fleet', workspacePath());
    const { workflow } = await setUp({ confirmed: true });
    rmSync(workspacePath('.git'), { recursive: true });
    assert.equal(workflow.fsPath, workspacePath(WORKFLOW));
    assert.match(await textOf(workflow), /working-directory: "tyre-pressure"/u);
    assert.equal(keys()[0]?.name, 'acme/fleet');
  });

  it('uses the folder’s name and GitHub when there is no git repository', async () => {
    rmSync(join(folder(), '.git'), { recursive: true });
    const { workflow } = await setUp({ confirmed: true });
    assert.equal(keys()[0]?.name, 'tyre-pressure');
    assert.equal(workflow.fsPath, join(folder(), WORKFLOW));
  });

  it('asks for CI service and key name without git and does nothing when cancelled', async () => {
    rmSync(join(folder(), '.git'), { recursive: true });
    press = 'Set Up';
    for (const answers of [[], ['GitLab']]) {
      person.answers = answers;
      assert.equal(await setUp(), undefined);
    }
    assert.deepEqual(keys(), []);
    person.answers = ['GitLab', ' ', 'x'.repeat(81), ' the fleet '];
    const { workflow } = await setUp();
    assert.deepEqual(
      keys().map(({ name }) => name),
      ['the fleet'],
    );
    assert.equal(workflow.fsPath, join(folder(), '.gitlab-ci.yml'));
    assert.deepEqual(person.asked.at(-1)?.objections, [
      'Type a name of at most 80 characters.',
      'Type a name of at most 80 characters.',
    ]);
  });

  it('skips the question when files name the CI service', async () => {
    rmSync(join(folder(), '.git'), { recursive: true });
    writeFileSync(join(folder(), '.gitlab-ci.yml'), '');
    person.answers = ['the fleet'];
    press = 'Set Up';
    const { workflow } = await setUp();
    assert.equal(person.asked.length, 1);
    assert.match(await textOf(workflow), /resource_group/u);
  });

  it('leaves no key behind when its registration fails half-way', async () => {
    const { faults } = backend.current;
    const path = '/api/v1/account/ssh-keys';
    faults.inject({
      match: { method: 'POST', path },
      fault: {
        kind: 'custom',
        handler: async (_request, next) => {
          await next();
          // The list of keys fails too, so it is unknown whether the key is registered.
          faults.inject({
            match: { method: 'GET', path },
            fault: { kind: 'status', status: 503 },
          });
          return { status: 500, headers: {}, body: '' };
        },
      },
    });
    await failsWith('SERVER', 'i99dash.setUpCi', {
      folder: vscode.Uri.file(folder()),
      confirmed: true,
    });
    assert.deepEqual(keys(), []);
    assert.equal(await vscode.env.clipboard.readText(), '');
  });

  it('fails with UNTRUSTED_WORKSPACE before it reads anything', async () => {
    Object.defineProperty(vscode.workspace, 'isTrusted', { configurable: true, get: () => false });
    const from = backend.current.requests.length;
    try {
      await failsWith('UNTRUSTED_WORKSPACE', 'i99dash.setUpCi', { confirmed: true });
    } finally {
      Object.defineProperty(vscode.workspace, 'isTrusted', { configurable: true, get: () => true });
    }
    assert.deepEqual(shown[0]?.buttons, ['Manage Workspace Trust']);
    assert.deepEqual(requestsSince(backend.current, from), []);
  });

  it('fails with NOTHING_TO_PUBLISH for a folder without a mini-app', async () => {
    const none = { folder: vscode.Uri.file(workspacePath('web-app')), confirmed: true };
    await failsWith('NOTHING_TO_PUBLISH', 'i99dash.setUpCi', none);
    assert.deepEqual(keys(), []);
  });

  it('leaves the private half in no request, message, log or file', async () => {
    fakeGh(1);
    await setUp({ confirmed: true });
    const secret = await vscode.env.clipboard.readText();
    const lines = secret.split('\n').slice(2, 5);
    assert.ok(lines.every((line) => line.length > 50));
    for (const note of notes) {
      rmSync(note);
    }
    const seen = JSON.stringify([backend.current.requests, shown]);
    assert.ok(seen.includes('acme/tyre-pressure'));
    assert.ok(!lines.some((line) => seen.includes(line)));
    // Home, workspace, VS Code's data and its logs are below one folder.
    const root = dirname(workspacePath());
    const files = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    assert.ok(
      files.some((file) => file.endsWith('i99dash.log')),
      'the log is among them',
    );
    const found = files.filter((file) => {
      const content = readFileSync(file);
      return lines.some((line) => content.includes(line));
    });
    assert.deepEqual(found, []);
  });

  it('fails with NOT_SIGNED_IN and offers to sign in', async () => {
    await run('i99dash.signOut');
    await failsWith('NOT_SIGNED_IN', 'i99dash.setUpCi', { folder: vscode.Uri.file(folder()) });
    assert.deepEqual(shown[0]?.buttons, ['Sign In']);
  });
});
