import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  readPackageCommands,
  type PackageCommands,
} from '../../../../src/core/publish/project/packageCommands';
import { writeFiles } from '../../../support/project';
import { useTempFolder } from '../../../support/temp-folder';

const BERRY = (version: number): string => `# generated\n\n__metadata:\n  version: ${version}\n`;

describe('package commands of a pipeline', () => {
  const temp = useTempFolder();

  async function commandsFor(files: Record<string, string>, folder = ''): Promise<PackageCommands> {
    await writeFiles(temp.path, files);
    return readPackageCommands(join(temp.path, folder), temp.path);
  }

  const pinned = (packageManager: string): string => JSON.stringify({ packageManager });

  const CASES: [title: string, files: Record<string, string>, install: string[]][] = [
    ['a shrinkwrap of npm', { 'npm-shrinkwrap.json': '{}' }, ['npm ci --ignore-scripts']],
    [
      'a lock file of pnpm 7',
      { 'pnpm-lock.yaml': 'lockfileVersion: 5.4\n' },
      ['corepack enable', 'corepack prepare pnpm@7 --activate'],
    ],
    [
      'a lock file of pnpm 8',
      { 'pnpm-lock.yaml': "lockfileVersion: '6.0'\r\n" },
      ['corepack enable', 'corepack prepare pnpm@8 --activate'],
    ],
    [
      'a version of pnpm in package.json',
      { 'package.json': pinned('pnpm@9.1.0+sha512.abc'), 'pnpm-lock.yaml': '' },
      ['corepack enable'],
    ],
    [
      'a lock file of yarn 3',
      { 'yarn.lock': BERRY(6) },
      ['corepack enable', 'corepack prepare yarn@3 --activate'],
    ],
    [
      'a release of yarn in the repository',
      { 'yarn.lock': BERRY(8), '.yarnrc.yml': 'a: b\nyarnPath: .yarn/releases/yarn-4.1.0.cjs\n' },
      ['corepack enable', 'yarn install --immutable --mode=skip-build'],
    ],
    [
      'a version of yarn in package.json',
      { 'package.json': pinned('yarn@4.5.0'), 'yarn.lock': BERRY(8) },
      ['corepack enable', 'yarn install --immutable --mode=skip-build'],
    ],
    [
      'a version of bun in package.json',
      { 'package.json': pinned('bun@1.2.3'), 'bun.lockb': '\u0000' },
      ['npm install --global bun@1.2.3'],
    ],
    [
      'an invalid version of bun',
      { 'package.json': pinned('bun@1.2.3; curl x'), 'bun.lock': '' },
      ['npm install --global bun@1'],
    ],
    ['a package.json that is not JSON', { 'package.json': '{' }, []],
  ];
  for (const [title, files, install] of CASES) {
    it(`install packages for ${title}`, async () => {
      const found = await commandsFor({ 'package.json': '{}', ...files });
      assert.deepEqual(found.install.slice(0, install.length || 9), install);
      assert.equal(found.client, 'npx --yes i99dash@7');
    });
  }

  it('use the lock file of the workspace of a mini-app', async () => {
    const files = {
      'package.json': pinned('pnpm@9.1.0'),
      'pnpm-lock.yaml': 'lockfileVersion: 9.0\n',
      'apps/tyre/package.json': '{"dependencies":{"i99dash":"7"}}',
    };
    assert.deepEqual(await commandsFor(files, 'apps/tyre'), {
      install: ['corepack enable', 'pnpm install --frozen-lockfile --ignore-scripts'],
      client: 'pnpm exec i99dash',
      isFetched: false,
    });
  });

  it('ignore a lock file above the repository', async () => {
    const files = { 'yarn.lock': '', 'repo/package.json': '{}' };
    await writeFiles(temp.path, files);
    const repo = join(temp.path, 'repo');
    assert.deepEqual((await readPackageCommands(repo, repo)).install, [
      'npm install --ignore-scripts',
    ]);
  });

  it('are created even if folders have the names of their files', async () => {
    for (const name of ['pnpm-lock.yaml', '.yarnrc.yml']) {
      await mkdir(join(temp.path, name));
    }
    const found = await commandsFor({ 'package.json': '{"devDependencies":[]}' });
    assert.equal(found.install.at(-1), 'pnpm install --frozen-lockfile --ignore-scripts');
  });
});
