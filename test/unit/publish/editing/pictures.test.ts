import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pictureLinks } from '../../../../src/core/publish/editing/pictureLinks';
import {
  findPicture,
  listPictures,
  pictureRoots,
  summarizePicture,
} from '../../../../src/core/publish/editing/pictures';
import { png } from '../../../support/png';
import { useTempFolder } from '../../../support/temp-folder';
import { ICON, MINI_APP_PICTURES } from '../../../../src/core/publish/project/pictureFields';

const [, COVER] = MINI_APP_PICTURES;

describe('images of a mini-app', () => {
  const folder = useTempFolder('all');
  const roots = (): string[] => [join(folder.path, 'src'), join(folder.path, 'dist')];

  before(async () => {
    const files: Record<string, string | Buffer> = {
      'src/icon.png': png(256, 256),
      'src/wide.png': png(300, 256),
      'src/a b/$1 (é).svg': '<svg/>',
      'src/cover.webp': 'no picture',
      'src/app.js': '',
      'src/node_modules/x.png': png(256, 256),
      'src/.cache/x.png': png(256, 256),
      'dist/icon.png': png(10, 10),
      'dist/built.png': png(256, 256),
    };
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder.path, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
  });

  it('are listed by matching type with their problems, valid ones first', async () => {
    const icons = await listPictures(roots(), ICON);
    assert.deepEqual(
      icons.map((picture) => [picture.path, picture.trouble]),
      [
        ['./icon.png', undefined],
        ['./a b/$1 (é).svg', undefined],
        ['./built.png', undefined],
        ['./wide.png', 'is 300×256 pixels; it must be exactly 256×256'],
      ],
    );
    assert.match(summarizePicture(icons[0]!), /^\d+ B · 256×256$/u);
    assert.equal(summarizePicture(icons[1]!), '6 B');
    const covers = await listPictures(roots(), COVER!);
    assert.equal(covers.find(({ path }) => path === './cover.webp')?.trouble, 'is not a picture');
    assert.deepEqual(await listPictures([join(folder.path, 'none')], ICON), []);
  });

  it('are found only where publish looks for them', async () => {
    assert.equal(await findPicture(roots(), './icon.png'), join(folder.path, 'src/icon.png'));
    assert.equal(await findPicture(roots(), './built.png'), join(folder.path, 'dist/built.png'));
    for (const path of ['./none.png', './a b', './../src/icon.png', 'icon.png', '/etc/passwd']) {
      assert.equal(await findPicture(roots(), path), undefined, path);
    }
  });

  it('are in appRoot, and in distDir with a build', () => {
    const of = (config?: object) =>
      pictureRoots('/app', config === undefined ? undefined : JSON.stringify(config));
    assert.deepEqual(of(), ['/app/src']);
    assert.deepEqual(of({ appRoot: '.' }), ['/app']);
    assert.deepEqual(of({ buildCommand: 'make' }), ['/app/src', '/app/dist']);
    assert.deepEqual(of({ appRoot: 1 }), ['/app/src']);
  });

  it('are linked in the manifest without the quotes', () => {
    const text = '{ "icon": "./a.png", "coverImage": 1, "screenshots": ["./b.png", 2, "./c.png"] }';
    assert.deepEqual(
      pictureLinks('miniApp', text).map(({ path, start, end }) => [path, text.slice(start, end)]),
      ['./a.png', './b.png', './c.png'].map((path) => [path, path]),
    );
    assert.deepEqual(pictureLinks('miniApp', ''), []);
  });
});
