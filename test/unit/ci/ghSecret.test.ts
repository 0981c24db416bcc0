import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setGhSecret } from '../../../src/core/ci/ghSecret';
import { isAlive } from '../../support/process';
import { useTempFolder } from '../../support/temp-folder';

const REPOSITORY = { host: 'github.com', path: 'acme/tyre-pressure', service: 'github' as const };
const SECRET = 'line one\nline "two" $HOME `x`\n';

describe('GitHub CLI', function () {
  before(function () {
    if (process.platform === 'win32') {
      this.skip(); // the stub is a script for a POSIX shell
    }
  });
  const folder = useTempFolder();

  /** A stub that records its arguments and input before it runs the given commands. */
  async function fakeGh(then: string): Promise<string> {
    const program = join(folder.path, 'gh');
    const note = `printf '%s\\n' "$@" > '${folder.path}/args'; env > '${folder.path}/env'; cat > '${folder.path}/input'`;
    await writeFile(program, `#!/bin/sh\n${note}\n${then}\n`);
    await chmod(program, 0o700);
    return program;
  }
  /** Waits for the record of a stub and returns it. */
  async function fileOf(name: string): Promise<string> {
    for (;;) {
      const text = existsSync(join(folder.path, name)) ? await noted(name) : '';
      if (text.endsWith('\n')) return text.trim();
      await nextTurn();
    }
  }
  const noted = (name: string): Promise<string> => readFile(join(folder.path, name), 'utf8');

  it('receives the secret only on its standard input', async () => {
    const program = await fakeGh('exit 0');
    assert.equal(await setGhSecret(REPOSITORY, 'THE_NAME', SECRET, { program }), true);
    assert.equal(await noted('input'), SECRET);
    assert.deepEqual((await noted('args')).trim().split('\n'), [
      ...['secret', 'set', 'THE_NAME', '--app', 'actions'],
      ...['--repo', 'github.com/acme/tyre-pressure'],
    ]);
    const environment = await noted('env');
    assert.match(environment, /^GH_PROMPT_DISABLED=1$/mu);
    assert.ok(!environment.includes('line one'));
  });

  it('fails with its exit code, when it crashes, or when it exits without reading', async () => {
    for (const then of ['exit 1', 'kill -9 $$']) {
      const program = await fakeGh(then);
      assert.equal(await setGhSecret(REPOSITORY, 'NAME', SECRET, { program }), false);
    }
    const deaf = join(folder.path, 'deaf');
    await writeFile(deaf, '#!/bin/sh\nexit 1\n', { mode: 0o700 });
    const long = 'x'.repeat(1_000_000);
    assert.equal(await setGhSecret(REPOSITORY, 'NAME', long, { program: deaf }), false);
  });

  for (const why of ['the signal', 'its deadline']) {
    it(`is killed with its child processes when ${why} ends it while it ignores signals`, async () => {
      const program = await fakeGh(
        `trap '' TERM; sleep 600 & echo $! > '${folder.path}/pid'; wait; sleep 600`,
      );
      const caller = new AbortController();
      const timeoutMs = why === 'its deadline' ? 1_500 : 600_000;
      const options = { program, signal: caller.signal, timeoutMs, graceMs: 50 };
      const setting = setGhSecret(REPOSITORY, 'NAME', SECRET, options);
      const pid = await fileOf('pid');
      if (why === 'the signal') caller.abort();
      assert.equal(await setting, false);
      assert.equal(isAlive(Number(pid)), false);
    });
  }

  it('is ended by the signal and not started if the signal is already aborted', async () => {
    const program = await fakeGh('exec sleep 600');
    const controller = new AbortController();
    const { signal } = controller;
    const setting = setGhSecret(REPOSITORY, 'NAME', SECRET, { program, signal });
    setTimeout(() => controller.abort(), 50);
    assert.equal(await setting, false);
    const other = join(folder.path, 'started');
    await writeFile(join(folder.path, 'gh2'), `#!/bin/sh\ntouch '${other}'\n`, { mode: 0o700 });
    const options = { program: join(folder.path, 'gh2'), signal };
    assert.equal(await setGhSecret(REPOSITORY, 'NAME', SECRET, options), false);
    assert.equal(existsSync(other), false);
  });
});
