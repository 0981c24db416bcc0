import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  findPublishBuild,
  readPublishBuild,
} from '../../../../src/core/publish/project/publishScript';
import { useTempFolder } from '../../../support/temp-folder';

/** The `publish` script of a project, and the commands it runs before the client. */
const PUBLISH: [script: string, build: string | undefined][] = [
  ['pnpm bundle && i99dash publish', 'pnpm bundle'],
  ['npm run build && i99dash publish', 'npm run build'],
  ['pnpm bundle && npx i99dash publish', 'pnpm bundle'],
  ['pnpm bundle && npx --yes i99dash@7 publish', 'pnpm bundle'],
  ['pnpm bundle && npx --no-install i99dash publish', 'pnpm bundle'],
  ['pnpm bundle && npx -y -p i99dash@7.1.1 i99dash publish', 'pnpm bundle'],
  ['pnpm bundle && npx --package=i99dash i99dash publish', 'pnpm bundle'],
  ['npm run build && npm exec i99dash -- publish', 'npm run build'],
  ['npm run build && npm exec -- i99dash publish', 'npm run build'],
  ['pnpm bundle && pnpm exec i99dash publish', 'pnpm bundle'],
  ['pnpm bundle && pnpm dlx i99dash publish', 'pnpm bundle'],
  ['pnpm bundle && pnpm i99dash publish', 'pnpm bundle'],
  ['yarn bundle && yarn i99dash publish', 'yarn bundle'],
  ['yarn bundle && yarn run i99dash publish', 'yarn bundle'],
  ['yarn bundle && yarn dlx -q i99dash publish', 'yarn bundle'],
  ['bun run bundle && bunx i99dash publish', 'bun run bundle'],
  ['bun run bundle && bun x i99dash publish', 'bun run bundle'],
  ['tsc && ./node_modules/.bin/i99dash publish', 'tsc'],
  ['tsc && node_modules\\.bin\\i99dash.cmd publish', 'tsc'],
  ['tsc && node node_modules/i99dash/dist/cli.js publish', 'tsc'],
  ['tsc && NODE_ENV=production i99dash publish', 'tsc'],
  ['tsc && cross-env CI=1 FOO="a b" i99dash publish', 'tsc'],
  ['tsc && dotenv -e .env -- i99dash publish', 'tsc'],
  ['tsc && i99dash --verbose --backend https://example.com publish --track beta', 'tsc'],
  ['tsc && i99dash --backend=https://example.com publish', 'tsc'],
  ['tsc && "i99dash" \'publish\'', 'tsc'],
  ['tsc; i99dash publish', 'tsc'],
  ['tsc\ni99dash publish\n', 'tsc'],
  ['vite build & i99dash publish', 'vite build'],
  ['tsc && i99dash publish 2>&1 | tee publish.log', 'tsc'],
  ['tsc && yes | i99dash publish', 'tsc'],
  ['tsc && i99dash publish && git push --tags', 'tsc'],
  ['tsc && i99dash publish || echo failed', 'tsc'],
  ['(tsc && i99dash publish)', 'tsc'],
  ['rm -rf dist && (tsc; i99dash publish)', 'rm -rf dist && tsc'],
  ['tsc && vite build && i99dash publish', 'tsc && vite build'],
  ['set -e; tsc; i99dash publish', 'set -e; tsc'],
  ['cd ../.. && pnpm build && cd apps/a && i99dash publish', 'cd ../.. && pnpm build && cd apps/a'],
  ['node -e "a && b; c" && i99dash publish', 'node -e "a && b; c"'],
  ["node -e 'i99dash publish' && i99dash publish", "node -e 'i99dash publish'"],
  ['tsc > log 2>&1 && i99dash publish', 'tsc > log 2>&1'],
  // No command runs before the client.
  ['i99dash publish', undefined],
  ['npx i99dash publish --track beta', undefined],
  ['', undefined],
  // The client does not publish there, or the script is ambiguous.
  ['npm run build && npm publish', undefined],
  ['npm run build && i99dash status', undefined],
  ['npm run build && i99dash apk publish', undefined],
  ['npm run build && echo i99dash publish', undefined],
  ['npm run build && echo "then run i99dash publish"', undefined],
  ['npm run build && other-i99dash publish', undefined],
  ['npm run build && i99dash-publish', undefined],
  ['test -f ok || i99dash publish', undefined],
  ['sh -c "tsc && i99dash publish"', undefined],
];

/** Whole packages: their scripts, and the commands run before the client. */
const PACKAGES: [title: string, scripts: Record<string, string>, build: string | undefined][] = [
  ['prepublish', { prepublish: 'tsc', publish: 'i99dash publish' }, 'tsc'],
  [
    'prepublish, in parentheses before other commands',
    { prepublish: 'cd a; tsc', publish: 'vite build || exit 1; i99dash publish' },
    '(cd a; tsc) && (vite build || exit 1)',
  ],
  ['no prepublish without a publish script', { prepublish: 'tsc' }, undefined],
  [
    'no prepublish before a publish to the package registry',
    { prepublish: 'tsc', publish: 'npm publish' },
    undefined,
  ],
  [
    'no prepublishOnly, which only the package registry knows',
    { prepublishOnly: 'tsc', publish: 'i99dash publish' },
    undefined,
  ],
  [
    'scripts that lead to the client, with their pre hooks',
    {
      publish: 'npm test && npm run deploy',
      predeploy: 'tsc',
      deploy: 'vite build && i99dash publish',
    },
    'npm test && tsc && vite build',
  ],
  [
    'a sequence of scripts',
    {
      publish: 'run-s clean bundle deploy',
      clean: 'rm -rf dist',
      bundle: 'tsc',
      deploy: 'i99dash publish',
    },
    'run-s clean bundle',
  ],
  [
    'a sequence of scripts through npx',
    {
      publish: 'npx npm-run-all bundle deploy',
      bundle: 'tsc',
      deploy: 'vite build && i99dash publish',
    },
    'run-s bundle && vite build',
  ],
  [
    'no script of another package',
    { publish: 'cd app && npm run deploy', deploy: 'tsc && i99dash publish' },
    undefined,
  ],
  [
    'no script of another package selected by an option',
    { publish: 'npm --prefix app run deploy', deploy: 'tsc && i99dash publish' },
    undefined,
  ],
  ['no other script', { deploy: 'tsc && i99dash publish', build: 'tsc' }, undefined],
  ['recursive scripts', { publish: 'npm run publish && npm run a', a: 'npm run a' }, undefined],
  ['no scripts', {}, undefined],
];

describe('commands that a publish script runs before the client', () => {
  const temp = useTempFolder();

  for (const [publish, build] of PUBLISH) {
    it(`are ${build ?? 'undefined'} in ${JSON.stringify(publish)}`, () => {
      assert.equal(findPublishBuild({ publish }), build);
    });
  }

  for (const [title, scripts, build] of PACKAGES) {
    it(`include ${title}`, () => {
      assert.equal(findPublishBuild(scripts), build);
    });
  }

  it('are found in milliseconds in scripts of any size that call each other', () => {
    const call = (name: string): string => `npm run ${name};`.repeat(500);
    const names = Array.from({ length: 60 }, (_, index) => `s${index}`);
    const scripts = Object.fromEntries(names.map((name, index) => [name, call(`s${index + 1}`)]));
    const startedAt = performance.now();
    assert.equal(findPublishBuild({ ...scripts, publish: call('s0') }), undefined);
    for (const part of ['"', "'", '(', '\\', '&', '| ', '$(', 'i99dash ', '- ']) {
      findPublishBuild({ publish: part.repeat(8192 / part.length) });
      findPublishBuild({ publish: part.repeat(4e6 / part.length) });
    }
    assert.ok(performance.now() - startedAt < 2_000);
  });

  it('are read only from the package.json of the folder', async () => {
    assert.equal(await readPublishBuild(temp.path), undefined);
    const file = join(temp.path, 'package.json');
    writeFileSync(file, '\uFEFF{"scripts": {"publish": "tsc && i99dash publish"}}');
    assert.equal(await readPublishBuild(temp.path), 'tsc');
    assert.equal(await readPublishBuild(join(temp.path, 'app')), undefined);
    for (const text of ['{', '[]', '{"scripts": 1}', '{"scripts": {"publish": ["tsc"]}}']) {
      writeFileSync(file, text);
      assert.equal(await readPublishBuild(temp.path), undefined);
    }
  });
});
