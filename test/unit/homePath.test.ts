import assert from 'node:assert/strict';
import { homedir } from 'node:os';
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

  it('hold the SSH folder', () => {
    assert.equal(sshFolder(), join(home, '.ssh'));
  });
});
