import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  checkPackedAssets,
  checkSourceAssets,
} from '../../../../src/core/publish/checks/pictureChecks';
import { ManifestLocations } from '../../../../src/core/publish/project/manifestLocations';
import { collectFiles } from '../../../../src/core/publish/bundle/files';
import { loadProject } from '../../../../src/core/publish/project/project';
import { png } from '../../../support/png';
import { useTempFolder } from '../../../support/temp-folder';

const KIB = 1024;
const MINI_APPS = join(__dirname, '../../../fixtures/mini-apps');

describe('mini-app images', () => {
  const temp = useTempFolder();
  const write = (name: string, content: Buffer | string) =>
    writeFile(join(temp.path, 'src', name), content);

  beforeEach(async () => {
    await mkdir(join(temp.path, 'src'));
    await write('icon.svg', '<svg/>');
  });

  async function check(fields: object, stage: 'source' | 'packed' = 'packed') {
    const manifest = {
      id: 'trip-log',
      name: { en: 'Trip log' },
      icon: './icon.svg',
      url: 'https://miniapps.i99dash.app/trip-log/',
      version: '1.0.0',
      category: 'vehicle',
      ...fields,
    };
    await writeFile(join(temp.path, 'manifest.json'), JSON.stringify(manifest, null, 1));
    const project = await loadProject(temp.path);
    const places = await ManifestLocations.read(temp.path);
    if (stage === 'source') {
      return checkSourceAssets(project, project.appRoot, places);
    }
    const { files } = await collectFiles(project.appRoot, temp.path);
    return checkPackedAssets(project, project.appRoot, files, places);
  }

  async function problems(fields: object, stage?: 'source' | 'packed') {
    const found = await check(fields, stage);
    return found.map(({ rule, message }) => `${rule}: ${message}`);
  }

  const limits = [
    {
      field: 'icon',
      as: (path: string) => ({ icon: path }),
      maxKib: 100,
      fits: [[256, 256]],
      unfit: [
        [255, 256],
        [256, 257],
        [512, 512],
        [1, 1],
      ],
    },
    {
      field: 'coverImage',
      as: (path: string) => ({ coverImage: path }),
      maxKib: 500,
      fits: [[1280, 720]],
      unfit: [
        [1280, 719],
        [1281, 720],
        [720, 1280],
      ],
    },
    {
      field: 'screenshots',
      as: (path: string) => ({ screenshots: [path] }),
      maxKib: 800,
      fits: [
        [1920, 1080],
        [1, 1],
        [1080, 1080],
      ],
      unfit: [
        [1921, 1080],
        [1920, 1081],
        [1080, 1920],
      ],
    },
  ] as const;

  for (const { field, as, maxKib, fits, unfit } of limits) {
    describe(field, () => {
      it('checks the dimensions', async () => {
        for (const [width, height] of fits) {
          await write('picture.png', png(width, height));
          assert.deepEqual(await problems(as('./picture.png')), []);
        }
        for (const [width, height] of unfit) {
          await write('picture.png', png(width, height));
          const [problem, ...more] = await problems(as('./picture.png'));
          assert.deepEqual(more, []);
          assert.match(
            problem ?? '',
            new RegExp(`^asset\\.dimensions: "\\./picture\\.png" is ${width}×${height} `),
          );
        }
      });

      it(`allows at most ${maxKib} KiB`, async () => {
        const [width, height] = fits[0];
        await write('picture.png', png(width, height, { bytes: maxKib * KIB }));
        assert.deepEqual(await problems(as('./picture.png')), []);
        await write('picture.png', png(width, height, { bytes: maxKib * KIB + 1 }));
        assert.deepEqual(await problems(as('./picture.png')), [
          `asset.size: "./picture.png" has ${maxKib + 1} KiB; at most ${maxKib} KiB are allowed`,
        ]);
      });

      it('checks only the size of an SVG', async () => {
        await write('picture.SVG', '<svg width="1" height="9999"/>');
        assert.deepEqual(await problems(as('./picture.SVG')), []);
        await write('picture.SVG', Buffer.alloc(maxKib * KIB + 1, ' '));
        assert.equal((await problems(as('./picture.SVG'))).length, 1);
      });

      it('rejects a file that is not an image', async () => {
        const [width, height] = fits[0];
        for (const content of [
          '',
          'not a picture',
          png(width, height).subarray(0, 12),
          png(0, 0),
        ]) {
          await write('picture.png', content);
          assert.deepEqual(await problems(as('./picture.png')), [
            'asset.format: "./picture.png" is not a picture',
          ]);
        }
      });

      it('is there, in the end', async () => {
        const missing = ['asset.missing: src does not contain ./gone.png'];
        assert.deepEqual(await problems(as('./gone.png')), missing);
        assert.deepEqual(await problems(as('./gone.png'), 'source'), []);
        await mkdir(join(temp.path, 'src', 'gone.png'));
        assert.deepEqual(await problems(as('./gone.png')), missing);
        assert.deepEqual(await problems(as('./gone.png'), 'source'), []);
      });
    });
  }

  it('are checked before the build even though a missing one is allowed', async () => {
    await write('picture.png', png(10, 10));
    assert.equal((await problems({ icon: './picture.png' }, 'source')).length, 1);
  });

  it('have the type of their extension', async () => {
    const webp = await readFile(join(MINI_APPS, 'trip-log/app/pictures/cover.webp'));
    const jpg = await readFile(join(MINI_APPS, 'trip-log/app/pictures/recording.jpg'));
    for (const [name, content, found] of [
      ['a.webp', webp, []],
      ['a.jpg', webp, ['asset.format: "./a.jpg" is not jpg but webp']],
      ['a.png', webp, ['asset.format: "./a.png" is not png but webp']],
      ['b.jpg', jpg, []],
      ['b.JPEG', jpg, []],
      ['b.webp', jpg, ['asset.format: "./b.webp" is not webp but jpg']],
      ['c.jpg', png(1280, 720), ['asset.format: "./c.jpg" is not jpg but png']],
    ] as const) {
      await write(name, content);
      assert.deepEqual(await problems({ coverImage: `./${name}` }), found);
    }
  });

  it('have readable dimensions after long camera metadata', async () => {
    const jpg = await readFile(join(MINI_APPS, 'trip-log/app/pictures/recording.jpg'));
    const note = Buffer.concat([Buffer.from([0xff, 0xed, 0xff, 0xff]), Buffer.alloc(0xfffd)]);
    const notes = Array.from({ length: 5 }, () => note);
    await write('a.jpg', Buffer.concat([jpg.subarray(0, 2), ...notes, jpg.subarray(2)]));
    assert.deepEqual(await problems({ coverImage: './a.jpg' }), []);
    assert.match((await problems({ screenshots: ['./a.jpg'], icon: './a.png' })).join(), /a\.png/);
  });

  it('match the exact names of the packed files', async () => {
    await write('Icon.png', png(256, 256));
    await mkdir(join(temp.path, 'src', 'node_modules'));
    await write('node_modules/icon.png', png(256, 256));
    const words: Record<string, string> = {
      './icon.png': '"./icon.png" is Icon.png in the bundle; upper and lower case must match',
      './node_modules/icon.png': 'src does not contain ./node_modules/icon.png',
    };
    for (const [icon, text] of Object.entries(words)) {
      assert.deepEqual(await problems({ icon }), [`asset.missing: ${text}`]);
    }
    assert.deepEqual(
      await problems({ icon: './/x/.././Icon.png' }).catch(() => 'invalid'),
      'invalid',
    );
    assert.deepEqual(await problems({ icon: './/./Icon.png' }), []);
  });

  it('are a warning before a build when only the case or Unicode form of a name differs', async () => {
    await mkdir(join(temp.path, 'src', 'Pictures'));
    await write('Pictures/caf\u00e9.png', png(256, 256));
    const similar = { icon: './Pictures/cafe\u0301.png', coverImage: './pictures/none.png' };
    assert.deepEqual(await problems(similar, 'source'), [
      `asset.name: "${similar.icon}" is in the bundle in another Unicode form of its name`,
    ]);
    await write('Pictures/None.png', png(1280, 720));
    const [, cover] = await check({ ...similar }, 'source');
    assert.equal(cover?.severity, 'warning');
    assert.equal(
      cover.message,
      '"./pictures/none.png" is Pictures/None.png in the bundle; upper and lower case must match',
    );
  });

  it('are all reported at once, each at its place in the manifest', async () => {
    await write('big.png', png(2000, 2000));
    const found = await check({
      icon: './gone.png',
      coverImage: './big.png',
      screenshots: ['./big.png', './icon.svg', './gone.png'],
    });
    const file = join(temp.path, 'manifest.json');
    assert.deepEqual(
      found.map((problem) => [
        problem.severity,
        problem.rule,
        problem.file,
        problem.range?.start.line,
        problem.range?.start.character,
        problem.range?.end.character,
      ]),
      [
        ['error', 'asset.missing', file, 5, 9, 21],
        ['error', 'asset.dimensions', file, 9, 15, 26],
        ['error', 'asset.dimensions', file, 11, 2, 13],
        ['error', 'asset.missing', file, 13, 2, 14],
      ],
    );
  });
});
