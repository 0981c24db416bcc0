import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  activateExtension,
  copyMiniApp,
  failsWith,
  runAsked,
  useMessages,
  useNoConfirmation,
  useStandIn,
} from '../support';

/** A client that serves nothing but says where it listens, and when it is asked to end. */
const CLIENT = `#!/usr/bin/env node
const { createServer } = require('node:http');
const { writeFileSync } = require('node:fs');
writeFileSync('ran', process.argv.slice(2).join(' '));
if (process.argv[2] !== 'dev') process.exit(2);
console.log('docs: https://i99dash.example/');
const server = createServer((_, response) => response.end('the client'));
server.listen(0, '127.0.0.1', () => {
  console.log('ready at http://127.0.0.1:' + server.address().port + '/app');
});
`;

describe('the preview of a mini-app', () => {
  useNoConfirmation();
  /** The answers to messages by their first words. */
  let answers: Record<string, string>;
  const shown = useMessages(
    ({ message }) => Object.entries(answers).find(([start]) => message.startsWith(start))?.[1],
  );
  /** The addresses that the browser in VS Code was opened with. */
  const opened: string[] = [];
  // The server of these tests does not forward ports as it says.
  useStandIn(vscode.env, 'asExternalUri', (uri: vscode.Uri) => Promise.resolve(uri));
  const { executeCommand } = vscode.commands;
  useStandIn(vscode.commands, 'executeCommand', (id: string, ...args: unknown[]) => {
    if (id !== 'simpleBrowser.api.open') return executeCommand(id, ...args);
    opened.push(String(args[0]));
    return Promise.resolve();
  });
  let folder: string;
  let count = 0;

  before(activateExtension);

  beforeEach(() => {
    answers = {};
    opened.length = 0;
    folder = copyMiniApp('tyre-pressure', `previewed-${++count}`);
  });

  afterEach(async () => {
    await runAsked('i99dash.stopPreview', { folder });
    rmSync(folder, { recursive: true, force: true });
  });

  const preview = (): Promise<unknown> =>
    runAsked<unknown>('i99dash.preview', { folder: vscode.Uri.file(folder) });

  function lastAddress(): string {
    const address = opened.at(-1) ?? assert.fail('nothing was opened');
    return vscode.Uri.parse(address).toString(true);
  }

  async function read(path = ''): Promise<string> {
    return (await fetch(new URL(path, lastAddress()))).text();
  }

  /** Fails while something listens on the port of an address. */
  function portIsFree(address: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const server = createServer().once('error', reject);
      server.listen(Number(new URL(address).port), '127.0.0.1', () => {
        server.close(() => resolve());
      });
    });
  }

  describe('without a client', () => {
    it('serves appRoot on this computer, and says where and that there is no host', async () => {
      assert.equal(await preview(), true);
      assert.match(lastAddress(), /^http:\/\/127\.0\.0\.1:\d+\/$/u);
      assert.ok((await read()).startsWith(readFileSync(join(folder, 'src/index.html'), 'utf8')));
      assert.equal(shown.length, 1);
      assert.match(
        shown[0]?.message ?? '',
        /^The preview of previewed-\d+ is at http:\/\/127\.0\.0\.1:\d+\/\. It has no i99dash host/u,
      );
      assert.deepEqual(shown[0]?.buttons, ['Stop Preview']);
    });

    it('shows the running preview when it is called again', async () => {
      await Promise.all([preview(), preview()]);
      await preview();
      assert.equal(opened.length, 3);
      assert.equal(new Set(opened).size, 1);
      assert.equal(shown.length, 1);
    });

    it('frees its port when it is stopped, by a command or in the message', async () => {
      await preview();
      const first = lastAddress();
      assert.equal(await runAsked('i99dash.stopPreview', { folder }), true);
      await portIsFree(first);
      answers = { 'The preview of': 'Stop Preview' };
      await preview();
      const second = lastAddress();
      // The message is answered at once; this waits for the same stop.
      await runAsked('i99dash.stopPreview', { folder });
      await portIsFree(second);
    });

    it('tells an open page to reload when a file is saved', async () => {
      await preview();
      const response = await fetch(new URL('.i99dash/events', lastAddress()));
      const reader = response.body?.getReader() ?? assert.fail('no stream');
      const document = await vscode.workspace.openTextDocument(join(folder, 'src/index.html'));
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, new vscode.Position(0, 0), '<!-- changed -->');
      await vscode.workspace.applyEdit(edit);
      assert.ok(await document.save());
      const { value } = (await reader.read()) as { value?: Uint8Array };
      assert.match(Buffer.from(value ?? []).toString(), /^data: reload/u);
      await reader.cancel();
      assert.match(await read(), /^<!-- changed -->/u);
    });

    it('ends when the folder of the project is removed', async () => {
      await preview();
      const response = await fetch(new URL('.i99dash/events', lastAddress()));
      const ended = response.text().catch(() => undefined);
      rmSync(folder, { recursive: true });
      await ended;
      await runAsked('i99dash.stopPreview', { folder });
      await portIsFree(lastAddress());
    });

    it('ends with the window', async () => {
      await preview();
      const { extensionPath } = await activateExtension();
      // The module that VS Code has loaded, which it calls when a window closes.
      const { deactivate } = createRequire(__filename)(
        join(extensionPath, 'dist/extension.js'),
      ) as { deactivate: () => Promise<void> };
      await deactivate();
      await portIsFree(lastAddress());
    });

    it('fails with the next step when there is no page', async () => {
      const where = (): string => shown.at(-1)?.message ?? '';
      rmSync(join(folder, 'src'), { recursive: true });
      await failsWith('NOTHING_TO_PUBLISH', 'i99dash.preview', { folder });
      assert.match(where(), /^\.\/src has no page to preview\. .*"appRoot" in sdk\.config\.json/u);
      assert.deepEqual(shown.at(-1)?.buttons, ['Open sdk.config.json', 'Show Log']);
      const config = JSON.stringify({ buildCommand: 'node build.mjs' });
      writeFileSync(join(folder, 'sdk.config.json'), config);
      await failsWith('NOTHING_TO_PUBLISH', 'i99dash.preview', { folder });
      assert.match(where(), /needs its build: add the i99dash client/u);
      rmSync(join(folder, 'manifest.json'));
      await failsWith('NOTHING_TO_PUBLISH', 'i99dash.preview', { folder: join(folder, '..') });
      assert.deepEqual(opened, []);
    });

    it('works while the manifest has errors', async () => {
      writeFileSync(join(folder, 'manifest.json'), '{ "icon": "./icon.svg" }');
      assert.equal(await preview(), true);
      assert.match(await read(), /<html/u);
    });
  });

  describe('with the client of the project', () => {
    const question = 'Run the i99dash client of';

    beforeEach(() => {
      const programs = join(folder, 'node_modules/.bin');
      mkdirSync(programs, { recursive: true });
      writeFileSync(join(programs, 'i99dash'), CLIENT);
      chmodSync(join(programs, 'i99dash'), 0o755);
    });

    const hasRun = (): boolean => existsSync(join(folder, 'ran'));

    it('runs nothing when the question about the command line is refused', async () => {
      assert.equal(await preview(), undefined);
      assert.equal(shown.length, 1);
      assert.match(shown[0]?.message ?? '', /^Run the i99dash client of previewed-\d+\?$/u);
      assert.deepEqual(shown[0]?.buttons, ['Run Client']);
      assert.match(shown[0].detail ?? '', /^i99dash dev\n/u);
      assert.match(shown[0].detail ?? '', /node_modules\/\.bin\/i99dash\./u);
      assert.equal(hasRun(), false);
      assert.deepEqual(opened, []);
    });

    it('opens the address that it prints, and is asked about once', async () => {
      answers = { [question]: 'Run Client' };
      assert.equal(await preview(), true);
      assert.match(lastAddress(), /^http:\/\/127\.0\.0\.1:\d+\/app$/u);
      assert.equal(await read(), 'the client');
      assert.equal(readFileSync(join(folder, 'ran'), 'utf8'), 'dev');
      const first = lastAddress();
      await preview();
      assert.equal(lastAddress(), first);
      await runAsked('i99dash.stopPreview', { folder });
      await portIsFree(first);
      answers = {};
      assert.equal(await preview(), true);
      assert.equal(shown.filter(({ message }) => message.startsWith(question)).length, 1);
    });

    it('ends the client with its terminal', async () => {
      answers = { [question]: 'Run Client' };
      await preview();
      const address = lastAddress();
      const terminal = vscode.window.terminals.findLast(({ name }) => name === 'i99dash preview');
      terminal?.dispose();
      await new Promise<void>((resolve) => {
        vscode.window.onDidCloseTerminal((closed) => {
          if (closed === terminal) resolve();
        });
      });
      await runAsked('i99dash.stopPreview', { folder });
      await portIsFree(address);
    });

    it('fails with the way to its terminal when it ends before it serves', async () => {
      answers = { [question]: 'Run Client' };
      writeFileSync(join(folder, 'node_modules/.bin/i99dash'), '#!/bin/sh\nexit 3\n');
      await failsWith('BUILD_FAILED', 'i99dash.preview', { folder });
      assert.equal(shown.at(-1)?.message, 'i99dash dev ended (exit code 3).');
      assert.deepEqual(shown.at(-1)?.buttons[0], 'Show Terminal');
      assert.deepEqual(opened, []);
    });
  });
});
