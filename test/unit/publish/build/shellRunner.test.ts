import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify, stripVTControlCharacters } from 'node:util';
import type { TreeOptions } from '../../../../src/core/platform/processGroup';
import { createShellRunner, shellRunner } from '../../../../src/core/publish/build/shellRunner';
import { rejectsWith } from '../../../support/expect';
import { isAlive } from '../../../support/process';
import { useTempFolder } from '../../../support/temp-folder';

const execute = promisify(execFile);
/** A command that outlives every test; a test that waits for it fails. */
const ENDLESS = 'sleep 600';
const CANCELLED = { name: 'CancelledError' };

describe('shell runner', () => {
  const temp = useTempFolder();

  /** A command line that runs this script with node. */
  async function script(source: string): Promise<string> {
    const path = join(temp.path, 'script.cjs');
    await writeFile(path, source);
    return `"${process.execPath}" "${path}"`;
  }

  async function run(commandLine: string) {
    const chunks: string[] = [];
    const onOutput = (text: string): void => void chunks.push(text);
    const exitCode = await shellRunner.run({ commandLine, cwd: temp.path, onOutput });
    return { exitCode, output: chunks.join('') };
  }

  it('returns the exit code', async () => {
    assert.equal((await run('exit 0')).exitCode, 0);
    assert.equal((await run('exit 7')).exitCode, 7);
    assert.equal((await run('no-such-command-anywhere')).exitCode, 127);
  });

  it('returns the shell exit code of a command that a signal ended', async () => {
    assert.equal((await run('kill -9 $$')).exitCode, 137);
    assert.equal((await run('kill -15 $$')).exitCode, 143);
    assert.equal((await run("sh -c 'kill -9 $$'; exit $?")).exitCode, 137);
  });

  it('runs in the folder through the shell', async () => {
    const { output } = await run('pwd && echo "$((1 + 1))" | cat');
    assert.equal(output, `${realpathSync(temp.path)}\n2\n`);
  });

  it('reports output in order from both streams', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join('');
    const counting = 'for (let i = 0; i < 20000; i += 1) process.stdout.write(`line ${i}\\n`);';
    assert.equal((await run(await script(counting))).output, lines);
    const { output } = await run('echo out; echo err >&2');
    assert.deepEqual(output.split('\n').sort(), ['', 'err', 'out']);
  });

  it('reports output as it arrives', async () => {
    const gate = join(temp.path, 'gate');
    const commandLine = `echo first; until [ -e "${gate}" ]; do sleep 0.01; done; echo second`;
    const chunks: string[] = [];
    await shellRunner.run({
      commandLine,
      cwd: temp.path,
      onOutput: (text) => {
        chunks.push(text);
        if (chunks.length === 1) void writeFile(gate, '');
      },
    });
    assert.deepEqual(chunks, ['first\n', 'second\n']);
  });

  it('keeps characters that span chunks', async () => {
    const byByte = `
      const bytes = Buffer.from('مؤ🚗');
      const next = (index) => {
        if (index < bytes.length) {
          process.stdout.write(bytes.subarray(index, index + 1), () => setTimeout(next, 5, index + 1));
        }
      };
      next(0);`;
    assert.equal((await run(await script(byByte))).output, 'مؤ🚗');
  });

  it('keeps escape sequences that span chunks with the other stream between them', async () => {
    const cut = `
      process.stdout.write('\\u001B[3', () =>
        process.stderr.write('warning\\n', () =>
          setTimeout(() => process.stdout.write('1mred'), 50)));`;
    const { output } = await run(await script(cut));
    assert.equal(stripVTControlCharacters(output), 'warning\nred');
  });

  it('shows an incomplete character as a replacement character', async () => {
    const { output } = await run("printf 'end\\303'");
    assert.equal(output, 'end\uFFFD');
  });

  it('provides an empty standard input', async () => {
    assert.equal((await run('cat')).exitCode, 0);
  });

  it('finishes with the shell although a child keeps the output open', async () => {
    let output = '';
    const exitCode = await createShellRunner({ lingerMs: 50 }).run({
      commandLine: `${ENDLESS} & echo $!; exit 3`,
      cwd: temp.path,
      onOutput: (text) => (output += text),
    });
    assert.equal(exitCode, 3);
    process.kill(Number(output));
  });

  it('fails when the folder is missing', async () => {
    const cwd = join(temp.path, 'gone');
    const started = shellRunner.run({ commandLine: 'true', cwd, onOutput: () => undefined });
    await rejectsWith('BUILD_FAILED', started);
  });

  it('runs nothing when it is cancelled before the start', async () => {
    const mark = join(temp.path, 'mark');
    const signal = AbortSignal.abort();
    const started = shellRunner.run({
      commandLine: `touch "${mark}"`,
      cwd: temp.path,
      onOutput: () => undefined,
      signal,
    });
    await assert.rejects(started, CANCELLED);
    assert.notEqual((await run(`test -e "${mark}"`)).exitCode, 0);
  });

  /** Cancels a command as soon as it prints a process ID, and returns that ID. */
  async function cancelled(
    commandLine: string,
    graceMs = 3_000,
    tree: TreeOptions = {},
  ): Promise<number> {
    const caller = new AbortController();
    let output = '';
    const running = createShellRunner({ graceMs, tree }).run({
      commandLine,
      cwd: temp.path,
      onOutput: (text) => {
        output += text;
        if (/\d+\n/.test(output)) caller.abort();
      },
      signal: caller.signal,
    });
    await assert.rejects(running, CANCELLED);
    return Number(/\d+/.exec(output)?.[0]);
  }

  it('ends the shell and its children when it is cancelled', async () => {
    assert.equal(isAlive(await cancelled(`echo $$; ${ENDLESS}`)), false);
    assert.equal(isAlive(await cancelled(`${ENDLESS} & echo $!; wait`)), false);
    assert.equal(isAlive(await cancelled(`(${ENDLESS} & echo $!; wait); true`)), false);
  });

  it('waits for children that need time to end, including silent ones', async () => {
    const tidy = await script(`
      process.on('SIGTERM', () => setTimeout(() => process.exit(), 200));
      setInterval(() => undefined, 1000);
      require('node:fs').writeSync(3, process.pid + '\\n');`);
    const pid = await cancelled(`${tidy} 3>&1 >/dev/null 2>&1 & wait`);
    assert.equal(isAlive(pid), false);
  });

  it('kills children that do not end', async () => {
    const stubborn = `trap '' TERM; ${ENDLESS} & echo $!; wait`;
    assert.equal(isAlive(await cancelled(stubborn, 100)), false);
    const silent = `(trap '' TERM; exec ${ENDLESS}) >/dev/null 2>&1 & echo $!; wait`;
    assert.equal(isAlive(await cancelled(silent, 100)), false);
  });

  it('does not wait for a process that left the group and keeps the output open', async () => {
    const daemon = await script(`
      const { spawn } = require('node:child_process');
      const child = spawn('sleep', ['600'], { detached: true, stdio: 'inherit' });
      console.log(child.pid);`);
    const pid = await cancelled(daemon, 100);
    assert.equal(isAlive(pid), true, 'it left on purpose');
    process.kill(pid);
  });

  for (const [what, taskkill] of [
    ['exits with an error', 'exit 1'],
    ['hangs', `exec ${ENDLESS}`],
    ['is missing', undefined],
  ] as const) {
    it(`ends a cancelled command on Windows when taskkill ${what}`, async () => {
      const path = join(temp.path, 'taskkill');
      if (taskkill !== undefined) {
        await writeFile(path, `#!/bin/sh\n${taskkill}\n`, { mode: 0o755 });
      }
      const tree = { platform: 'win32', taskkill: path, taskkillMs: 300 } as const;
      const pid = await cancelled(`echo $$; exec ${ENDLESS}`, 0, tree);
      while (isAlive(pid)) await delay(5); // until Node has reaped it
    });
  }

  it('ends its command when its own process ends', async () => {
    const runner = JSON.stringify(
      join(__dirname, '../../../../src/core/publish/build/shellRunner.ts'),
    );
    const source = `
      void require(${runner}).shellRunner.run({
        commandLine: '${ENDLESS} & echo $!; wait',
        cwd: '/',
        onOutput: (text) => process.stdout.write(text, () => process.exit()),
      });`;
    const { stdout } = await execute(process.execPath, ['--import', 'tsx', '-e', source]);
    const pid = Number(stdout);
    try {
      while (isAlive(pid)) await delay(10);
    } finally {
      if (isAlive(pid)) process.kill(pid);
    }
  });

  it('fails for a command that the system rejects', async () => {
    const onOutput = (): void => undefined;
    for (const commandLine of ['true\0rm', `true ${'x'.repeat(4 * 1024 * 1024)}`]) {
      const error = await rejectsWith(
        'BUILD_FAILED',
        shellRunner.run({ commandLine, cwd: '.', onOutput }),
      );
      assert.match(error.message, /^The command cannot be started in \. \([A-Z0-9_]+\)\.$/u);
    }
  });
});
