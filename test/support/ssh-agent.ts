import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestKey } from './ssh-key';

const run = promisify(execFile);

/** OpenSSH's own agent, running for one test. */
export interface SshAgent {
  /** What `SSH_AUTH_SOCK` is to say. */
  readonly socket: string;
  /** Puts a key into the agent; its passphrase is typed as a person would. */
  readonly add: (key: TestKey) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts an ssh-agent without keys. Rejects when there is no ssh-agent. */
export async function startSshAgent(): Promise<SshAgent> {
  // Short: the path of a socket may have about 100 characters.
  const folder = await mkdtemp(join(tmpdir(), 'i99a-'));
  const socket = join(folder, 'agent');
  const child = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  // Its first line of output says that it listens.
  await Promise.race([
    once(child.stdout, 'data'),
    exited.then(() => Promise.reject(new Error('ssh-agent has ended'))),
  ]);
  return {
    socket,
    add: (key) => addKey(key, folder, socket),
    stop: async () => {
      child.kill();
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function addKey({ path, passphrase = '' }: TestKey, folder: string, socket: string) {
  const askpass = join(folder, 'askpass');
  await writeFile(askpass, '#!/bin/sh\nprintf "%s\\n" "$ANSWER"\n', { mode: 0o700 });
  await run('ssh-add', ['-q', path], {
    env: {
      ...process.env,
      SSH_AUTH_SOCK: socket,
      SSH_ASKPASS: askpass,
      SSH_ASKPASS_REQUIRE: 'force',
      ANSWER: passphrase,
    },
  });
}
