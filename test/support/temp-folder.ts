import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives each test of a suite (`each`) or the whole suite (`all`) a new folder, which is removed
 * afterwards.
 */
export function useTempFolder(scope: 'each' | 'all' = 'each'): { readonly path: string } {
  let path = '';
  const make = (): void => {
    path = mkdtempSync(join(tmpdir(), 'i99dash-test-'));
  };
  const remove = (): void => rmSync(path, { recursive: true, force: true, maxRetries: 5 });
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
