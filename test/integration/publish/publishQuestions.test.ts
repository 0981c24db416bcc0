import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { ours, shows, untilShown } from '../diagnostics';
import {
  copyMiniApp,
  failsWith,
  makeRegisteredKey,
  requestsSince,
  run,
  setSetting,
  useBackend,
  useMessages,
  useStandIn,
  workspacePath,
} from '../support';

const SUBMIT = '/api/v1/mini-apps/submit';

interface PublishResult {
  appId: string;
  version: string;
  track: string;
  sha256: string;
  size: number;
  fileCount: number;
}

describe('questions while publishing', () => {
  const backend = useBackend();
  /** The user's answers by the first words of the question. */
  let answers: Record<string, string | undefined>;
  /** Called while a question is open. */
  let whenAsked: (message: string) => unknown;
  /** Resolves when a message says that the next version was submitted. */
  let nextIsShown: Promise<void>;
  let showNext: () => void;
  const shown = useMessages(async ({ message }) => {
    if (message.startsWith(`${id} 1.0.1 was submitted`)) showNext();
    await whenAsked(message);
    return Object.entries(answers).find(([start]) => message.startsWith(start))?.[1];
  });
  let folder: string;
  let id: string;
  let count = 0;

  before(async () => {
    const key = await makeRegisteredKey(backend.current, 'asked');
    await run('i99dash.signIn', { keyPath: key.path });
  });

  beforeEach(() => {
    answers = {};
    whenAsked = () => undefined;
    nextIsShown = new Promise((resolve) => (showNext = resolve));
    id = `asked-${++count}`;
    folder = copyMiniApp('tyre-pressure', id);
  });

  afterEach(async () => {
    await run('workbench.action.revertAndCloseActiveEditor');
    await run('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true, force: true });
  });

  const manifest = (): string => join(folder, 'manifest.json');
  const changes = () => backend.current.requests.filter(({ method }) => method !== 'GET');
  const submissions = () => backend.current.state.apps.find(id)?.submissions ?? [];
  const versions = () => submissions().map(({ version }) => version);
  const publish = (args: object = {}): Promise<PublishResult | undefined> =>
    run<PublishResult | undefined>('i99dash.publish', { folder: vscode.Uri.file(folder), ...args });

  describe('before the upload', () => {
    it('names app, version, track, backend, identity and size and sends nothing after a decline', async () => {
      const from = changes().length;
      assert.equal(await publish(), undefined);
      assert.equal(shown.length, 1);
      assert.equal(shown[0]?.message, `Publish ${id} 1.0.0?`);
      assert.deepEqual(shown[0].buttons, ['Publish']);
      assert.deepEqual(shown[0].detail?.replace(/\d+ kB/u, 'so many kB').split('\n'), [
        'Kind: mini-app',
        'App: Tyre Pressure',
        'Version: 1.0.0',
        'Track: production (to review, then to everybody)',
        `Backend: ${backend.current.url}`,
        `Signed in as: ${DEFAULT_ACCOUNT.email ?? ''}`,
        'Bundle: 6 files from ./src, so many kB',
      ]);
      assert.equal(changes().length, from);
    });

    it('sends after the confirmation and shows next steps', async () => {
      answers = { Publish: 'Publish' };
      const result = await publish();
      assert.equal(result?.appId, id);
      assert.equal(submissions().length, 1);
      assert.deepEqual(shown[1]?.buttons, [
        'Show Status',
        'Open in Web Console',
        'Copy Bundle Hash',
      ]);
    });

    it('lists the warnings, and a manifest cannot add lines of its own', async () => {
      edit(manifest(), '"Tyre Pressure"', '"Tyre\\nBackend: https://elsewhere.example.com"');
      edit(
        join(folder, 'src/index.html'),
        '</body>',
        `<script>const APP_VERSION = '0.9';</script></body>`,
      );
      await publish();
      const lines = (shown[0]?.detail ?? '').split('\n');
      assert.equal(lines[1], 'App: Tyre Backend: https://elsewhere.example.com');
      assert.equal(lines.filter((line) => line.startsWith('Backend')).length, 1);
      assert.match(lines.at(-1) ?? '', /^⚠ .*0\.9.*\(index\.html:\d+\)$/u);
    });

    it('asks a command with arguments, whatever the setting, unless it is confirmed', async () => {
      for (const setting of ['never', 'always', undefined]) {
        await setSetting('i99dash.publish.confirm', setting);
        assert.equal(await publish(), undefined);
        assert.equal(await publish({ track: 'beta', releaseNotes: 'New.' }), undefined);
      }
      assert.equal(shown.length, 6);
      assert.equal((await publish({ confirmed: true }))?.appId, id);
    });
  });

  it('asks before the upload when the setting has an unknown value', async () => {
    await setSetting('i99dash.publish.confirm', 'allways');
    assert.equal(await publish(), undefined);
    await setSetting('i99dash.publish.confirm', undefined);
    assert.equal(shown[0]?.message, `Publish ${id} 1.0.0?`);
    assert.equal(submissions().length, 0);
  });

  describe('about a version that is already published', () => {
    beforeEach(async () => {
      await publish({ confirmed: true });
      shown.length = 0;
    });

    it('bumps and publishes, pages included, and changes nothing else', async () => {
      const page = join(folder, 'src/index.html');
      const before = [manifest(), page].map((file) => readFileSync(file, 'utf8'));
      answers = { Publish: 'Bump and Publish' };
      assert.equal((await publish())?.version, '1.0.1');
      assert.deepEqual(shown[0]?.buttons, ['Bump and Publish', 'Publish Anyway']);
      assert.match(
        shown[0].detail ?? '',
        /already submitted.*\n\n.*writes 1\.0\.1 into manifest\.json, index\.html,/su,
      );
      assert.deepEqual(
        [manifest(), page].map((file) => readFileSync(file, 'utf8')),
        before.map((text) => text.replace(/(['"])1\.0\.0\1/u, '$11.0.1$1')),
      );
      assert.deepEqual(versions(), ['1.0.0', '1.0.1']);
      assert.equal(shown.filter(({ detail }) => detail !== undefined).length, 1, 'asked once');
    });

    it('bumps a lower version above the published one', async () => {
      const text = readFileSync(manifest(), 'utf8');
      writeFileSync(manifest(), text.replace('"1.0.0"', '"0.9.0"'));
      answers = { Publish: 'Bump and Publish' };
      assert.equal((await publish())?.version, '1.0.1');
      assert.deepEqual(shown[0]?.buttons, ['Bump and Publish', 'Publish Anyway']);
      assert.match(shown[0].detail ?? '', /0\.9\.0 is lower than 1\.0\.0/u);
      assert.deepEqual(versions(), ['1.0.0', '1.0.1']);
    });

    it('publishes the version anyway', async () => {
      answers = { Publish: 'Publish Anyway' };
      assert.equal((await publish())?.version, '1.0.0');
      assert.deepEqual(versions(), ['1.0.0', '1.0.0']);
    });

    it('asks again when the next version causes a warning of its own', async () => {
      // The page has unsaved changes, so the bump leaves it unchanged.
      const page = vscode.Uri.file(join(folder, 'src/index.html'));
      const editor = await vscode.window.showTextDocument(page);
      await editor.edit((builder) => builder.insert(new vscode.Position(0, 0), ' '));
      answers = {
        'src/index.html': "Don't Save",
        [`Publish ${id} 1.0.0`]: 'Bump and Publish',
      };
      assert.equal(await publish(), undefined);
      assert.equal(shown[2]?.message, `Publish ${id} 1.0.1?`);
      assert.match(shown[2].detail ?? '', /APP_VERSION is "1\.0\.0"/u);
      assert.deepEqual(versions(), ['1.0.0']);
    });

    it('does not bump a manifest that is being edited', async () => {
      const editor = await vscode.window.showTextDocument(vscode.Uri.file(manifest()));
      await editor.edit((builder) => builder.insert(new vscode.Position(0, 1), ' '));
      answers = { 'manifest.json': "Don't Save" };
      assert.equal(await publish(), undefined);
      assert.deepEqual(shown[1]?.buttons, ['Publish Anyway']);
    });

    it('offers the next version afterwards when no question was asked', async () => {
      answers = {
        [`${id} 1.0.0 was submitted`]: 'Bump and Publish',
        [`Publish ${id} 1.0.1`]: 'Publish',
      };
      await publish({ confirmed: true });
      assert.match(
        shown[0]?.message ?? '',
        /had already been submitted\. Devices that have it won't update/u,
      );
      await backend.current.waitForRequest(
        ({ path, status, json }) =>
          path.endsWith('/submit') &&
          status === 200 &&
          isDeepStrictEqual(submitted(json), [id, '1.0.1']),
      );
      await nextIsShown;
      assert.deepEqual(versions(), ['1.0.0', '1.0.0', '1.0.1']);
    });

    it('offers the next version when the backend rejects this one', async () => {
      backend.current.faults.inject({
        match: { path: SUBMIT },
        fault: { kind: 'status', status: 409, code: 'CONFLICT', message: 'it exists' },
      });
      answers = {
        [`${id} 1.0.0 is not newer`]: 'Bump and Publish',
        [`Publish ${id} 1.0.1`]: 'Publish',
      };
      const message = await failsWith('SERVER', 'i99dash.publish', { folder, confirmed: true });
      assert.match(message, /which was submitted before\. The backend says: it exists$/u);
      await backend.current.waitForRequest(
        ({ path, status, json }) =>
          path === SUBMIT && status === 200 && isDeepStrictEqual(submitted(json), [id, '1.0.1']),
      );
      await nextIsShown;
      assert.deepEqual(versions(), ['1.0.0', '1.0.1']);
    });

    it('reports what prevents the next version', async () => {
      const broken = new Promise<string>((resolve) => {
        whenAsked = (message) => {
          if (message.startsWith(`${id} 1.0.0 was submitted`)) writeFileSync(manifest(), '{');
          else resolve(message);
        };
      });
      answers = { [`${id} 1.0.0 was submitted`]: 'Bump and Publish' };
      await publish({ confirmed: true });
      assert.match(await broken, /manifest\.json/u);
      assert.deepEqual(versions(), ['1.0.0', '1.0.0']);
    });
  });

  it('shows a field that the backend rejects until the backend accepts it', async () => {
    const detail = [{ loc: ['body', 'manifest', 'category'], msg: 'not for you' }];
    const response = { status: 422, headers: {}, body: JSON.stringify({ detail }) };
    backend.current.faults.inject({
      match: { path: SUBMIT },
      fault: { kind: 'custom', handler: () => response },
    });
    const refused = () =>
      vscode.languages
        .getDiagnostics(vscode.Uri.file(manifest()))
        .filter(({ code }) => code === 'backend.refused');
    await failsWith('SERVER', 'i99dash.publish', { folder, confirmed: true });
    assert.deepEqual(shown.at(-1)?.buttons, ['Show Problems', 'Open File', 'Try Again']);
    const text = readFileSync(manifest(), 'utf8').split('\n');
    assert.deepEqual(
      refused().map(({ message, range }) => [
        message,
        text[range.start.line]?.includes('category'),
      ]),
      [['"category" was refused by the backend: not for you', true]],
    );
    await publish({ confirmed: true });
    assert.deepEqual(refused(), []);
  });

  describe('about unsaved files', () => {
    async function typeInto(name: string): Promise<void> {
      const editor = await vscode.window.showTextDocument(vscode.Uri.file(join(folder, name)));
      await editor.edit((builder) => builder.insert(new vscode.Position(0, 0), '/* new */'));
    }

    const isSaved = (name: string): boolean =>
      readFileSync(join(folder, name), 'utf8').startsWith('/* new */');

    it('saves them first', async () => {
      await typeInto('src/app.js');
      answers = { 'src/app.js': 'Save and Continue', Publish: 'Publish' };
      const saved = await publish();
      assert.equal(shown[0]?.message, `src/app.js of ${id} is not saved. Save it first?`);
      assert.ok(isSaved('src/app.js'));
      assert.equal(submissions()[0]?.sha256, saved?.sha256);
    });

    it('names several and publishes the files on disk when the user does not save', async () => {
      const { sha256 } = await run<PublishResult>('i99dash.dryRun', { folder });
      await typeInto('src/app.js');
      await typeInto('src/style.css');
      answers = { '2 files': "Don't Save", Publish: 'Publish' };
      shown.length = 0;
      assert.equal((await publish())?.sha256, sha256);
      assert.match(shown[0]?.detail ?? '', /^src\/app\.js\nsrc\/style\.css\n/u);
      assert.ok(!isSaved('src/app.js'));
    });

    it('publishes nothing when the question is dismissed', async () => {
      await typeInto('src/app.js');
      assert.equal(await publish(), undefined);
      assert.ok(!isSaved('src/app.js'));
      assert.equal(submissions().length, 0);
    });

    it('saves confirmed files without a question, and nothing of other apps', async () => {
      await typeInto('src/app.js');
      const other = vscode.Uri.file(workspacePath('cabin-climate', 'src', 'app.js'));
      const editor = await vscode.window.showTextDocument(other);
      await editor.edit((builder) => builder.insert(new vscode.Position(0, 0), ' '));
      await publish({ confirmed: true });
      assert.ok(isSaved('src/app.js'));
      assert.ok(editor.document.isDirty);
      assert.equal(shown.length, 1, 'the result');
    });
  });

  describe('about a build', () => {
    const built = (): boolean => existsSync(join(folder, 'dist/built'));
    const configure = (buildCommand: string): void =>
      writeFileSync(join(folder, 'sdk.config.json'), JSON.stringify({ buildCommand }));

    beforeEach(() => configure('cp -r src dist && touch dist/built'));

    it('shows the command the first time and runs nothing when the user declines', async () => {
      assert.equal(await publish(), undefined);
      assert.equal(shown[0]?.message, `Run the build of ${id}?`);
      assert.match(shown[0].detail ?? '', /^cp -r src dist && touch dist\/built\n/u);
      assert.ok(!built());
    });

    it('asks once for a command, and again for another', async () => {
      answers = { 'Run the build': 'Run Build' };
      const questions = async (): Promise<string[]> => {
        shown.length = 0;
        rmSync(join(folder, 'dist'), { recursive: true, force: true });
        await run('i99dash.dryRun', { folder });
        assert.ok(built());
        return shown.map(({ message }) => message).filter((message) => message.startsWith('Run'));
      };
      assert.equal((await questions()).length, 1);
      assert.equal((await questions()).length, 0);
      configure('cp -r src dist && touch dist/built && true');
      assert.equal((await questions()).length, 1);
    });

    it('shows a command of several lines as one and escapes everything that is not plain text', async () => {
      configure(`true\n\nYou are asked once.${' '.repeat(2_000)}\u202E; rm x\u001B[8m`);
      assert.equal(await publish(), undefined);
      assert.equal(
        shown[0]?.detail?.split('\n')[0],
        'true⏎⏎You are asked once.⟨2000 blanks⟩⟨U+202E⟩; rm x⟨U+001B⟩[8m',
      );
    });

    describe('with a text too long for a dialog', () => {
      const command = `cp -r src dist && touch dist/built;${' : '.repeat(500)}; true the end`;
      const inEditor = (): string => `Run the build of ${id}? The whole command is in the editor.`;
      const question = (): string => `Run the build of ${id}?`;

      beforeEach(() => configure(command));

      it('shows it whole in an editor and asks nothing more when the user stops there', async () => {
        assert.equal(await publish(), undefined);
        assert.deepEqual(
          shown.map(({ message, detail, buttons }) => [message, detail, buttons]),
          [[inEditor(), undefined, ['Continue…']]],
        );
        const editor = vscode.window.activeTextEditor?.document;
        assert.equal(editor?.getText().replaceAll('\n', ''), command);
        assert.ok(!built());
      });

      it('runs it only after a modal question that follows the text', async () => {
        answers = { [inEditor()]: 'Continue…' };
        assert.equal(await publish(), undefined);
        assert.equal(shown[1]?.message, question());
        assert.deepEqual(shown[1].buttons, ['Run Build']);
        assert.match(
          shown[1].detail ?? '',
          /^cp -r .* … and \d+ more characters\nThe whole command is in the editor\.\n/u,
        );
        assert.ok(!built());
        answers = { [inEditor()]: 'Continue…', [question()]: 'Run Build' };
        await run('i99dash.dryRun', { folder });
        assert.ok(built());
        shown.length = 0;
        await run('i99dash.dryRun', { folder });
        assert.ok(!shown.some(({ message }) => message.startsWith('Run the build')));
      });
    });

    it('asks again when the command has changed before the next version', async () => {
      answers = { 'Run the build': 'Run Build', Publish: 'Publish' };
      await publish();
      const question = [`Publish ${id} 1.0.0?`, `Publish ${id} 1.0.1?`];
      answers = { 'Run the build': undefined, [question[0] ?? '']: 'Bump and Publish' };
      configure('cp -r src dist && touch dist/built');
      shown.length = 0;
      // The command changes while the question about the version is open.
      whenAsked = (message) => {
        if (message === question[0]) configure('cp -r src dist && touch dist/other');
      };
      assert.equal(await publish(), undefined);
      assert.ok(shown.some(({ message }) => message === `Run the build of ${id}?`));
      assert.ok(!existsSync(join(folder, 'dist/other')));
      assert.deepEqual(versions(), ['1.0.0']);
    });

    describe('whose command has changed before the next version is published', () => {
      const other = 'cp -r src dist && touch dist/other';
      const question = (): string => `Run the build of ${id}?`;
      const ranOther = (): boolean => existsSync(join(folder, 'dist/other'));
      /** Called while the offer, and then the question that follows it, is open. */
      let meanwhile: { offered: () => unknown; asked: () => unknown };
      let asked: Promise<void>;

      beforeEach(async () => {
        answers = { 'Run the build': 'Run Build' };
        await run('i99dash.dryRun', { folder });
        await publish({ confirmed: true });
        shown.length = 0;
        meanwhile = { offered: () => undefined, asked: () => undefined };
        answers = {
          [`${id} 1.0.0 was submitted`]: 'Bump and Publish',
          [`Publish ${id} 1.0.1`]: 'Publish',
        };
        asked = new Promise((resolve) => {
          whenAsked = async (message) => {
            if (message.startsWith(`${id} 1.0.0 was submitted`)) await meanwhile.offered();
            if (message !== question()) return;
            await meanwhile.asked();
            resolve();
          };
        });
      });

      const nextIsSubmitted = () =>
        backend.current.waitForRequest(
          ({ path, status, json }) =>
            path.endsWith('/submit') &&
            status === 200 &&
            isDeepStrictEqual(submitted(json), [id, '1.0.1']),
        );
      const questions = (): string[] =>
        shown.map(({ message }) => message).filter((message) => message === question());

      it('asks and does not run it when the user declines', async () => {
        meanwhile.offered = () => configure(other);
        await publish({ confirmed: true });
        await Promise.race([asked, nextIsSubmitted()]);
        assert.equal(questions().length, 1);
        assert.match(shown.at(-1)?.detail ?? '', /^cp -r src dist && touch dist\/other\n/u);
        assert.ok(!ranOther());
        assert.deepEqual(versions(), ['1.0.0', '1.0.0']);
      });

      it('asks when the change was typed and not saved', async () => {
        meanwhile.offered = async () => {
          const config = vscode.Uri.file(join(folder, 'sdk.config.json'));
          const editor = await vscode.window.showTextDocument(config);
          const text = JSON.stringify({ buildCommand: other });
          const whole = new vscode.Range(0, 0, editor.document.lineCount, 0);
          assert.ok(await editor.edit((builder) => builder.replace(whole, text)));
        };
        answers[question()] = 'Run Build';
        answers['sdk.config.json of'] = 'Save and Continue';
        await publish({ confirmed: true });
        await nextIsSubmitted();
        await nextIsShown;
        assert.equal(questions().length, 1);
        assert.ok(ranOther());
      });

      it('runs the command that the question showed, even if it changes again', async () => {
        meanwhile.offered = () => configure(other);
        meanwhile.asked = () => configure('cp -r src dist && touch dist/third');
        answers[question()] = 'Run Build';
        await publish({ confirmed: true });
        await nextIsSubmitted();
        await nextIsShown;
        assert.equal(questions().length, 1);
        assert.ok(ranOther());
        assert.ok(!existsSync(join(folder, 'dist/third')));
      });

      it('does not ask when the command is the one that ran before', async () => {
        await publish({ confirmed: true });
        await nextIsSubmitted();
        await nextIsShown;
        assert.deepEqual(questions(), []);
        assert.ok(built());
      });
    });

    it('does not ask about what is confirmed and does not remember that as an approval', async () => {
      await publish({ confirmed: true });
      assert.ok(built());
      await publish();
      assert.ok(shown.some(({ message }) => message.startsWith('Run the build')));
    });
  });

  describe('about the scripts of a publish script', () => {
    const question = (): string => `Run the build of ${id}?`;
    const questions = () => shown.filter(({ message }) => message === question());
    const ran = (): boolean => existsSync(join(folder, 'src/bundle.js'));
    const writeScripts = (bundle: string): void =>
      writeFileSync(
        join(folder, 'package.json'),
        JSON.stringify({ scripts: { bundle, publish: 'npm run bundle && i99dash publish' } }),
      );
    /** Sets the user's first answer. */
    const answer = (button: string | undefined): void => {
      answers = { [question()]: button, Publish: 'Publish' };
    };

    beforeEach(() => writeScripts('echo > src/bundle.js'));

    it('shows the command and the text of its scripts and sends nothing when the user declines', async () => {
      assert.equal(await publish(), undefined);
      assert.deepEqual(
        shown.map(({ message, buttons }) => [message, buttons]),
        [[question(), ['Run and Publish', 'Publish Without Building']]],
      );
      const lines = (shown[0]?.detail ?? '').split('\n');
      assert.deepEqual(lines.slice(0, 2), ['npm run bundle', '• bundle: echo > src/bundle.js']);
      assert.match(lines[3] ?? '', /^The "publish" script of package\.json runs this command in /u);
      assert.ok(!ran());
      assert.deepEqual(versions(), []);
    });

    it('runs it after the approval and asks again only when the text changes', async () => {
      answer('Run and Publish');
      assert.equal((await publish())?.fileCount, 7);
      assert.ok(ran());
      shown.length = 0;
      await run('i99dash.dryRun', { folder });
      assert.equal(questions().length, 0);
      writeScripts('echo 2 > src/bundle.js');
      assert.equal(await run('i99dash.dryRun', { folder }), undefined);
      assert.deepEqual(questions()[0]?.buttons, ['Run Build', 'Skip Build']);
    });

    it('publishes the existing files without it when the user says so, also the next time', async () => {
      answer('Publish Without Building');
      assert.equal((await publish())?.fileCount, 6);
      assert.ok(shown[1]?.detail?.split('\n').includes('Build: left out'));
      shown.length = 0;
      await publish({ confirmed: true });
      await run('i99dash.dryRun', { folder });
      assert.equal(questions().length, 0);
      assert.ok(!ran());
      writeScripts('echo 2 > src/bundle.js');
      answer('Run and Publish');
      await publish();
      assert.equal(questions().length, 1);
      assert.ok(ran());
    });

    it('does not apply a skip to a command that the configuration runs', async () => {
      answer('Publish Without Building');
      await publish();
      const config = { appRoot: './src', distDir: './src', buildCommand: 'npm run bundle' };
      writeFileSync(join(folder, 'sdk.config.json'), JSON.stringify(config));
      shown.length = 0;
      answers = {};
      assert.equal(await publish(), undefined);
      assert.deepEqual(questions()[0]?.buttons, ['Run Build']);
      assert.ok(!ran());
    });

    it('runs it without a question when the call is confirmed', async () => {
      await publish({ confirmed: true });
      assert.equal(questions().length, 0);
      assert.ok(ran());
    });

    it('does not ask when the script does not publish with the client', async () => {
      const scripts = { publish: 'echo > src/bundle.js && npm publish' };
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts }));
      await publish({ confirmed: true });
      await publish();
      assert.equal(questions().length, 0);
      assert.ok(!ran());
    });
  });

  describe('about a build that writes another folder', () => {
    it('shows the problem at the setting, with a fix that names the folder', async () => {
      const config = vscode.Uri.file(join(folder, 'sdk.config.json'));
      const text = '{ "buildCommand": "cp -r src out" }';
      writeFileSync(config.fsPath, text);
      const args = { folder: vscode.Uri.file(folder), confirmed: true };
      await failsWith('NOTHING_TO_PUBLISH', 'i99dash.publish', args);
      assert.equal(shown.at(-1)?.message, `${id}: The build wrote ./out, but distDir is ./dist`);
      assert.deepEqual(shown.at(-1)?.buttons, ['Show Problems', 'Open File', 'Try Again']);
      const document = await vscode.workspace.openTextDocument(config);
      await shows(config.fsPath, 'output.elsewhere');
      const [problem] = ours(config.fsPath);
      assert.equal(document.getText(problem?.range), '"cp -r src out"');
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        ...[config, problem?.range],
      );
      const fix = actions.find(({ title }) => title === 'Add "distDir": ./out');
      assert.ok(fix?.edit, JSON.stringify(actions));
      await vscode.workspace.applyEdit(fix.edit);
      assert.match(document.getText(), /"distDir": "\.\/out"/u);
      await document.save();
      await untilShown(config.fsPath, (now) => now.length === 0);
      rmSync(join(folder, 'out'), { recursive: true });
      assert.equal((await publish({ confirmed: true }))?.appId, id);
    });
  });

  describe('for testers', () => {
    let notes: string | undefined;
    let titles: string[];
    useStandIn(vscode.window, 'showInputBox', ({ title }: vscode.InputBoxOptions) => {
      titles.push(title ?? '');
      return Promise.resolve(notes);
    });

    beforeEach(() => {
      titles = [];
      notes = 'Faster.';
      answers = { Publish: 'Publish' };
    });

    const beta = (args: object = {}): Promise<PublishResult | undefined> =>
      run<PublishResult | undefined>('i99dash.publishToBeta', { folder, ...args });
    const promoted = () => backend.current.state.apps.find(id)?.beta;

    it('asks for release notes', async () => {
      assert.equal((await beta())?.track, 'beta');
      assert.deepEqual(titles, [`Publish ${id} 1.0.0 to Beta`]);
      assert.equal(promoted()?.releaseNotes, 'Faster.');
    });

    it('accepts empty release notes and stops when dismissed', async () => {
      notes = undefined;
      assert.equal(await beta(), undefined);
      assert.equal(promoted(), undefined);
      notes = ' ';
      await beta();
      assert.equal(promoted()?.releaseNotes, null);
    });

    it('does not ask for notes that are given or confirmed, nor in a dry run', async () => {
      await beta({ releaseNotes: 'Given.' });
      assert.equal(promoted()?.releaseNotes, 'Given.');
      await beta({ confirmed: true });
      await publish({ track: 'beta', dryRun: true });
      assert.deepEqual(titles, []);
    });

    it('publishes to the track that the settings of the workspace folder name', async () => {
      const second = vscode.workspace.workspaceFolders?.[1] ?? assert.fail('two roots');
      const result = await publish({ folder: second.uri, confirmed: true });
      assert.equal(result?.track, 'beta');
      assert.equal((await publish({ confirmed: true }))?.track, 'production');
    });
  });

  describe('about the result', () => {
    const opened: string[] = [];
    useStandIn(vscode.env, 'openExternal', (uri: vscode.Uri) => opened.push(uri.toString()));

    it('copies the hash', async () => {
      answers = { [`${id} 1.0.0 would be sent`]: 'Copy Bundle Hash' };
      const from = backend.current.requests.length;
      const result = await run<PublishResult>('i99dash.dryRun', { folder });
      assert.deepEqual(shown[0]?.buttons, ['Copy Bundle Hash']);
      assert.equal(await vscode.env.clipboard.readText(), result.sha256);
      assert.deepEqual(requestsSince(backend.current, from), []);
    });

    it('opens the page of the app', async () => {
      answers = { [`${id} 1.0.0 was submitted`]: 'Open in Web Console' };
      await publish({ confirmed: true });
      assert.deepEqual(opened, [`https://dev.i99dash.app/developers/apps/${id}`]);
    });
  });

  describe('among several mini-apps', () => {
    let rows: string[][];
    let described: Map<string, vscode.QuickPickItem>;
    useStandIn(
      vscode.window,
      'showQuickPick',
      (items: (vscode.QuickPickItem & { folder: string })[]) => {
        rows.push(items.map((item) => item.folder));
        described = new Map(items.map((item) => [item.folder, item]));
        return Promise.resolve(items.find((item) => item.folder === folder));
      },
    );

    beforeEach(() => {
      rows = [];
    });

    const dryRun = () => run<PublishResult>('i99dash.publish', { dryRun: true });

    it('lets the user pick one of all roots and lists it first the next time', async () => {
      assert.equal((await dryRun()).appId, id);
      const [second] = vscode.workspace.workspaceFolders?.slice(1) ?? [];
      assert.ok(rows[0]?.includes(second?.uri.fsPath ?? ''), 'the other root is there');
      assert.notEqual(rows[0]?.[0], folder);
      await dryRun();
      assert.equal(rows[1]?.[0], folder);
      assert.equal(rows[1].length, rows[0]?.length);
    });

    it('names app, version, problems and path of each', async () => {
      edit(manifest(), /"category": "[a-z]+"/u, '"category": "nonsense"');
      await run('i99dash.validate', { folder: vscode.Uri.file(folder) });
      await failsWith('MANIFEST_INVALID', 'i99dash.publish', { dryRun: true });
      const row = described.get(folder) ?? assert.fail('not among the rows');
      assert.equal(row.label, `$(package) ${id}`);
      assert.match(row.description ?? '', /^1\.0\.0 · 1 problem/u);
      assert.ok(row.detail?.endsWith(basename(folder)), row.detail);
    });

    it('takes the one of the active editor, also of a picture', async () => {
      await vscode.window.showTextDocument(vscode.Uri.file(join(folder, 'src/app.js')));
      assert.equal((await dryRun()).appId, id);
      await run('workbench.action.closeAllEditors');
      await run('vscode.open', vscode.Uri.file(join(folder, 'src/icon.png')));
      assert.equal((await dryRun()).appId, id);
      assert.deepEqual(rows, []);
    });
  });

  it('counts the problems of the app, and shows them', async () => {
    edit(manifest(), /"category": "[a-z]+"/u, '"category": "nonsense"');
    const message = await failsWith('MANIFEST_INVALID', 'i99dash.publish', { folder });
    assert.match(message, new RegExp(`^1 problem in ${basename(folder)}: manifest\\.json: `, 'u'));
    assert.equal(shown.at(-1)?.message, message);
    assert.deepEqual(shown.at(-1)?.buttons, ['Show Problems', 'Open File', 'Try Again']);
  });

  it('names the app in a failure that does not', async () => {
    rmSync(join(folder, 'src'), { recursive: true });
    mkdirSync(join(folder, 'src'));
    const message = await failsWith('NOTHING_TO_PUBLISH', 'i99dash.publish', { folder });
    assert.equal(shown.at(-1)?.message, `${id}: ${message}`);
  });

  it('opens the file at the line that is wrong', async () => {
    edit(manifest(), /"category": "[a-z]+"/u, '"category": "nonsense"');
    answers = { '1 problem': 'Open File' };
    const opened = new Promise<vscode.TextEditor>((resolve) => {
      const subscription = vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        subscription.dispose();
        resolve(textEditor);
      });
    });
    await failsWith('MANIFEST_INVALID', 'i99dash.publish', { folder, confirmed: true });
    const { document, selection } = await opened;
    assert.equal(document.uri.fsPath, manifest());
    assert.equal(document.getText(selection), '"nonsense"');
  });

  it('rejects an unknown track', async () => {
    const args = { folder, track: 'Beta', confirmed: true };
    assert.match(await failsWith('VALIDATION_FAILED', 'i99dash.publish', args), /Beta/u);
    assert.equal(submissions().length, 0);
  });
});

function edit(file: string, from: string | RegExp, to: string): void {
  const text = readFileSync(file, 'utf8');
  assert.ok(text.search(from) >= 0, `${String(from)} is in ${file}`);
  writeFileSync(file, text.replace(from, to));
}

function submitted(json: unknown): string[] {
  const { manifest } = json as { manifest: { id: string; version: string } };
  return [manifest.id, manifest.version];
}
