import { appendFileSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';

/** The output of a server, kept in a file. */
export interface ServerLog {
  /** Appends a line to the file, which is `server.log` in the server's data folder. */
  readonly log: (line: string) => void;
  /**
   * Returns the last lines of that file and of VS Code's own detailed log, which explains crashes
   * of an extension host.
   */
  readonly lastLogLines: (count: number) => Promise<string>;
}

/**
 * Starts to record a server's output.
 * @param serverDataDir the server's data folder, which must exist
 * @param outputs the server's output streams
 */
export function openServerLog(serverDataDir: string, outputs: readonly Readable[]): ServerLog {
  const file = path.join(serverDataDir, 'server.log');
  for (const output of outputs) output.on('data', (chunk: Buffer) => appendFileSync(file, chunk));
  return {
    log: (line) => appendFileSync(file, `${line}\n`),
    lastLogLines: async (count) => {
      const files = [file, ...(await detailedLogs(serverDataDir))];
      const ends = await Promise.all(files.map((each) => lastLines(each, count)));
      return ends.filter((end) => end !== '').join('\n\n');
    },
  };
}

async function detailedLogs(serverDataDir: string): Promise<string[]> {
  const dir = path.join(serverDataDir, 'data/logs');
  const starts = await readdir(dir).catch(() => []);
  const latest = starts.sort().at(-1);
  return latest === undefined ? [] : [path.join(dir, latest, 'remoteagent.log')];
}

async function lastLines(file: string, count: number): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
