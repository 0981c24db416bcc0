import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readKnownHosts } from '../../../src/core/ci/knownHosts';
import { writeFiles } from '../../support/project';
import { useTempFolder } from '../../support/temp-folder';

describe('known hosts', () => {
  const home = useTempFolder();
  const read = (environment: Record<string, string> = {}) => readKnownHosts(environment, home.path);
  const write = (files: Record<string, string>) => writeFiles(home.path, files);

  it('are empty without files and with invalid files', async () => {
    const none = { github: [], gitlab: [], sshAliases: new Map() };
    assert.deepEqual(await read(), none);
    await write({
      '.config/gh/hosts.yml/a': 'a folder',
      '.config/glab-cli/config.yml': '[hosts]\n- a\n\0',
      '.ssh/config': '\0',
    });
    assert.deepEqual(await read(), none);
  });

  it('include the hosts that the GitHub CLI is signed in to', async () => {
    const hosts = [
      'github.com:',
      '    users:',
      '        me:',
      '            oauth_token: gho_x',
      '    git_protocol: ssh',
      '    user: me',
      '"Git.Acme.example":',
      '    user: me',
      '# github.evil.example:',
      '',
    ].join('\r\n');
    await write({ '.config/gh/hosts.yml': hosts });
    assert.deepEqual((await read()).github, ['github.com', 'git.acme.example']);
  });

  it('include the hosts for which the GitLab CLI has a token or a user', async () => {
    const config = [
      'git_protocol: ssh',
      'hosts:',
      '    gitlab.com:',
      '        token: ""',
      '        api_host: gitlab.com',
      '    lab.acme.example:',
      '        token: !!null glpat-x',
      '        user: me',
      '    other.acme.example:',
      '        user: me',
      '    empty.acme.example:',
      '        token: !!null',
      'check_update: true',
      '',
    ].join('\n');
    await write({ '.config/glab-cli/config.yml': config });
    assert.deepEqual((await read()).gitlab, ['lab.acme.example', 'other.acme.example']);
  });

  it('are read from the paths in the environment', async () => {
    await write({
      'own/hosts.yml': 'a.example:\n  user: me\n',
      'lab/config.yml': 'hosts:\n  b.example:\n    token: x\n',
      'xdg/gh/hosts.yml': 'c.example:\n  user: me\n',
      'xdg/glab-cli/config.yml': 'hosts:\n  d.example:\n    token: x\n',
    });
    const at = (folder: string): string => join(home.path, folder);
    const own = await read({
      GH_CONFIG_DIR: at('own'),
      GLAB_CONFIG_DIR: at('lab'),
      XDG_CONFIG_HOME: at('xdg'),
    });
    assert.deepEqual([own.github, own.gitlab], [['a.example'], ['b.example']]);
    const xdg = await read({ XDG_CONFIG_HOME: at('xdg') });
    assert.deepEqual([xdg.github, xdg.gitlab], [['c.example'], ['d.example']]);
  });

  it('include exact hosts of the SSH configuration, the first name of each', async () => {
    await write({
      '.ssh/config': [
        'Include config.d/*.conf',
        'Host github-work GH2 !github-not *-wild',
        '  HostName github.com',
        'host = lab',
        '  User git',
        '  hostname="altssh.gitlab.com"',
        'Host github-work',
        '  HostName evil.example',
        'Host percent',
        '  HostName %h.example',
        'Match host github-match',
        '  HostName github.com',
        'Host *',
        '  HostName everything.example',
        '  Include config.d/late',
      ].join('\n'),
      '.ssh/config.d/a.conf': 'Host included\n  HostName github.com\n',
      '.ssh/config.d/late': 'Host late\n  HostName github.com\n',
      '.ssh/config.d/b.txt': 'Host other\n  HostName github.com\n',
    });
    assert.deepEqual([...(await read()).sshAliases].sort(), [
      ['gh2', 'github.com'],
      ['github-work', 'github.com'],
      ['included', 'github.com'],
      ['lab', 'altssh.gitlab.com'],
    ]);
  });
});
