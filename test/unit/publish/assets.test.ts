import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkAssets } from '../../../src/core/publish/assets';
import { type Manifest, validateManifest } from '../../../src/core/publish/manifest';
import { png } from '../../support/png';
import { useTempFolder } from '../../support/temp-folder';

const KIB = 1024;

function manifestWith(fields: object): Manifest {
  const json = JSON.stringify({
    id: 'trip-log',
    name: { en: 'Trip log' },
    icon: './icon.svg',
    url: 'https://miniapps.i99dash.app/trip-log/',
    version: '1.0.0',
    category: 'vehicle',
    ...fields,
  });
  const { manifest } = validateManifest(json, '/manifest.json');
  assert.ok(manifest);
  return manifest;
}

describe("a mini-app's pictures", () => {
  const temp = useTempFolder();
  const write = (name: string, content: Buffer | string) =>
    writeFile(join(temp.path, name), content);

  beforeEach(() => write('icon.svg', '<svg/>'));

  async function problems(fields: object, missing: 'error' | 'ignore' = 'error') {
    const found = await checkAssets(manifestWith(fields), temp.path, { missing });
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
      it('has the right dimensions', async () => {
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
            new RegExp(`^asset\\.${field}: "\\./picture\\.png" is ${width}×${height} `),
          );
        }
      });

      it(`has at most ${maxKib} KiB`, async () => {
        const [width, height] = fits[0];
        await write('picture.png', png(width, height, { bytes: maxKib * KIB }));
        assert.deepEqual(await problems(as('./picture.png')), []);
        await write('picture.png', png(width, height, { bytes: maxKib * KIB + 1 }));
        assert.deepEqual(await problems(as('./picture.png')), [
          `asset.${field}: "./picture.png" has ${maxKib + 1} KiB; at most ${maxKib} KiB are allowed`,
        ]);
      });

      it('has no dimensions to check when it is an SVG, but a size', async () => {
        await write('picture.SVG', '<svg width="1" height="9999"/>');
        assert.deepEqual(await problems(as('./picture.SVG')), []);
        await write('picture.SVG', Buffer.alloc(maxKib * KIB + 1, ' '));
        assert.equal((await problems(as('./picture.SVG'))).length, 1);
      });

      it('is a picture', async () => {
        const [width, height] = fits[0];
        for (const content of [
          '',
          'not a picture',
          png(width, height).subarray(0, 12),
          png(0, 0),
        ]) {
          await write('picture.png', content);
          assert.deepEqual(await problems(as('./picture.png')), [
            `asset.${field}: "./picture.png" is not a picture`,
          ]);
        }
      });

      it('is there, in the end', async () => {
        const missing = [`asset.${field}: "./gone.png" is missing`];
        assert.deepEqual(await problems(as('./gone.png')), missing);
        assert.deepEqual(await problems(as('./gone.png'), 'ignore'), []);
        await mkdir(join(temp.path, 'gone.png'));
        assert.deepEqual(await problems(as('./gone.png')), missing);
      });
    });
  }

  it('are checked even where a missing one is no problem yet', async () => {
    await write('picture.png', png(10, 10));
    assert.equal((await problems({ icon: './picture.png' }, 'ignore')).length, 1);
  });

  it('are all told about at once, each with its file', async () => {
    await write('big.png', png(2000, 2000));
    const manifest = manifestWith({
      icon: './gone.png',
      coverImage: './big.png',
      screenshots: ['./big.png', './icon.svg', './gone.png'],
    });
    const found = await checkAssets(manifest, temp.path, { missing: 'error' });
    assert.deepEqual(
      found.map(({ severity, rule, file }) => [severity, rule, file]),
      [
        ['error', 'asset.icon', join(temp.path, 'gone.png')],
        ['error', 'asset.coverImage', join(temp.path, 'big.png')],
        ['error', 'asset.screenshots', join(temp.path, 'big.png')],
        ['error', 'asset.screenshots', join(temp.path, 'gone.png')],
      ],
    );
  });
});
