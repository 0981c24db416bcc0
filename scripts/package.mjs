import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundledPackages, thirdPartyNotices } from './thirdPartyNotices.mjs';

// Creates out/i99dash.vsix: the production bundle and the licenses of its packages. vsce turns the
// README's relative links into links to the repository. esbuild's metafile is kept in
// out/meta.json, where a later build does not overwrite it.
execFileSync(process.execPath, ['esbuild.config.mjs', '--production'], { stdio: 'inherit' });
await mkdir('out', { recursive: true });
await copyFile('.build/meta.json', 'out/meta.json');
const metafile = JSON.parse(await readFile('.build/meta.json', 'utf8'));
await writeFile('ThirdPartyNotices.txt', await thirdPartyNotices(bundledPackages(metafile)));
execFileSync(
  process.execPath,
  [
    fileURLToPath(import.meta.resolve('@vscode/vsce/vsce')),
    ...['package', '--no-dependencies', '--out', 'out/i99dash.vsix'],
  ],
  { stdio: 'inherit' },
);
