import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { useTempFolder } from './temp-folder';

const ROOT = join(__dirname, '../..');

/** Gives a suite the worker script as users get it, and a program that packs one folder; counts the workers of each test. */
export function useBuiltWorker(): {
  readonly script: string;
  readonly packFolder: string;
  /** The workers that the current test has started so far. */
  readonly workers: readonly Worker[];
} {
  const folder = useTempFolder('all');
  const workers: Worker[] = [];
  const remember = (worker: Worker): unknown => workers.push(worker);
  before(async function () {
    this.timeout(20_000);
    await build({
      entryPoints: {
        publishWorker: join(ROOT, 'src/core/publish/publishWorker.ts'),
        packFolder: join(__dirname, 'pack-folder.ts'),
      },
      outdir: folder.path,
      bundle: true,
      format: 'cjs',
      platform: 'node',
      target: 'node22',
      logLevel: 'error',
    });
  });
  beforeEach(() => {
    workers.length = 0;
    process.on('worker', remember);
  });
  afterEach(() => {
    process.off('worker', remember);
  });
  return {
    get script() {
      return join(folder.path, 'publishWorker.js');
    },
    get packFolder() {
      return join(folder.path, 'packFolder.js');
    },
    workers,
  };
}
