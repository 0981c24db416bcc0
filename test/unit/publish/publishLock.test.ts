import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdir,
  open,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isI99dashError } from '../../../src/core/errors';
import type { KindId } from '../../../src/core/projectKind';
import {
  acquirePublishLock,
  collectStaleLocks,
  type PublishLock,
} from '../../../src/core/publish/publishLock';
import { rejectsWith } from '../../support/expect';
import { canFillDisk, onFullDisk } from '../../support/full-disk';
import { closeSockets, ODD_FILES } from '../../support/odd-files';
import { useTempFolder } from '../../support/temp-folder';

const note = {
  kind: 'miniApp' as KindId,
  backendUrl: 'https://api.example.com',
  appId: 'tyre-pressure',
  version: '1.0.0',
  folder: '/projects/tyre-pressure',
};

const LONG_AGO = new Date('2020-02-02T02:02:02Z');
const FAR_AHEAD = new Date('2060-02-02T02:02:02Z');
const SOON = 100;

/** Runs a task while holding the lock. */
async function withPublishLock<T>(
  folder: string,
  app: typeof note,
  task: (lock: PublishLock) => Promise<T>,
  heartbeatMs?: number,
): Promise<T> {
  await using lock = await acquirePublishLock(folder, app, heartbeatMs);
  return await task(lock);
}

describe('publish lock', () => {
  const temp = useTempFolder();
  const done = () => Promise.resolve('done');

  it('admits one publish of an app at a time, and other apps in parallel', async () => {
    await withPublishLock(temp.path, note, async () => {
      await rejectsWith('PUBLISH_IN_PROGRESS', withPublishLock(temp.path, note, done));
      const otherApp = { ...note, appId: 'charge-timer' };
      assert.equal(await withPublishLock(temp.path, otherApp, done), 'done');
      const otherBackend = { ...note, backendUrl: 'https://other.example.com' };
      assert.equal(await withPublishLock(temp.path, otherBackend, done), 'done');
    });
    assert.equal(await withPublishLock(temp.path, note, done), 'done');
    assert.deepEqual(await readdir(temp.path), []);
  });

  it('admits a theme and a mini-app with the same ID in parallel', async () => {
    const theme = { ...note, kind: 'theme' as const };
    await withPublishLock(temp.path, note, async () => {
      await withPublishLock(temp.path, theme, async () => {
        assert.equal((await readdir(temp.path)).length, 2);
        await rejectsWith('PUBLISH_IN_PROGRESS', withPublishLock(temp.path, theme, done));
      });
      await rejectsWith('PUBLISH_IN_PROGRESS', withPublishLock(temp.path, note, done));
    });
  });

  it('is released when the publish fails', async () => {
    const failing = withPublishLock(temp.path, note, () => Promise.reject(new Error('no')));
    await assert.rejects(failing, /no/u);
    assert.equal(await withPublishLock(temp.path, note, done), 'done');
  });

  it('admits exactly one of ten concurrent callers', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let decided = 0;
    const countDecided = (): void => {
      decided += 1;
      if (decided === 10) release();
    };
    const publish = (): Promise<void> => {
      countDecided();
      return held;
    };
    const attempts = Array.from({ length: 10 }, () =>
      withPublishLock(temp.path, note, publish).catch((error: unknown) => {
        countDecided();
        throw error;
      }),
    );
    const statuses = (await Promise.allSettled(attempts)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 'fulfilled').length, 1);
  });

  /** Leaves a lock behind, as a window that crashes does. */
  async function abandon(pid: number, more = {}): Promise<string> {
    await mkdir(temp.path, { recursive: true });
    let name = '';
    await withPublishLock(temp.path, note, async () => {
      [name = ''] = await readdir(temp.path);
    });
    const path = join(temp.path, name);
    await writeFile(path, JSON.stringify({ ...note, pid, ...more }));
    return path;
  }

  for (const stage of ['preparing', 'uploading', 'submitting'] as const) {
    it(`tells that the publish was ${stage} when its window died`, async () => {
      let left = '';
      await withPublishLock(temp.path, note, async ({ recordStage }) => {
        if (stage !== 'preparing') await recordStage(stage);
        const [name = ''] = await readdir(temp.path);
        left = await readFile(join(temp.path, name), 'utf8');
      });
      assert.deepEqual(await readdir(temp.path), []);
      const dead = left.replace(`"pid":${process.pid}`, `"pid":${await deadProcess()}`);
      await writeFile(join(temp.path, 'left.lock'), dead);
      const [told] = await collectStaleLocks(temp.path);
      assert.equal(told?.stage, stage);
    });
  }

  it('does not record a stage in the lock of another window', async () => {
    await withPublishLock(temp.path, note, async ({ recordStage }) => {
      const [name = ''] = await readdir(temp.path);
      await rm(join(temp.path, name));
      await writeFile(join(temp.path, name), 'of another window');
      await recordStage('submitting');
      assert.equal(await readFile(join(temp.path, name), 'utf8'), 'of another window');
      await rm(join(temp.path, name));
      await recordStage('submitting');
      assert.deepEqual(await readdir(temp.path), []);
    });
  });

  async function deadProcess(): Promise<number> {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    return child.pid ?? 0;
  }

  it('is taken over from a window that crashed', async () => {
    await abandon(await deadProcess());
    assert.equal(await withPublishLock(temp.path, note, done), 'done');
  });

  it('is taken over when its heartbeat is stale, even if the process ID was reused', async () => {
    const path = await abandon(process.ppid);
    await rejectsWith('PUBLISH_IN_PROGRESS', withPublishLock(temp.path, note, done));
    for (const time of [LONG_AGO, FAR_AHEAD]) {
      await rm(path, { force: true });
      await abandon(process.ppid);
      await utimes(path, time, time);
      assert.equal(await withPublishLock(temp.path, note, done, SOON), 'done');
    }
  });

  for (const time of [LONG_AGO, FAR_AHEAD]) {
    it(`stays with an active owner after sleep or a clock change: ${time.toISOString()}`, async () => {
      const held = async (): Promise<void> => {
        const [name = ''] = await readdir(temp.path);
        for (const other of [
          () => rejectsWith('PUBLISH_IN_PROGRESS', withPublishLock(temp.path, note, done, SOON)),
          async () => assert.deepEqual(await collectStaleLocks(temp.path, SOON), []),
        ]) {
          await utimes(join(temp.path, name), time, time);
          await other();
        }
        assert.deepEqual(await readdir(temp.path), [name]);
      };
      await withPublishLock(temp.path, note, held, SOON);
    });
  }

  it('judges a lock of another computer by its heartbeat, not by its process ID', async () => {
    const path = await abandon(await deadProcess(), { host: 'another-computer' });
    await rejectsWith('PUBLISH_IN_PROGRESS', withPublishLock(temp.path, note, done, SOON));
    assert.deepEqual(await collectStaleLocks(temp.path, SOON), []);
    await utimes(path, LONG_AGO, LONG_AGO);
    assert.equal(await withPublishLock(temp.path, note, done, SOON), 'done');
  });

  describe('replaces an invalid lock', () => {
    afterEach(closeSockets);
    const future = (path: string): Promise<void> =>
      writeFile(path, '').then(() => utimes(path, FAR_AHEAD, FAR_AHEAD));
    const odd = { ...ODD_FILES, 'an empty file with a future date': future };
    // A folder stays: see below.
    for (const [there, make] of Object.entries(odd).filter(([there]) => there !== 'a folder')) {
      it(`takes over when ${there} is in its place`, async function () {
        if (process.platform === 'win32') this.skip(); // no pipes and links on Windows
        const path = await abandon(1);
        await rm(path);
        await make(path);
        assert.equal(await withPublishLock(temp.path, note, done, SOON), 'done');
        assert.equal((await readdir(temp.path)).includes(basename(path)), false);
      });
    }

    it('removes a link in its place and keeps the target of the link', async () => {
      const path = await abandon(1);
      await rm(path);
      await writeFile(join(temp.path, 'diary'), 'Dear diary');
      await symlink(join(temp.path, 'diary'), path);
      assert.equal(await withPublishLock(temp.path, note, done, SOON), 'done');
      assert.equal(await readFile(join(temp.path, 'diary'), 'utf8'), 'Dear diary');
    });
  });

  describe('reports disk errors', () => {
    const refused = async (folder: string): Promise<void> => {
      const error = await rejectsWith('UPLOAD_FAILED', withPublishLock(folder, note, done));
      assert.match(error.message, new RegExp(`${folder}.*\\([A-Z_]+\\).*[Mm]ake room`, 'u'));
    };

    it('fails with a message when a file is in place of the folder', async () => {
      const folder = join(temp.path, 'locks');
      await writeFile(folder, '');
      await refused(folder);
    });

    it('fails with a message when a folder is in its place, which stays', async () => {
      const path = await abandon(1);
      await rm(path);
      await mkdir(join(path, 'precious'), { recursive: true });
      await refused(temp.path);
      assert.deepEqual(await readdir(path), ['precious']);
    });

    it('fails with a message on a full disk and leaves no partial lock', async function () {
      if (!canFillDisk()) this.skip();
      await onFullDisk(() => refused(temp.path));
      assert.deepEqual(await readdir(temp.path), []);
      assert.equal(await withPublishLock(temp.path, note, done), 'done');
    });
  });

  it('is taken over by exactly one of many concurrent callers', async () => {
    const pid = await deadProcess();
    for (let round = 0; round < 50; round++) {
      await abandon(pid);
      let running = 0;
      const task = async () => {
        assert.equal(++running, 1, `two at once in round ${round}`);
        await nextTurn();
        await readdir(temp.path);
        running--;
      };
      const all = Array.from({ length: 8 }, () => withPublishLock(temp.path, note, task));
      for (const outcome of await Promise.allSettled(all)) {
        if (outcome.status === 'rejected' && !isI99dashError(outcome.reason)) throw outcome.reason;
      }
      assert.deepEqual(await readdir(temp.path), []);
    }
  });

  it('is not released by the owner that lost it', async () => {
    const theirs = JSON.stringify({ ...note, pid: process.ppid });
    let path = '';
    await withPublishLock(temp.path, note, async () => {
      const [name = ''] = await readdir(temp.path);
      path = join(temp.path, name);
      await rm(path);
      await writeFile(path, theirs);
    });
    assert.equal(await readFile(path, 'utf8'), theirs);
  });

  it('fails with a message before the publish starts', async () => {
    const folder = join(temp.path, 'locks');
    await writeFile(folder, 'a file where the folder belongs');
    const begun = () => assert.fail('must not begin');
    const error = await rejectsWith('UPLOAD_FAILED', withPublishLock(folder, note, begun));
    assert.match(error.message, /locks.*\(EEXIST\)/u);
  });

  it('does not fail the publish when it cannot be released', async () => {
    const folder = join(temp.path, 'locks');
    const obstruct = async () => {
      await rm(folder, { recursive: true });
      await writeFile(folder, 'a file where the folder was');
      return 'done';
    };
    assert.equal(await withPublishLock(folder, note, obstruct), 'done');
  });

  it('does not fail the publish when its open file cannot be read', async () => {
    const probe = await open(join(temp.path, 'probe'), 'w');
    const handle = Object.getPrototypeOf(probe) as FileHandle;
    await probe.close();
    const result = await withPublishLock(temp.path, note, () => {
      mock.method(handle, 'stat', () => Promise.reject(new Error('EIO')));
      return done();
    }).finally(() => mock.restoreAll());
    assert.equal(result, 'done');
  });

  it('reports an interrupted publish once', async () => {
    const pid = await deadProcess();
    await abandon(pid);
    const windows = Array.from({ length: 8 }, () => collectStaleLocks(temp.path));
    const { kind, appId, version, folder } = note;
    assert.deepEqual((await Promise.all(windows)).flat(), [{ kind, appId, version, folder, pid }]);
    assert.deepEqual(await collectStaleLocks(temp.path), []);
  });

  for (const [written, reported] of [
    ['theme', 'theme'],
    [undefined, 'miniApp'],
  ] as const) {
    it(`reports an interrupted publish of the kind ${written ?? 'that an old lock omits'}`, async () => {
      await abandon(await deadProcess(), { kind: written });
      const told = await collectStaleLocks(temp.path);
      assert.deepEqual(
        told.map(({ kind }) => kind),
        [reported],
      );
    });
  }

  for (const [what, words] of [
    ['an invalid app ID', { appId: 'Free\u202Egift](command:x)' }],
    ['an endless app ID', { appId: 'a'.repeat(10_000) }],
    ['an unknown kind', { kind: 'spaceship' }],
    ['an invalid version', { version: '1.0.0\nPublish now' }],
    ['a relative folder', { folder: '../../elsewhere' }],
    ['an invalid process ID', { pid: 0 }],
  ] as const) {
    it(`ignores an interrupted publish with ${what} and removes its lock`, async () => {
      const path = await abandon(1, words);
      await utimes(path, LONG_AGO, LONG_AGO);
      assert.deepEqual(await collectStaleLocks(temp.path, SOON), []);
      assert.deepEqual(await readdir(temp.path), []);
    });
  }

  it('does not report a running publish as interrupted', async () => {
    await withPublishLock(temp.path, note, async () => {
      assert.deepEqual(await collectStaleLocks(temp.path), []);
    });
    await writeFile(join(temp.path, 'garbage.lock'), 'garbage');
    assert.deepEqual(await collectStaleLocks(temp.path), []);
    assert.deepEqual(await collectStaleLocks(join(temp.path, 'missing')), []);
  });
});
