import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../backend/faults';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { NONE, watchInterruptions } from './interruptions';
import { useScene } from './use-scene';

const WHO = DEFAULT_ACCOUNT.email ?? '';
const AUTH = /^\/api\/v1\/auth\/ssh\//u;
const ME = '/api/v1/dev/me';

/** One of each class of faults that strike every renewal, and the failure that the hover names. */
const CLASSES: readonly (readonly [string, Fault, string])[] = [
  ['the connection breaks', { kind: 'reset' }, 'OFFLINE'],
  ['the server is in trouble', { kind: 'status', status: 503 }, 'SERVER'],
  ['the answer is half JSON', { kind: 'half-json' }, 'PROTOCOL'],
  [
    'another server is named',
    { kind: 'redirect', location: 'http://127.0.0.1:1/', status: 307 },
    'PROTOCOL',
  ],
];

describe('a network that fails', () => {
  const scene = useScene({ album: 'ui/faults', tokenLife: 2 });

  before(async () => {
    await scene.person.runCommand('i99dash: Sign In');
    await scene.person.pick('~/.ssh/id_ed25519');
    await scene.person.seesIdentity(WHO);
    await scene.person.seesIcon('account');
  });

  for (const [title, fault, code] of CLASSES) {
    it(`shows in the status bar and nowhere else, and is over when it is: ${title}`, async () => {
      const { person, backend } = scene;
      const interruptions = await watchInterruptions(person.page);
      backend.faults.inject({ match: { path: AUTH }, fault, times: 'always' });
      await person.seesIcon('cloud-offline');
      await person.seesIdentity(WHO);
      assert.match(await person.readHover(), new RegExp(`Last failure: ${code}`, 'u'));
      backend.faults.clear();
      await person.seesIcon('account', 70_000);
      assert.deepEqual(await interruptions(), NONE);
    }).timeout(120_000);
  }

  it('is told to somebody who asks, with a way out', async () => {
    const { person, backend } = scene;
    backend.setTokenLife(900);
    const fault: Fault = { kind: 'html', status: 502 };
    backend.faults.inject({ match: { path: ME }, fault, times: 'always' });
    await person.runCommand('i99dash: Who Am I?');
    const toast = await person.seesNotification('HTTP 502');
    backend.faults.clear();
    await person.pressIn(toast, 'Try Again');
    await person.seesNotification(`You are ${WHO}`);
    await person.seesIcon('account');
  });

  it('leaves no rejection unheard in the log of the extension host', async () => {
    const logs = await hostLogs(join(scene.root, 'server'));
    assert.ok(logs.length > 0, 'there is a log');
    const lines = logs.join('\n').split('\n');
    const unheard = lines.filter((line) => /rejected promise not handled/iu.test(line));
    assert.deepEqual(unheard, []);
  });
});

/** The logs of extension hosts that a server keeps. */
async function hostLogs(serverDataDir: string): Promise<string[]> {
  const folder = join(serverDataDir, 'data/logs');
  const files = await readdir(folder, { recursive: true });
  const ofHosts = files.filter((file) => /exthost.*\.log$/u.test(file));
  return Promise.all(ofHosts.map((file) => readFile(join(folder, file), 'utf8')));
}
