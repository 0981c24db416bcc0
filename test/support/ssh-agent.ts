import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestKey } from './ssh-key';

const run = promisify(execFile);

/** OpenSSH's own agent, running for one test. */
export interface SshAgent {
  /** What `SSH_AUTH_SOCK` is to say. */
  readonly socket: string;
  /**
   * Puts a key into the agent; its passphrase is typed as a person would.
   * @param options.confirm whether the agent asks before each signature (`ssh-add -c`)
   */
  readonly add: (key: TestKey, options?: { confirm?: boolean }) => Promise<void>;
  /** What the person answers when the agent asks. */
  readonly answer: (answer: 'yes' | 'no') => Promise<void>;
  /** How often the agent has asked. */
  readonly questions: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** Starts an ssh-agent without keys. Rejects when there is no ssh-agent. */
export async function startSshAgent(): Promise<SshAgent> {
  // Short: the path of a socket may have about 100 characters.
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
  // Its first line of output says that it listens.
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
