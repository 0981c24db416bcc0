import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { tellInterruptedPublishes } from '../../../src/vscode/publish/interruptedPublish';
import { activateExtension, run, useMessages, workspacePath } from '../support';

const AGAIN_MS = 100;

describe('a publish interrupted by the end of its window', () => {
  let folder: string;
  let press: string | undefined;
  let tell: (message: string) => void;
  const shown = useMessages(({ message, buttons }) => {
    tell(message);
    return buttons.find((button) => button === press);
  });

  /** What a window leaves behind that ended in the middle. */
  function leaveLock(
    stage?: string,
    { pid = endedPid(), appId = 'tyre-pressure', kind = 'miniApp' } = {},
  ): void {
    const note = { kind, appId, version: '1.0.0' };
    const lock = { ...note, folder: workspacePath(appId), pid, stage };
    writeFileSync(join(folder, `${kind}-${appId}.lock`), JSON.stringify(lock));
  }

  const endedPid = (): number => spawnSync(process.execPath, ['--version']).pid;

  /**
   * Does what a window does on startup and advances the clock by the first seconds.
   * @returns the given number of messages
   */
  function start(
    messages: number,
    onMessage: (message: string) => void = () => undefined,
  ): Promise<string[]> {
    const told: string[] = [];
    const all = new Promise<string[]>((resolve) => {
      tell = (message) => {
        told.push(message);
        onMessage(message);
        if (told.length === messages) resolve(told);
      };
    });
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      tellInterruptedPublishes(folder, AGAIN_MS);
      assert.deepEqual(shown, [], 'the start of the editor comes first');
      mock.timers.tick(3_000);
    } finally {
      mock.timers.reset();
    }
    return all;
  }

  before(async () => {
    await activateExtension();
    await run('i99dash.signOut');
  });
  beforeEach(() => {
    press = undefined;
    folder = mkdtempSync(join(homedir(), 'locks-'));
    leaveLock();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const TOLD: readonly (readonly [string | undefined, string, readonly string[]])[] = [
    ['preparing', 'Nothing was sent.', ['Publish Again']],
    ['uploading', 'Nothing was submitted.', ['Publish Again']],
    ['submitting', 'It may have been sent.', ['Show Status', 'Publish Again']],
    [undefined, 'It may have been sent.', ['Show Status', 'Publish Again']],
  ];
  for (const [stage, outcome, buttons] of TOLD) {
    it(`is told once at the next start, with what was sent: ${stage ?? 'not known'}`, async () => {
      leaveLock(stage);
      assert.deepEqual(await start(1), [
        `tyre-pressure 1.0.0 (mini-app) wasn't finished because its window was closed. ${outcome}`,
      ]);
      assert.deepEqual(shown[0]?.buttons, buttons);
      assert.deepEqual(readdirSync(folder), []);
    });
  }

  it('is told for a theme beside the mini-app with the same ID', async () => {
    leaveLock('submitting', { kind: 'theme' });
    assert.deepEqual((await start(2)).sort(), [
      "tyre-pressure 1.0.0 (mini-app) wasn't finished because its window was closed. It may have been sent.",
      "tyre-pressure 1.0.0 (theme) wasn't finished because its window was closed. It may have been sent.",
    ]);
    const [theme] = shown.filter(({ message }) => message.includes('(theme)'));
    assert.deepEqual(theme?.buttons, ['Open in Web Console', 'Publish Again']);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('is told once its window has ended, if that was still running at the start', async () => {
    const ending = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
    await once(ending, 'spawn');
    leaveLock('preparing', { pid: ending.pid, appId: 'charge-timer' });
    const told = await start(2, (message) => {
      // The first search has ended, so only another one can tell the second publish.
      if (message.startsWith('tyre-pressure')) ending.kill();
    });
    assert.match(told[1] ?? '', /^charge-timer 1\.0\.0 \(mini-app\) wasn't finished/u);
  });

  it('leaves no bundle behind after the next start', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const bundle = join(tmpdir(), `i99dash-${pid}-killed`);
    mkdirSync(bundle);
    writeFileSync(join(bundle, 'bundle.tar.gz'), 'packed');
    const watcher = watch(tmpdir());
    try {
      await start(1);
      while (existsSync(bundle)) await once(watcher, 'change');
    } finally {
      watcher.close();
    }
  });

  it('publishes again from its notification like any other publish', async () => {
    press = 'Publish Again';
    const [, next] = await start(2);
    assert.match(next ?? '', /signed in/u);
    assert.deepEqual(shown[1]?.buttons, ['Sign In']);
  });
});
