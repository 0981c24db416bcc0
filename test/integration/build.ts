import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { repositoryRoot } from '../host/paths';
import { readKind, type IntegrationKind } from './kinds';

/**
 * Bundles the integration tests of one kind and the module that runs them into
 * `.build/integration/<kind>`, keeping the folder structure.
 * @returns the absolute path of the module for `extensionTestsPath`
 * @throws Error with esbuild's messages when something does not compile
 */
export async function buildIntegrationTests(kind: IntegrationKind): Promise<string> {
  const outdir = path.join(repositoryRoot, '.build/integration', kind);
  await rm(outdir, { recursive: true, force: true });
  const names = readdirSync(__dirname, { recursive: true, encoding: 'utf8' });
  const tests = names.filter((name) => name.endsWith('.test.ts') && readKind(name) === kind);
  await build({
    entryPoints: ['index.ts', ...tests].map((name) => path.join(__dirname, name)),
    outbase: __dirname,
    outdir,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'error',
  });
  return path.join(outdir, 'index.js');
}
