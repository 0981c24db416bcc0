import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findWorktree, parseRemoteUrl } from '../../../src/core/ci/gitRemote';
import { useTempFolder } from '../../support/temp-folder';

const KNOWN = {
  github: ['git.acme.example'],
  gitlab: ['lab.acme.example'],
  sshAliases: new Map([
    ['github-work', 'github.com'],
    ['lab', 'altssh.gitlab.com'],
  ]),
};

describe('the address of a remote', () => {
  for (const [url, host, path, service] of [
    ['https://github.com/acme/tyre-pressure.git', 'github.com', 'acme/tyre-pressure', 'github'],
    ['https://github.com/acme/tyre-pressure/', 'github.com', 'acme/tyre-pressure', 'github'],
    ['https://github.com//acme/tyre-pressure', 'github.com', 'acme/tyre-pressure', 'github'],
    ['https://me:secret@github.com/acme/a.b_c.git', 'github.com', 'acme/a.b_c', 'github'],
    ['git@github.com:acme/tyre-pressure.git', 'github.com', 'acme/tyre-pressure', 'github'],
    ['GitHub.com:acme/.github', 'github.com', 'acme/.github', 'github'],
    ['ssh://git@ssh.github.com:443/acme/app.git', 'github.com', 'acme/app', 'github'],
    ['git@github-work:acme/app.git', 'github.com', 'acme/app', 'github'],
    ['ssh://git@GitHub-Work/acme/app.git', 'github.com', 'acme/app', 'github'],
    ['git@lab:cars/app.git', 'gitlab.com', 'cars/app', 'gitlab'],
    ['https://github-work/acme/app.git', 'github-work', 'acme/app', undefined],
    ['git@my-github-mirror:acme/app.git', 'my-github-mirror', 'acme/app', undefined],
    ['git@github:acme/app.git', 'github', 'acme/app', undefined],
    ['git@git.acme.example:cars/app', 'git.acme.example', 'cars/app', 'github'],
    ['https://acme.ghe.com/cars/app', 'acme.ghe.com', 'cars/app', 'github'],
    ['https://a.acme.ghe.com/cars/app', 'a.acme.ghe.com', 'cars/app', undefined],
    ['https://ghe.com/cars/app', 'ghe.com', 'cars/app', undefined],
    ['https://notghe.com/cars/app', 'notghe.com', 'cars/app', undefined],
    [
      'https://github.com.login-check.example/acme/app',
      'github.com.login-check.example',
      'acme/app',
      undefined,
    ],
    ['https://notgithub.com/acme/app', 'notgithub.com', 'acme/app', undefined],
    ['https://gitlab.com.example/acme/app', 'gitlab.com.example', 'acme/app', undefined],
    ['ssh://git@gitlab.com:22/cars/apps/tyre.git', 'gitlab.com', 'cars/apps/tyre', 'gitlab'],
    ['https://gitlab.acme.example/a/b', 'gitlab.acme.example', 'a/b', undefined],
    ['https://lab.acme.example/a/b', 'lab.acme.example', 'a/b', 'gitlab'],
    ['git://codeberg.org/acme/app.git', 'codeberg.org', 'acme/app', undefined],
  ] as const) {
    it(url, () => {
      assert.deepEqual(parseRemoteUrl(url, KNOWN), {
        ...{ host, path },
        ...(service === undefined ? {} : { service }),
      });
    });
  }

  for (const url of [
    '',
    '/srv/git/app.git',
    '../app',
    'C:\\git\\app',
    'C:/git/app',
    'file:///srv/git/app',
    'https://github.com/acme',
    'git@github.com:--upload-pack=x/app',
    'git@github.com:-acme/app',
    'git@github.com:acme/../other',
    'git@-oProxyCommand=x:acme/app',
    'https://github.com/acme/app?x=1',
    'https://github.com/acme/app name',
  ]) {
    it(`is none of a host's: “${url}”`, () => {
      assert.equal(parseRemoteUrl(url), undefined);
    });
  }
});

describe('the worktree of a folder', () => {
  const folder = useTempFolder();
  const write = async (path: string, text: string): Promise<void> => {
    const file = join(folder.path, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  const remote = (name: string, url: string): string =>
    `[remote "${name}"]\n\turl = ${url}\n\tfetch = +refs/heads/*:refs/remotes/${name}/*\n`;

  it('is found upwards, with the address of origin', async () => {
    const config = `[core]\n\tbare = false\n${remote('fork', 'a:b/c')}${remote('origin', 'git@github.com:acme/app.git')}[branch "main"]\n\turl = none\n`;
    await write('repo/.git/config', config);
    await mkdir(join(folder.path, 'repo/apps/tyre'), { recursive: true });
    assert.deepEqual(await findWorktree(join(folder.path, 'repo/apps/tyre')), {
      root: join(folder.path, 'repo'),
      remoteUrl: 'git@github.com:acme/app.git',
    });
  });

  it('takes the first remote where there is no origin, and none where there is none', async () => {
    await write('first/.git/config', remote('upstream', '"https://github.com/a/b"'));
    await write('none/.git/config', '[core]\r\n\tbare = false\r\n');
    const first = join(folder.path, 'first');
    assert.deepEqual(await findWorktree(first), {
      root: first,
      remoteUrl: 'https://github.com/a/b',
    });
    assert.deepEqual(await findWorktree(join(folder.path, 'none')), {
      root: join(folder.path, 'none'),
    });
  });

  it('follows the pointer of a linked worktree and of a submodule', async () => {
    await write('main/.git/config', remote('origin', 'git@github.com:acme/main.git'));
    await write('main/.git/worktrees/second/commondir', '../..\n');
    await write('second/.git', `gitdir: ${join(folder.path, 'main/.git/worktrees/second')}\n`);
    await write('main/.git/modules/sub/config', remote('origin', 'git@github.com:acme/sub.git'));
    await write('main/sub/.git', 'gitdir: ../.git/modules/sub\n');
    for (const [name, path] of [
      ['second', 'acme/main'],
      ['main/sub', 'acme/sub'],
    ] as const) {
      const found = await findWorktree(join(folder.path, name));
      assert.deepEqual(found, {
        root: join(folder.path, name),
        remoteUrl: `git@github.com:${path}.git`,
      });
    }
  });

  it('is undefined outside of every repository', async () => {
    await mkdir(join(folder.path, 'outside'));
    assert.equal(await findWorktree(join(folder.path, 'outside')), undefined);
  });
});
