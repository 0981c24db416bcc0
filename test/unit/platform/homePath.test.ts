import assert from 'node:assert/strict';
import { homedir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import {
  abbreviateHome,
  absoluteFromHome,
  expandHome,
  sshFolder,
} from '../../../src/core/platform/homePath';

describe('paths in the home folder', () => {
  const home = homedir();

  it('are expanded as in a shell', () => {
    assert.equal(expandHome('~/.ssh/id_ed25519'), join(home, '.ssh', 'id_ed25519'));
    assert.equal(expandHome('~\\.ssh'), join(home, '\\.ssh'));
    for (const path of ['~', '~/']) {
      assert.equal(join(expandHome(path), 'x'), join(home, 'x'));
    }
  });

  it('are unchanged where a shell means something else or nothing', () => {
    for (const path of ['', '/etc/~/x', './~', 'a~b', '~other/.ssh', '~~', ' ~/x', '$HOME/x']) {
      assert.equal(expandHome(path), path);
    }
  });

  it('resolve relative paths', () => {
    for (const path of ['.ssh/id_ed25519', '~/.ssh/id_ed25519', join(home, '.ssh', 'id_ed25519')]) {
      assert.equal(absoluteFromHome(path), join(home, '.ssh', 'id_ed25519'));
    }
    assert.equal(absoluteFromHome('/etc/key'), resolve('/etc/key'));
  });

  it('are abbreviated for display, and other paths are not', () => {
    assert.equal(abbreviateHome(join(home, '.ssh', 'id_ed25519')), join('~', '.ssh', 'id_ed25519'));
    for (const path of [home, `${home}-other/x`, join('/srv', home, 'x'), 'relative', '']) {
      assert.equal(abbreviateHome(path), path);
    }
  });

  it('survive a round trip', () => {
    const path = join(home, 'keys', 'id_ed25519');
    assert.equal(expandHome(abbreviateHome(path)), path);
  });

  describe('with an unusual HOME', () => {
    const { HOME } = process.env;
    afterEach(() => {
      if (HOME === undefined) Reflect.deleteProperty(process.env, 'HOME');
      else process.env['HOME'] = HOME;
    });

    for (const [what, value, expected] of [
      ['a trailing slash', '/srv/somebody/', '/srv/somebody'],
      ['spaces and a line break', '/srv/some body\nelse', '/srv/some body\nelse'],
      ['a relative path', 'somewhere', userInfo().homedir],
      ['an empty value', '', userInfo().homedir],
    ] as const) {
      it(`resolve and abbreviate for ${what}`, function () {
        if (process.platform === 'win32') this.skip(); // Windows uses another variable
        process.env['HOME'] = value;
        assert.equal(sshFolder(), join(expected, '.ssh'));
        assert.equal(abbreviateHome(join(expected, '.ssh', 'key')), join('~', '.ssh', 'key'));
        assert.equal(expandHome('~/.ssh/key'), join(expected, '.ssh', 'key'));
        assert.equal(absoluteFromHome('.ssh/key'), join(expected, '.ssh', 'key'));
      });
    }
  });

  it('contain the SSH folder', () => {
    assert.equal(sshFolder(), join(home, '.ssh'));
  });
});
