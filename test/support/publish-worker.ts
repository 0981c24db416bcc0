import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { buildCountedWorker } from '../coverage/counted-worker';
import { useTempFolder } from './temp-folder';

const ROOT = join(__dirname, '../..');
const OPTIONS = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node22',
  logLevel: 'error',
} as const satisfies BuildOptions;

/**
 * Gives a suite the worker script as shipped and a program that packs one folder, and tracks the
 * processes that each test starts for it.
 */
export function useBuiltWorker(): {
  readonly script: string;
  readonly packFolder: string;
  /** The worker processes that the current test has started so far. */
  readonly workers: readonly ChildProcess[];
  /** Called when the next worker process starts. */
  onWorker: () => void;
} {
  const folder = useTempFolder('all');
  const workers: ChildProcess[] = [];
  let onWorker = (): void => undefined;
  const remember = (started: unknown): void => {
    const { process: child } = started as { process: ChildProcess };
    // The channel is announced before the process has its arguments.
    process.nextTick(() => {
      if (child.spawnargs.some((argument) => argument.startsWith(folder.path))) {
        workers.push(child);
        onWorker();
      }
    });
  };
  before(async () => {
    await build({
      ...OPTIONS,
      entryPoints: {
        publishWorker: join(ROOT, 'src/core/publish/publishWorker.ts'),
        packFolder: join(__dirname, 'pack-folder.ts'),
      },
      outdir: folder.path,
    });
    if (process.env['NODE_V8_COVERAGE'] !== undefined) {
      await buildCountedWorker(join(folder.path, 'publishWorker.js'), OPTIONS);
    }
  });
  beforeEach(() => {
    workers.length = 0;
    onWorker = () => undefined;
    subscribe('child_process', remember);
  });
  afterEach(() => {
    unsubscribe('child_process', remember);
  });
  return {
    get script() {
      return join(folder.path, 'publishWorker.js');
    },
    get packFolder() {
      return join(folder.path, 'packFolder.js');
    },
    workers,
    set onWorker(listener: () => void) {
      onWorker = listener;
    },
  };
}
