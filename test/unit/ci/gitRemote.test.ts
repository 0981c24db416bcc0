import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

describe('remote URL', () => {
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
    ['git+ssh://git@github.com/acme/app.git', 'github.com', 'acme/app', 'github'],
    ['ssh+git://git@github.com:22/acme/app', 'github.com', 'acme/app', 'github'],
    ['git+ssh://git@github-work/acme/app', 'github.com', 'acme/app', 'github'],
    ['SSH+GIT://git@lab/cars/app', 'gitlab.com', 'cars/app', 'gitlab'],
  ] as const) {
    it(`parses ${url}`, () => {
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
    'git+https://github.com/acme/app',
    'https+git://github.com/acme/app',
    'https://github.com/acme',
    'git@github.com:--upload-pack=x/app',
    'git@github.com:-acme/app',
    'git@github.com:acme/../other',
    'git@-oProxyCommand=x:acme/app',
    'https://github.com/acme/app?x=1',
    'https://github.com/acme/app name',
  ]) {
    it(`belongs to no host: “${url}”`, () => {
      assert.equal(parseRemoteUrl(url), undefined);
    });
  }
});

describe('git repository of a folder', () => {
  const folder = useTempFolder();
  const git = (where: string, ...args: string[]): void =>
    void execFileSync('git', ['-C', where, ...args], { stdio: 'pipe' });
  const make = async (path: string): Promise<string> => {
    const root = join(folder.path, path);
    await mkdir(root, { recursive: true });
    git(root, 'init', '-q');
    return root;
  };
  const pushedTo = async (where: string): Promise<string | undefined> =>
    (await findWorktree(where))?.remoteUrl;

  it('is found in a parent folder with the URL of origin', async () => {
    const root = await make('repo');
    git(root, 'remote', 'add', 'fork', 'a:b/c');
    git(root, 'remote', 'add', 'origin', 'git@github.com:acme/app.git');
    const tyre = join(root, 'apps/tyre');
    await mkdir(tyre, { recursive: true });
    const remoteUrl = 'git@github.com:acme/app.git';
    assert.deepEqual(await findWorktree(tyre), { root, directory: 'apps/tyre', remoteUrl });
    assert.deepEqual(await findWorktree(root), { root, directory: '', remoteUrl });
  });

  it('keeps the path by which the folder was opened, through links too', async () => {
    const root = await make('repo');
    await mkdir(join(root, 'apps/tyre'), { recursive: true });
    const alias = join(folder.path, 'alias');
    await symlink(root, alias);
    const through = await findWorktree(join(alias, 'apps/tyre'));
    assert.deepEqual(through, { root: alias, directory: 'apps/tyre' });
    const tyre = join(folder.path, 'tyre');
    await symlink(join(root, 'apps/tyre'), tyre);
    assert.deepEqual(await findWorktree(tyre), { root, directory: 'apps/tyre' });
  });

  const SETTINGS: [title: string, config: string, remoteUrl: string | undefined][] = [
    ['no remote', '', undefined],
    ['a remote other than origin', '[remote "up"]\nurl = a:b/c', 'a:b/c'],
    ['a comment after the URL', '[remote "origin"]\nurl = a:b/c ; mine\n', 'a:b/c'],
    ['a comment without a space', '[remote "origin"]\nurl = a:b/c#mine\n', 'a:b/c'],
    ['a commented URL', '[remote "origin"]\n# url = a:b/c\nurl = a:b/d\n', 'a:b/d'],
    ['a section on one line', '[remote "origin"] url = a:b/c\n', 'a:b/c'],
    ['any case', '[Remote "origin"]\nURL = a:b/c\n', 'a:b/c'],
    ['another case of the name', '[remote "Origin"]\nurl = a:b/c\n', 'a:b/c'],
    ['quotes', '[remote "origin"]\nurl = "a:b/c"\n', 'a:b/c'],
    ['a line continuation', '[remote "origin"]\nurl = a:b\\\n/c\n', 'a:b/c'],
    ['the older form of a section', '[remote.origin]\nurl = a:b/c\n', 'a:b/c'],
    ['a push URL', '[remote "origin"]\nurl = a:b/c\npushurl = d:e/f\n', 'd:e/f'],
    [
      'an insteadOf prefix',
      '[url "git@github.com:"]\ninsteadOf = gh:\n[remote "origin"]\nurl = gh:b/c\n',
      'git@github.com:b/c',
    ],
    [
      'a pushInsteadOf prefix',
      '[url "d:"]\npushInsteadOf = https://a/\n[remote "origin"]\nurl = https://a/b/c\n',
      'd:b/c',
    ],
    ['an included file', '[include]\npath = more\n', 'in:cluded/app'],
  ];
  for (const [title, config, remoteUrl] of SETTINGS) {
    it(`is read as git reads ${title}`, async () => {
      const root = await make('repo');
      await appendFile(join(root, '.git/config'), config);
      await writeFile(join(root, '.git/more'), '[remote "origin"]\nurl = in:cluded/app\n');
      assert.equal(await pushedTo(root), remoteUrl);
    });
  }

  it('is found from a linked worktree and from a submodule', async () => {
    const main = await make('main');
    git(main, 'remote', 'add', 'origin', 'a:acme/main');
    const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b'];
    git(main, ...identity, 'commit', '-q', '--allow-empty', '-m', 'First');
    const second = join(folder.path, 'second');
    git(main, 'worktree', 'add', '-q', second);
    const expected = { root: second, directory: '', remoteUrl: 'a:acme/main' };
    assert.deepEqual(await findWorktree(second), expected);
    git(main, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', second, 'sub');
    const sub = join(main, 'sub');
    git(sub, 'remote', 'set-url', 'origin', 'a:acme/sub');
    assert.deepEqual(await findWorktree(sub), {
      root: sub,
      directory: '',
      remoteUrl: 'a:acme/sub',
    });
  });

  it('belongs to the folder even if the environment names another repository', async () => {
    const [mine, other] = [await make('mine'), await make('other')];
    git(mine, 'remote', 'add', 'origin', 'a:acme/mine');
    git(other, 'remote', 'add', 'origin', 'a:acme/other');
    process.env['GIT_DIR'] = join(other, '.git');
    process.env['GIT_WORK_TREE'] = other;
    try {
      assert.equal(await pushedTo(mine), 'a:acme/mine');
    } finally {
      delete process.env['GIT_DIR'];
      delete process.env['GIT_WORK_TREE'];
    }
  });

  it('is undefined outside every repository and without git', async () => {
    const outside = join(folder.path, 'outside');
    await mkdir(outside);
    assert.equal(await findWorktree(outside), undefined);
    assert.equal(await findWorktree(join(folder.path, 'missing')), undefined);
    const root = await make('repo');
    assert.equal(await findWorktree(root, join(folder.path, 'no-git')), undefined);
  });
});
