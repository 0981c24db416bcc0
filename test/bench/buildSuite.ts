import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles a module that runs inside VS Code.
 * @param name the module's name beside this one
 * @param outdir where to put it
 * @returns the file, for `runIntegrationTests`
 */
export async function buildSuite(name: string, outdir: string): Promise<string> {
  const outfile = join(outdir, `${name}.js`);
  await build({
    entryPoints: [join(__dirname, `${name}.ts`)],
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
