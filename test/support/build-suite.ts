import path from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles a module whose `run` is called inside VS Code.
 * @param source absolute path of the TypeScript module
 * @param outdir folder for the bundle
 * @returns the absolute path of the bundle
 * @throws Error with esbuild's messages when it does not compile
 */
export async function buildSuite(source: string, outdir: string): Promise<string> {
  const outfile = path.join(outdir, 'suite.js');
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode'],
    logLevel: 'error',
  });
  return outfile;
}
