import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { installedReadme } from './installedReadme.mjs';
import { bundledPackages, thirdPartyNotices } from './thirdPartyNotices.mjs';

// Creates out/i99dash.vsix: the production bundle, the licences of its packages and the README as
// it ships. esbuild's metafile is kept in out/meta.json, where a later build does not overwrite it.
execFileSync(process.execPath, ['esbuild.config.mjs', '--production'], { stdio: 'inherit' });
await mkdir('out', { recursive: true });
await copyFile('.build/meta.json', 'out/meta.json');
const metafile = JSON.parse(await readFile('.build/meta.json', 'utf8'));
await writeFile('ThirdPartyNotices.txt', await thirdPartyNotices(bundledPackages(metafile)));
await writeFile('out/README.md', installedReadme(await readFile('README.md', 'utf8')));
execFileSync(
  process.execPath,
  [
    fileURLToPath(import.meta.resolve('@vscode/vsce/vsce')),
    ...['package', '--no-dependencies', '--no-rewrite-relative-links'],
    ...['--readme-path', 'out/README.md', '--out', 'out/i99dash.vsix'],
  ],
  { stdio: 'inherit' },
);
