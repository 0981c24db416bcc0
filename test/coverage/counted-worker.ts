import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { repositoryRoot } from '../host/paths';
import { WORKERS } from './folders';

/** The publish worker is ended as soon as it has answered, before Node writes what ran: it has to be written before the answer goes out. */
const starting = (built: string): string => `
const { takeCoverage } = require('node:v8');
const send = process.send.bind(process);
process.send = (message, ...rest) => {
  if (message.kind === 'result' || message.kind === 'failed') takeCoverage();
  return send(message, ...rest);
};
require(${JSON.stringify(built)});
`;

/**
 * Builds the worker so that its lines are counted.
 * @param script where the script goes that is to be started; what it is built to stays among the results of the count
 * @param options of esbuild
 */
export async function buildCountedWorker(script: string, options: BuildOptions): Promise<void> {
  await mkdir(WORKERS, { recursive: true });
  const outfile = path.join(await mkdtemp(path.join(WORKERS, 'built-')), 'publishWorker.js');
  await build({
    ...options,
    entryPoints: [path.join(repositoryRoot, 'src/core/publish/publishWorker.ts')],
    outfile,
    sourcemap: 'inline',
  });
  await writeFile(script, starting(outfile));
}
