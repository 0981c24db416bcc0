import assert from 'node:assert/strict';
import { join } from 'node:path';
import { proposeBuild } from '../../../src/core/newProject/buildProposal';
import { writeFiles } from '../../support/project';
import { useTempFolder } from '../../support/temp-folder';

/** Returns a package.json with a build script and dependencies. */
const project = (build: string, ...packages: string[]): Record<string, string> => ({
  'package.json': JSON.stringify({
    scripts: { build },
    devDependencies: Object.fromEntries(packages.map((name) => [name, '1.0.0'])),
  }),
});

describe('the build proposal for a folder', () => {
  const temp = useTempFolder();

  async function propose(files: Record<string, string>, folder = '') {
    await writeFiles(temp.path, files);
    return proposeBuild(join(temp.path, folder), temp.path);
  }

  const BUILDS: [title: string, files: Record<string, string>, output: string, pictures: string][] =
    [
      ['Vite', project('tsc -b && vite build', 'vite'), './dist', './public'],
      ['Create React App', project('react-scripts build', 'react-scripts'), './build', './public'],
      ['Next.js', project('next build', 'next', 'react'), './out', './public'],
      ['SvelteKit', project('vite build', 'vite', '@sveltejs/kit'), './build', './static'],
      ['Gatsby', project('gatsby build', 'gatsby'), './public', './static'],
      ['Eleventy', project('npx @11ty/eleventy'), './_site', './public'],
      ['an unknown tool', project('node build.mjs'), './dist', './public'],
      ['an option of the script', project('vite build --outDir=web/'), './web', './public'],
      [
        'a longer option',
        project('parcel build --dist-dir "site" index.html'),
        './site',
        './public',
      ],
      [
        'an option that leads out of the folder',
        project('vite build --outDir ../x'),
        './dist',
        './public',
      ],
      [
        'a script that another script calls',
        {
          'package.json': JSON.stringify({
            scripts: { build: 'npm run bundle', bundle: 'vite build --outDir www' },
          }),
        },
        './www',
        './public',
      ],
      [
        'the configuration of the tool',
        {
          ...project('vite build'),
          'vite.config.ts': "export default { build: { outDir: 'web' } }",
        },
        './web',
        './public',
      ],
      [
        'an earlier build',
        { ...project('node build.mjs'), 'out/index.html': '', 'static/logo.svg': '' },
        './out',
        './static',
      ],
    ];
  for (const [title, files, output, pictures] of BUILDS) {
    it(`finds the output folder for ${title}`, async () => {
      assert.deepEqual(await propose(files), {
        config: { appRoot: '.', distDir: output, buildCommand: 'npm run build' },
        pictures,
        hasPage: true,
      });
    });
  }

  for (const [name, lock] of [
    ['pnpm', 'pnpm-lock.yaml'],
    ['yarn', 'yarn.lock'],
    ['bun', 'bun.lock'],
    ['npm', 'package-lock.json'],
  ] as const) {
    it(`builds with ${name} if its lock file exists, even at the root of a monorepo`, async () => {
      const files = { [lock]: '', 'apps/one/package.json': project('vite build')['package.json'] };
      const { config } = await propose(files as Record<string, string>, 'apps/one');
      assert.equal(config.buildCommand, `${name} run build`);
    });
  }

  it('builds with the package manager that package.json names', async () => {
    const scripts = { build: 'vite build' };
    const packageManager = 'pnpm@9.1.0';
    const { config } = await propose({
      'package.json': JSON.stringify({ packageManager, scripts }),
    });
    assert.equal(config.buildCommand, 'pnpm run build');
  });

  it('proposes the source folder of a project with a build', async () => {
    const { config } = await propose({ ...project('vite build'), 'src/main.ts': '' });
    assert.equal(config.appRoot, './src');
  });

  for (const [page, appRoot] of [
    ['src/index.html', './src'],
    ['index.html', '.'],
    ['public/index.html', './public'],
    ['www/index.html', './www'],
  ] as const) {
    it(`publishes a project without a build from the folder of ${page}`, async () => {
      assert.deepEqual(await propose({ [page]: '', 'package.json': '{"scripts":{}}' }), {
        config: { appRoot },
        pictures: appRoot,
        hasPage: true,
      });
    });
  }

  it('reports that an empty folder has no page', async () => {
    assert.deepEqual(await propose({ 'package.json': 'no JSON' }), {
      config: { appRoot: './src' },
      pictures: './src',
      hasPage: false,
    });
  });
});
