import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KINDS } from '../../../../src/core/publish/kindDefinitions';
import { ProblemModel } from '../../../../src/core/publish/diagnostics/problemModel';
import { png } from '../../../support/png';
import { useTempFolder } from '../../../support/temp-folder';
import { themeWith } from '../../../support/theme';

describe('the problems of a theme', () => {
  const temp = useTempFolder();
  const folder = () => join(temp.path, 'night');
  const write = (name: string, content: Buffer | string) =>
    writeFile(join(folder(), name), content);

  beforeEach(async () => {
    await mkdir(folder());
    await write('icon.svg', '<svg/>');
  });

  async function check(theme: object): Promise<string[]> {
    const model = new ProblemModel(folder(), KINDS.theme);
    model.setManifest(JSON.stringify(theme, null, 1));
    await model.checkFiles();
    for (const { file, range } of model.problems) {
      assert.equal(file, join(folder(), 'theme.json'));
      assert.ok(range !== undefined);
    }
    return model.problems.map(({ severity, rule, message }) => `${severity} ${rule}: ${message}`);
  }

  it('are none when it follows every rule', async () => {
    await write('home.png', png(2560, 1440));
    await write('cover.png', png(1280, 720));
    const wallpaper = { home: './home.png', homeDark: './icon.svg', cluster: './home.png' };
    assert.deepEqual(await check(themeWith({ coverImage: './cover.png' }, { wallpaper })), []);
  });

  it('name every picture that is missing, under exactly its name', async () => {
    await write('Home.png', png(10, 10));
    const wallpaper = { home: './home.png', homeDark: './gone.png', cluster: './home.png' };
    const fields = {
      icon: './i.png',
      coverImage: './c.png',
      screenshots: ['./icon.svg', './s.png'],
    };
    assert.deepEqual(await check(themeWith(fields, { wallpaper })), [
      'error asset.missing: "./i.png" is missing',
      'error asset.missing: "./c.png" is missing',
      'error asset.missing: "./s.png" is missing',
      'error asset.missing: "./home.png" is Home.png in the bundle; upper and lower case must match',
      'error asset.missing: "./gone.png" is missing',
      'error asset.missing: "./home.png" is Home.png in the bundle; upper and lower case must match',
    ]);
  });

  it('include pictures of the wrong size, kind and dimensions', async () => {
    await write('wide.png', png(2561, 10));
    await write('tall.png', png(10, 1441));
    await write('big.svg', Buffer.alloc(2048 * 1024 + 1));
    const wallpaper = { home: './wide.png', homeDark: './tall.png', cluster: './big.svg' };
    await write('icon.png', png(100, 100));
    await write('shot.jpg', png(10, 10));
    assert.deepEqual(
      await check(themeWith({ icon: './icon.png', screenshots: ['./shot.jpg'] }, { wallpaper })),
      [
        'error asset.dimensions: "./icon.png" is 100×100 pixels; it must be exactly 256×256',
        'error asset.format: "./shot.jpg" is not jpg but png',
        'error asset.dimensions: "./wide.png" is 2561×10 pixels; it must be at most 2560×1440',
        'error asset.dimensions: "./tall.png" is 10×1441 pixels; it must be at most 2560×1440',
        'error asset.size: "./big.svg" has 2049 KiB; at most 2048 KiB are allowed',
      ],
    );
  });

  it('include a picture that links out of its folder', async () => {
    await writeFile(join(temp.path, 'secret.svg'), '<svg/>');
    await symlink(join(temp.path, 'secret.svg'), join(folder(), 'out.svg'));
    await symlink(join(folder(), 'icon.svg'), join(folder(), 'in.svg'));
    const wallpaper = { home: './out.svg', homeDark: './in.svg' };
    const [found, ...others] = await check(themeWith({}, { wallpaper }));
    assert.match(found ?? '', /^error files\.unfit: \.\/out\.svg leads out of the project/u);
    assert.deepEqual(others, []);
  });

  it('include what the cars of today do not do', async () => {
    const spec = { schema: 2, typography: { bundled: true } };
    const requires = { schema: 2, dilink: ['unknown'] };
    assert.deepEqual(await check(themeWith({ requires }, spec)), [
      'warning requires.schema: No car of today understands "requires.schema" above 1',
      'warning requires.no-platform: No car is "unknown": name a platform in "requires.dilink"',
      'warning theme.schema-above: No car of today understands "spec.schema" above 1',
      'warning theme.bundled-reserved: The cars of today may ignore "spec.typography.bundled"',
    ]);
  });

  it('include text that cannot be read', async () => {
    const [found, ...others] = await check(themeWith({}, {}, { onSurface: '#243040' }));
    assert.match(found ?? '', /^warning contrast\.text: "onSurface" is hard to read on /u);
    assert.deepEqual(others, []);
  });

  it('change with any file of its folder, and not with generated ones', () => {
    const model = new ProblemModel(folder(), KINDS.theme);
    assert.equal(model.affects(join(folder(), 'theme.json')), true);
    assert.equal(model.affects(join(folder(), 'pictures/home.png')), true);
    assert.equal(model.affects(join(folder(), '.git/index')), false);
  });
});
