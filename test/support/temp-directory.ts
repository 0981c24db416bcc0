import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { useTempFolder } from './temp-folder';

const VARIABLES = ['TMPDIR', 'TEMP', 'TMP'];

/**
 * Points `os.tmpdir()` to a new folder during each test, so that a test sees what is left there.
 */
export function useTempDirectory(): { readonly path: string; entries(): Promise<string[]> } {
  const temp = useTempFolder();
  const path = (): string => join(temp.path, 'tmp');
  let saved: (string | undefined)[] = [];
  beforeEach(async () => {
    await mkdir(path());
    saved = VARIABLES.map((name) => process.env[name]);
    for (const name of VARIABLES) process.env[name] = path();
  });
  afterEach(() => {
    VARIABLES.forEach((name, index) => {
      const value = saved[index];
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    });
  });
  return {
    get path() {
      return path();
    },
    entries: () => readdir(path()),
  };
}
