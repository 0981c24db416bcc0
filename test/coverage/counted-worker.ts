import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { repositoryRoot } from '../host/paths';
import { WORKERS } from './folders';

/**
 * The publish worker is killed as soon as it has answered, before Node writes its coverage, so the
 * coverage must be written before the answer is sent.
 */
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
 * Builds the worker so that its coverage is recorded.
 * @param script the path of the script to start; the compiled code stays among the coverage results
 * @param options esbuild options
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
