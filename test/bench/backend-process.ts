import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

const MAIN = join(__dirname, '../backend/main.ts');

/** A development backend in its own process, so that its time is not included. */
export interface BackendProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a development backend.
 * @param publicKeyPath the key that can sign in
 */
export async function startBackendProcess(publicKeyPath: string): Promise<BackendProcess> {
  const args = ['--import', 'tsx', MAIN, '--port', '0', '--key', publicKeyPath];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
  };
  const lines = createInterface(child.stdout);
  for await (const line of lines) {
    const url = /\bat (http:\/\/[^\s,]+)/u.exec(line)?.[1];
    if (url !== undefined) {
      child.stdout.resume(); // drains the pipe, which would otherwise fill up
      return { url, stop };
    }
  }
  throw new Error('the backend did not start');
}
