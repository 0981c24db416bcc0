import assert from 'node:assert/strict';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bcryptKey } from '../../../src/core/ssh/formats/bcrypt';
import { bcryptInWorker } from '../../../src/core/ssh/keyWorkerClient';
import { CancelledError } from '../../../src/core/errors';
import { useTempFolder } from '../../support/temp-folder';

const INPUT = { passphrase: Buffer.from('x'), salt: Buffer.alloc(16, 1), rounds: 1, length: 48 };
/** Takes minutes. */
const ENDLESS = { ...INPUT, rounds: 100_000 };

describe('key derivation worker', () => {
  const temp = useTempFolder('all');
  const script = (): string => join(temp.path, 'keyWorker.js');

  before(async function () {
    this.timeout(20_000);
    const entry = join(__dirname, '../../../src/core/ssh/keyWorker.ts');
    const options = { bundle: true, format: 'cjs', platform: 'node', logLevel: 'error' } as const;
    await build({ ...options, entryPoints: [entry], outfile: script() });
  });

  it('derives the same key as OpenSSH', async () => {
    const key = await bcryptInWorker(script())(INPUT);
    assert.deepEqual(Buffer.from(key), Buffer.from(bcryptKey(INPUT)));
  });

  it('keeps the event loop responsive and stops midway when it is cancelled', async () => {
    const controller = new AbortController();
    const deriving = bcryptInWorker(script())(ENDLESS, controller.signal);
    for (let turn = 0; turn < 100; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    controller.abort();
    await assert.rejects(deriving, CancelledError);
    await assert.rejects(bcryptInWorker(script())(ENDLESS, controller.signal), CancelledError);
  });

  it('rejects when the thread cannot start', async () => {
    await assert.rejects(bcryptInWorker(join(temp.path, 'missing.js'))(INPUT));
  });
});
