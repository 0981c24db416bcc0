import { assertUserDecides } from '../hostileSettings';
import { activateExtension, setSetting } from '../support';

describe('settings of a trusted workspace and of its folders', () => {
  before(activateExtension);

  it('cannot override what only the user decides', async () => {
    assertUserDecides();
    await setSetting('i99dash.ssh.keyPath', '~/.ssh/other');
    await setSetting('i99dash.webConsoleUrl', 'https://console.test');
    try {
      assertUserDecides();
    } finally {
      await setSetting('i99dash.ssh.keyPath', undefined);
      await setSetting('i99dash.webConsoleUrl', undefined);
    }
  });
});
