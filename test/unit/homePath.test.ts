import assert from 'node:assert/strict';
import { homedir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { abbreviateHome, absoluteFromHome, expandHome, sshFolder } from '../../src/core/homePath';

describe('paths below the home folder', () => {
  const home = homedir();

  it('are expanded as a shell does', () => {
    assert.equal(expandHome('~/.ssh/id_ed25519'), join(home, '.ssh', 'id_ed25519'));
    assert.equal(expandHome('~\\.ssh'), join(home, '\\.ssh'));
    for (const path of ['~', '~/']) {
      assert.equal(join(expandHome(path), 'x'), join(home, 'x'));
    }
  });

  it('are left alone where a shell means something else, or nothing', () => {
    for (const path of ['', '/etc/~/x', './~', 'a~b', '~other/.ssh', '~~', ' ~/x', '$HOME/x']) {
      assert.equal(expandHome(path), path);
    }
  });

  it('are where a relative path begins', () => {
    for (const path of ['.ssh/id_ed25519', '~/.ssh/id_ed25519', join(home, '.ssh', 'id_ed25519')]) {
      assert.equal(absoluteFromHome(path), join(home, '.ssh', 'id_ed25519'));
    }
    assert.equal(absoluteFromHome('/etc/key'), resolve('/etc/key'));
  });

  it('are abbreviated for people, and nothing else is', () => {
    assert.equal(abbreviateHome(join(home, '.ssh', 'id_ed25519')), join('~', '.ssh', 'id_ed25519'));
    for (const path of [home, `${home}-other/x`, join('/srv', home, 'x'), 'relative', '']) {
      assert.equal(abbreviateHome(path), path);
    }
  });

  it('come back whole', () => {
    const path = join(home, 'keys', 'id_ed25519');
    assert.equal(expandHome(abbreviateHome(path)), path);
  });

  describe('whatever HOME holds:', () => {
    const { HOME } = process.env;
    afterEach(() => {
      if (HOME === undefined) Reflect.deleteProperty(process.env, 'HOME');
      else process.env['HOME'] = HOME;
    });

    for (const [what, value, expected] of [
      ['a slash at the end', '/srv/somebody/', '/srv/somebody'],
      ['spaces and a new line', '/srv/some body\nelse', '/srv/some body\nelse'],
      ['a relative path', 'somewhere', userInfo().homedir],
      ['nothing', '', userInfo().homedir],
    ] as const) {
      it(what, function () {
        if (process.platform === 'win32') this.skip(); // another variable tells there
        process.env['HOME'] = value;
        assert.equal(sshFolder(), join(expected, '.ssh'));
        assert.equal(abbreviateHome(join(expected, '.ssh', 'key')), join('~', '.ssh', 'key'));
        assert.equal(expandHome('~/.ssh/key'), join(expected, '.ssh', 'key'));
        assert.equal(absoluteFromHome('.ssh/key'), join(expected, '.ssh', 'key'));
      });
    }
  });

  it('hold the SSH folder', () => {
    assert.equal(sshFolder(), join(home, '.ssh'));
  });
});
