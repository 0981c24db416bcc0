import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkUnbuilt } from '../../../../src/core/publish/checks/unbuilt';
import { ManifestLocations } from '../../../../src/core/publish/project/manifestLocations';
import { buildCommandFix } from '../../../../src/core/publish/editing/configFixes';
import { validateConfig } from '../../../../src/core/publish/project/config';
import { resolvePaths } from '../../../../src/core/publish/project/project';
import { useTempFolder } from '../../../support/temp-folder';

const BUILD = { 'package.json': '{ "scripts": { "build": "vite build" } }' };
const DIST = { 'dist/index.html': '<h1>App</h1>' };
const MANIFEST = '{ "id": "app", "url": "https://miniapps.i99dash.app/app/" }';

describe('the check for a missing build', () => {
  const temp = useTempFolder();

  async function check(files: Record<string, string>): Promise<string[]> {
    for (const [name, text] of Object.entries({ 'manifest.json': MANIFEST, ...files })) {
      const path = join(temp.path, name);
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(path, text);
    }
    const { config } = validateConfig(files['sdk.config.json'] ?? '{}', '');
    assert.ok(config);
    const draft = { ...resolvePaths(temp.path, config), manifest: {} };
    const found = await checkUnbuilt(draft, await ManifestLocations.read(temp.path));
    return found.map(({ severity, message, file }) => {
      assert.equal(severity, 'warning');
      return `${file.slice(temp.path.length + 1)}: ${message}`;
    });
  }

  const warned: [string, Record<string, string>, string][] = [
    [
      'a build script',
      BUILD,
      'manifest.json: package.json has a "build" script, but no buildCommand is set: ./src is published as it is',
    ],
    [
      'a build script and a configuration',
      { ...BUILD, 'sdk.config.json': '{ "appRoot": "./web" }' },
      'sdk.config.json: package.json has a "build" script, but no buildCommand is set: ./web is published as it is',
    ],
    [
      'a dist folder',
      { ...DIST, 'sdk.config.json': '{}' },
      'sdk.config.json: There is a dist folder, but no buildCommand is set: ./src is published as it is',
    ],
  ];
  for (const [name, files, expected] of warned) {
    it(`warns of ${name} without a build command`, async () =>
      assert.deepEqual(await check(files), [expected]));
  }

  const fine: [string, Record<string, string>][] = [
    ['nothing to build', { 'package.json': '{ "scripts": { "test": "mocha" } }' }],
    ['a build command', { ...BUILD, 'sdk.config.json': '{ "buildCommand": "make" }' }],
    [
      'a build folder as its appRoot',
      { ...BUILD, ...DIST, 'sdk.config.json': '{ "appRoot": "./dist" }' },
    ],
    [
      'a publish script that builds',
      {
        'package.json':
          '{ "scripts": { "build": "vite build", "publish": "npm run build && i99dash publish" } }',
      },
    ],
  ];
  for (const [name, files] of fine) {
    it(`does not warn of a project with ${name}`, async () =>
      assert.deepEqual(await check(files), []));
  }

  const managers = [
    ['package-lock.json', 'npm run build'],
    ['pnpm-lock.yaml', 'pnpm run build'],
    ['yarn.lock', 'yarn run build'],
    ['bun.lock', 'bun run build'],
  ] as const;
  for (const [lockFile, command] of managers) {
    it(`offers "${command}" as the fix if ${lockFile} exists`, async () => {
      await check({ ...BUILD, [lockFile]: '' });
      const fix = await buildCommandFix('{}\n', temp.path);
      assert.equal(fix?.value, command);
      assert.match(fix.edits[0]?.text ?? '', /"buildCommand"/u);
    });
  }

  it('offers no fix if there is no build script', async () => {
    await check(DIST);
    assert.equal(await buildCommandFix('{}\n', temp.path), undefined);
  });
});
