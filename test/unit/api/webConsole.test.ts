import assert from 'node:assert/strict';
import { appPage, requestAccessPage, sshKeysPage } from '../../../src/core/api/webConsole';

describe('web console', () => {
  it('has a page for keys, one for each app, and one to request access', () => {
    for (const url of ['https://dev.i99dash.app', 'https://dev.i99dash.app//']) {
      assert.equal(sshKeysPage(url), 'https://dev.i99dash.app/account/ssh-keys');
      assert.equal(appPage(url, 'trip-log'), 'https://dev.i99dash.app/developers/apps/trip-log');
      const access = 'https://dev.i99dash.app/developers/request-access';
      assert.equal(requestAccessPage(url), access);
    }
  });

  it('may have a base path', () => {
    const page = appPage('http://localhost:4799/console/', 'trip-log');
    assert.equal(page, 'http://localhost:4799/console/developers/apps/trip-log');
  });

  it('escapes the ID of an app', () => {
    const page = appPage('https://dev.i99dash.app', '../../evil?x=1#y');
    assert.equal(page, 'https://dev.i99dash.app/developers/apps/..%2F..%2Fevil%3Fx%3D1%23y');
    assert.equal(new URL(page).pathname.split('/').length, 4);
    assert.throws(() => appPage('https://dev.i99dash.app', '..'), { code: 'PROTOCOL' });
  });
});
