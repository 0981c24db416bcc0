import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FirstPublishers } from '../../../src/core/publish/firstPublishers';
import { useTempFolder } from '../../support/temp-folder';

describe('first publisher of an app on this computer', () => {
  const temp = useTempFolder();
  const open = (): FirstPublishers => new FirstPublishers(join(temp.path, 'first.json'));
  const app = { kind: 'miniApp', appId: 'app' } as const;
  const ann = { devId: 'ann', account: 'ann@example.com', backendUrl: 'https://a.test' };
  const bob = { devId: 'bob', account: 'bob@example.com', backendUrl: 'https://a.test' };

  it('is kept and returned for another account or backend', async () => {
    assert.equal(await open().findOther(app, ann), undefined);
    await open().record(app, ann);
    assert.equal(await open().findOther(app, ann), undefined);
    assert.deepEqual(await open().findOther(app, bob), ann);
    assert.deepEqual(await open().findOther(app, { ...ann, backendUrl: 'https://b.test' }), ann);
    await open().record(app, bob);
    assert.deepEqual(await open().findOther(app, bob), ann);
    assert.equal(await open().findOther({ ...app, appId: 'other' }, bob), undefined);
  });

  it('is separate for a theme and a mini-app with the same ID', async () => {
    await open().record(app, ann);
    const theme = { ...app, kind: 'theme' } as const;
    assert.equal(await open().findOther(theme, bob), undefined);
    await open().record(theme, bob);
    assert.deepEqual(await open().findOther(theme, ann), bob);
    assert.deepEqual(await open().findOther(app, bob), ann);
  });

  it('is identified by the account ID, not the display name', async () => {
    await open().record(app, ann);
    assert.equal(await open().findOther(app, { ...ann, account: 'Ann' }), undefined);
  });

  it('is unknown when the file is damaged', async () => {
    for (const content of ['', '[]', '{"miniApp:app":{"devId":1}}']) {
      writeFileSync(join(temp.path, 'first.json'), content);
      assert.equal(await open().findOther(app, ann), undefined);
    }
  });
});
