import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestKey } from './ssh-key';

const run = promisify(execFile);

/** An OpenSSH agent for one test. */
export interface SshAgent {
  /** The value for `SSH_AUTH_SOCK`. */
  readonly socket: string;
  /**
   * Adds a key to the agent and types its passphrase as the user would.
   * @param options.confirm whether the agent asks before each signature (`ssh-add -c`)
   */
  readonly add: (key: TestKey, options?: { confirm?: boolean }) => Promise<void>;
  /** Sets the user's answer to the agent's questions. */
  readonly answer: (answer: 'yes' | 'no') => Promise<void>;
  /** Returns how often the agent has asked. */
  readonly questions: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts an ssh-agent without keys.
 * @throws when ssh-agent is not installed
 */
export async function startSshAgent(): Promise<SshAgent> {
  // A short path, because a socket's path is limited to about 100 characters.
  const folder = await mkdtemp(join(tmpdir(), 'i99a-'));
  const socket = join(folder, 'agent');
  const [askpass, answers, asked] = [
    join(folder, 'confirm'),
    join(folder, 'answer'),
    join(folder, 'asked'),
  ];
  await writeFile(askpass, `#!/bin/sh\necho >> '${asked}'\ngrep -q yes '${answers}'\n`, {
    mode: 0o700,
  });
  await writeFile(asked, '');
  const child = spawn('ssh-agent', ['-D', '-a', socket], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' },
  });
  const exited = once(child, 'exit');
  // The first line of output means that it is listening.
  await Promise.race([
    once(child.stdout, 'data'),
    exited.then(() => Promise.reject(new Error('ssh-agent has ended'))),
  ]);
  return {
    socket,
    add: (key, { confirm = false } = {}) => addKey(key, confirm, folder, socket),
    answer: (answer) => writeFile(answers, answer),
    questions: async () => (await readFile(asked, 'utf8')).length,
    stop: async () => {
      child.kill();
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function addKey(
  { path, passphrase = '' }: TestKey,
  confirm: boolean,
  folder: string,
  socket: string,
) {
  const askpass = join(folder, 'askpass');
  await writeFile(askpass, '#!/bin/sh\nprintf "%s\\n" "$ANSWER"\n', { mode: 0o700 });
  await run('ssh-add', ['-q', ...(confirm ? ['-c'] : []), path], {
    env: {
      ...process.env,
      SSH_AUTH_SOCK: socket,
      SSH_ASKPASS: askpass,
      SSH_ASKPASS_REQUIRE: 'force',
      ANSWER: passphrase,
    },
  });
}
