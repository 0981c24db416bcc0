import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPicture } from '../../../../src/core/publish/checks/readPicture';
import { closeSockets, ODD_FILES } from '../../../support/odd-files';
import { png } from '../../../support/png';
import { useTempFolder } from '../../../support/temp-folder';

describe('image reader', () => {
  const temp = useTempFolder();
  afterEach(closeSockets);
  const path = (): string => join(temp.path, 'icon.png');

  it('returns type and dimensions', async () => {
    await writeFile(path(), png(256, 128));
    assert.deepEqual(await readPicture(path(), 100_000), {
      format: 'png',
      width: 256,
      height: 128,
    });
  });

  for (const [name, make] of Object.entries(ODD_FILES)) {
    it(`rejects ${name} at once`, async () => {
      await make(path());
      assert.equal(await readPicture(path(), 100_000), undefined);
    });
  }
});
