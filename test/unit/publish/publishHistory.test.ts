import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PublishHistory } from '../../../src/core/publish/publishHistory';
import { useTempFolder } from '../../support/temp-folder';

const FIRST = { version: '1.0.0', submittedAt: '2026-01-01T09:00:00.000Z' };
const SECOND = { version: '1.1.0', submittedAt: '2026-01-02T09:00:00.000Z' };

describe('first publisher of an app on this computer', () => {
  const temp = useTempFolder();
  const open = (): PublishHistory => new PublishHistory(join(temp.path, 'first.json'));
  const app = { kind: 'miniApp', appId: 'app' } as const;
  const ann = { devId: 'ann', account: 'ann@example.com', backendUrl: 'https://a.test' };
  const bob = { devId: 'bob', account: 'bob@example.com', backendUrl: 'https://a.test' };

  it('is kept and returned for another account or backend', async () => {
    assert.equal(await open().findOther(app, ann), undefined);
    await open().record(app, ann, FIRST);
    assert.equal(await open().findOther(app, ann), undefined);
    assert.deepEqual(await open().findOther(app, bob), ann);
    assert.deepEqual(await open().findOther(app, { ...ann, backendUrl: 'https://b.test' }), ann);
    await open().record(app, bob, FIRST);
    assert.deepEqual(await open().findOther(app, bob), ann);
    assert.equal(await open().findOther({ ...app, appId: 'other' }, bob), undefined);
  });

  it('is separate for a theme and a mini-app with the same ID', async () => {
    await open().record(app, ann, FIRST);
    const theme = { ...app, kind: 'theme' } as const;
    assert.equal(await open().findOther(theme, bob), undefined);
    await open().record(theme, bob, FIRST);
    assert.deepEqual(await open().findOther(theme, ann), bob);
    assert.deepEqual(await open().findOther(app, bob), ann);
  });

  it('is identified by the account ID, not the display name', async () => {
    await open().record(app, ann, FIRST);
    assert.equal(await open().findOther(app, { ...ann, account: 'Ann' }), undefined);
  });

  it('stays first after further submissions, of which the last is kept for its backend', async () => {
    assert.equal(await open().findLast(app, ann.backendUrl), undefined);
    await open().record(app, ann, FIRST);
    await open().record(app, bob, SECOND);
    assert.deepEqual(await open().findOther(app, bob), ann);
    assert.deepEqual(await open().findLast(app, ann.backendUrl), SECOND);
    assert.equal(await open().findLast(app, 'https://b.test'), undefined);
    assert.equal(await open().findLast({ ...app, kind: 'theme' }, ann.backendUrl), undefined);
  });

  it('keeps what an earlier version of the extension recorded', async () => {
    writeFileSync(join(temp.path, 'first.json'), JSON.stringify({ 'miniApp:app': ann }));
    assert.deepEqual(await open().findOther(app, bob), ann);
    assert.equal(await open().findLast(app, ann.backendUrl), undefined);
    await open().record(app, bob, SECOND);
    assert.deepEqual(await open().findOther(app, bob), ann);
  });

  it('is unknown when the file is damaged', async () => {
    for (const content of ['', '[]', '{"miniApp:app":{"devId":1,"last":{}}}']) {
      writeFileSync(join(temp.path, 'first.json'), content);
      assert.equal(await open().findOther(app, ann), undefined);
      assert.equal(await open().findLast(app, ann.backendUrl), undefined);
    }
  });
});
