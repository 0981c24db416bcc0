import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findClient } from '../../../src/core/preview/client';
import { useTempFolder } from '../../support/temp-folder';

const NAME = process.platform === 'win32' ? 'i99dash.cmd' : 'i99dash';

describe('the client of a project', () => {
  const temp = useTempFolder();

  function install(...folders: string[]): string {
    const folder = join(temp.path, ...folders);
    mkdirSync(folder, { recursive: true });
    const program = join(folder, NAME);
    writeFileSync(program, '#!/bin/sh\n');
    chmodSync(program, 0o755);
    return program;
  }

  const find = (base: NodeJS.ProcessEnv = {}) => findClient(join(temp.path, 'a/b'), base);

  it('is the nearest one in node_modules, then the one in the search path', async () => {
    const path = { PATH: join(temp.path, 'programs') };
    assert.equal(await find(path), undefined);
    for (const folders of [['programs'], ['node_modules/.bin'], ['a/b/node_modules/.bin']]) {
      const program = install(...folders);
      const client = await find(path);
      assert.equal(client?.program, program);
      assert.ok(client.env['PATH']?.startsWith(join(program, '..') + delimiter));
    }
  });

  it('is no folder, no file that cannot run, and none in a relative folder', async () => {
    mkdirSync(join(temp.path, 'programs', NAME), { recursive: true });
    assert.equal(await find({ PATH: join(temp.path, 'programs') }), undefined);
    install('a/b');
    assert.equal(await find({ PATH: `.${delimiter}` }), undefined);
    if (process.platform !== 'win32') {
      chmodSync(install('a/node_modules/.bin'), 0o644);
      assert.equal(await find(), undefined);
    }
  });
});
