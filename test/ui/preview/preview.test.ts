import assert from 'node:assert/strict';
import { chmod, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { writeFiles } from '../../support/project';
import { AppsView } from '../apps-view';
import { signedIn } from '../states';
import { useScene } from '../use-scene';

/** A client that serves one page. */
const CLIENT = `#!/usr/bin/env node
const { createServer } = require('node:http');
const page = '<!doctype html><h1>From the client</h1>';
const server = createServer((_, response) => {
  response.setHeader('content-type', 'text/html');
  response.end(page);
});
server.listen(0, '127.0.0.1', () => {
  console.log('\\u001b[32mready\\u001b[0m at http://127.0.0.1:' + server.address().port + '/');
});
`;

/** Forwards ports below a path of its own, as products around VS Code's server do. */
const proxy = createServer((incoming, response) => {
  const [, port = '', path = ''] = /^\/proxy\/(\d+)(\/.*)$/u.exec(incoming.url ?? '') ?? [];
  const { method, headers } = incoming;
  const outgoing = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.once('error', () => response.destroy());
  response.once('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
});

describe('previewing a mini-app in the UI', () => {
  before((done) => void proxy.listen(0, '127.0.0.1', done));
  after(() => {
    proxy.close();
    proxy.closeAllConnections();
  });

  const scene = useScene(() => ({
    album: 'ui/preview',
    miniApps: ['tyre-pressure', 'parking-note'],
    viewport: { width: 1600, height: 900 },
    env: {
      VSCODE_PROXY_URI: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/proxy/{{port}}/`,
    },
  }));

  /** The page of the app in VS Code's browser. */
  const app = (): FrameLocator =>
    scene.person.page
      .frameLocator('iframe.webview')
      .frameLocator('#active-frame')
      .frameLocator('iframe');

  const path = (name: string): string => join(scene.workspace, 'tyre-pressure', name);

  /** Checks that nothing listens at an address. */
  async function isGone(address: string): Promise<void> {
    await assert.rejects(fetch(address));
  }

  /** Returns the address that a notification names. */
  function addressIn(text: string | null): string {
    return /http:\/\/127\.0\.0\.1:\d+\//u.exec(text ?? '')?.[0] ?? assert.fail('no address');
  }

  it('shows its files beside the editor, reloads on save, and stops', async () => {
    const { person } = scene;
    await person.openFile('tyre-pressure/manifest.json');
    await person.editorButton('Preview Mini-App').click();
    const toast = await person.seesNotification('The preview of tyre-pressure is at');
    const text = await toast.textContent();
    assert.match(text ?? '', /It has no i99dash host/u);
    const address = addressIn(text);
    await person.dismiss(toast);
    await app().locator('h1', { hasText: 'Tyre Pressure' }).waitFor();
    await person.photograph('1-static');
    await person.openFile('tyre-pressure/src/index.html');
    await person.page.keyboard.press('Control+Home');
    await person.page.keyboard.type('<p>Saved just now</p>');
    await person.page.keyboard.press('Control+S');
    await app().locator('p', { hasText: 'Saved just now' }).waitFor();
    await person.photograph('2-reloaded');
    assert.equal((await fetch(address)).status, 200);
    await person.runCommand('i99dash: Stop Preview');
    await person.runCommand('i99dash: Show Log');
    await person.page.locator('.view-line', { hasText: 'has ended' }).first().waitFor();
    await isGone(address);
    await person.runCommand('View: Close All Editors');
  });

  it('runs the client after a question, from the row of the Apps view', async () => {
    const { person } = scene;
    await signedIn(scene);
    await writeFiles(path('.'), { 'node_modules/.bin/i99dash': CLIENT });
    await chmod(path('node_modules/.bin/i99dash'), 0o755);
    const view = new AppsView(person);
    await view.open();
    // VS Code forgets which row a menu belongs to when the view loads meanwhile.
    const row = view.row(/Tyre Pressure\s*unpublished/u);
    await row.waitFor();
    await view.choose(row, 'Preview Mini-App');
    await person.answerDialog('Run the i99dash client of tyre-pressure?', 'Run Client', '3-client');
    const toast = await person.seesNotification('The i99dash client of tyre-pressure runs at');
    await app().locator('h1', { hasText: 'From the client' }).waitFor();
    await person.pressIn(toast, 'Show Terminal');
    await person.page.locator('.terminal-wrapper, .xterm').first().waitFor();
    await person.photograph('4-running');
    await person.runCommand('i99dash: Stop Preview');
    await rm(path('node_modules'), { recursive: true });
    await person.runCommand('View: Close All Editors');
  });
});
