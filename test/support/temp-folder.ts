import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives each test of a suite (`each`) or the whole suite (`all`) a folder of its own, removed afterwards. */
export function useTempFolder(scope: 'each' | 'all' = 'each'): { readonly path: string } {
  let path = '';
  const make = async (): Promise<void> => {
    path = await mkdtemp(join(tmpdir(), 'i99dash-test-'));
  };
  const remove = async (): Promise<void> => rm(path, { recursive: true, force: true });
  if (scope === 'each') {
    beforeEach(make);
    afterEach(remove);
  } else {
    before(make);
    after(remove);
  }
  return {
    get path() {
      return path;
    },
  };
}
