import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { findAgentSocket } from '../../../../src/core/ssh/agent/agentSocket';
import { findIdentityAgent } from '../../../../src/core/ssh/agent/sshConfig';
import { useTempFolder } from '../../../support/temp-folder';

const PIPE = '\\\\.\\pipe\\openssh-ssh-agent';

describe('SSH agent socket', () => {
  const temp = useTempFolder();
  let home: string | undefined;
  let server: Server;
  let alive: string;

  beforeEach(async () => {
    home = process.env['HOME'];
    process.env['HOME'] = temp.path;
    await mkdir(join(temp.path, '.ssh'));
    alive = join(temp.path, 'alive');
    server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(alive, resolve));
  });
  afterEach(async () => {
    if (home === undefined) Reflect.deleteProperty(process.env, 'HOME');
    else process.env['HOME'] = home;
    await new Promise((resolve) => server.close(resolve));
  });

  const configure = (text: string): Promise<void> =>
    writeFile(join(temp.path, '.ssh', 'config'), text);

  it('prefers the setting to every other source', async () => {
    await configure('IdentityAgent /from/config');
    const env = { SSH_AUTH_SOCK: alive };
    assert.equal(await findAgentSocket('/my/agent', { env }), '/my/agent');
    assert.equal(await findAgentSocket(' ~/.agent ', { env }), join(temp.path, '.agent'));
  });

  it('uses SSH_AUTH_SOCK when an agent listens there', async () => {
    await configure('IdentityAgent /from/config');
    const env = { SSH_AUTH_SOCK: alive };
    for (const platform of ['linux', 'darwin'] as const) {
      assert.equal(await findAgentSocket(' ', { env, platform }), alive);
    }
  });

  it('uses ~/.ssh/config when SSH_AUTH_SOCK is unset, empty, missing or dead', async () => {
    await configure('Host *\n  IdentityAgent "~/Library/Group Containers/1p/agent.sock"\n');
    const wanted = `${temp.path}/Library/Group Containers/1p/agent.sock`;
    const dead = join(temp.path, 'dead');
    await writeFile(dead, '');
    for (const value of [undefined, '', '/no/such/socket', dead]) {
      const env = value === undefined ? {} : { SSH_AUTH_SOCK: value };
      assert.equal(await findAgentSocket(undefined, { env }), wanted, String(value));
    }
  });

  it('falls back to the dead SSH_AUTH_SOCK', async () => {
    const env = { SSH_AUTH_SOCK: '/no/such/socket' };
    assert.equal(await findAgentSocket(undefined, { env, platform: 'linux' }), '/no/such/socket');
    assert.equal(await findAgentSocket(undefined, { env: {}, platform: 'linux' }), undefined);
  });

  describe('on Windows', () => {
    const find = (pipes: string[], env: NodeJS.ProcessEnv = {}, configured?: string) =>
      findAgentSocket(configured, {
        ...{ env, platform: 'win32', user: 'me' },
        listPipes: () => Promise.resolve(pipes),
      });

    it('ignores the Unix socket that Git Bash puts into SSH_AUTH_SOCK', async () => {
      assert.equal(await find([], { SSH_AUTH_SOCK: alive }), PIPE);
    });

    it('uses the pipe of the built-in agent, or else of Pageant', async () => {
      const pageant = 'pageant.me.0123abcd';
      assert.equal(await find(['other', 'openssh-ssh-agent', pageant]), PIPE);
      assert.equal(await find(['pageant.you.9', pageant]), `\\\\.\\pipe\\${pageant}`);
      assert.equal(await find(['pageant.you.9']), PIPE);
    });

    it('uses the pipe of the built-in agent when the pipes cannot be listed', async () => {
      const listPipes = () => Promise.reject(new Error('EPERM'));
      const found = findAgentSocket('', { env: {}, platform: 'win32', listPipes });
      assert.equal(await found, PIPE);
    });

    it('expands variables in the setting', async () => {
      const env = { LOCALAPPDATA: 'C:\\Users\\me\\AppData\\Local' };
      const path = 'C:\\Users\\me\\AppData\\Local\\agent.sock';
      assert.equal(await find([], env, '%LOCALAPPDATA%\\agent.sock'), path);
      assert.equal(await find([], env, '%UNSET%\\agent'), '%UNSET%\\agent');
    });
  });
});

describe('IdentityAgent in the SSH configuration', () => {
  const options = {
    env: { MY_SOCK: '/my/sock' },
    platform: 'linux',
    home: '/h',
    user: 'me',
  } as const;

  it('reads the first one at the top level, in Host * or in Match all', () => {
    for (const [text, wanted] of [
      ['IdentityAgent /a', '/a'],
      ['# IdentityAgent /no\n\tidentityagent = "/a b" # why\nIdentityAgent /b', '/a b'],
      ['IdentityAgent=/a\r\n', '/a'],
      ['Host example.com\n IdentityAgent /no\nHost *\n IdentityAgent /a', '/a'],
      ['Host one * two\nIdentityAgent /a', '/a'],
      ['Host * !bastion\nIdentityAgent /no', undefined],
      ['Host *.example.com\nIdentityAgent /no', undefined],
      ['Match host x\nIdentityAgent /no\nMatch all\nIdentityAgent /a', '/a'],
      ['Match all host x\nIdentityAgent /no', undefined],
      ['Port 22\nIdentityFile /x', undefined],
      ['', undefined],
    ] as const) {
      assert.equal(findIdentityAgent(text, options), wanted, text);
    }
  });

  it('expands the value as ssh does', () => {
    for (const [value, wanted] of [
      ['~/a', '/h/a'],
      ['%d/.agent', '/h/.agent'],
      ['/run/%u/100%%', '/run/me/100%'],
      ['$MY_SOCK', '/my/sock'],
      ['${MY_SOCK}.1', '/my/sock.1'],
      ['$UNSET', undefined],
      ['${UNSET}/a', undefined],
      ['/run/%h', undefined],
      ['none', undefined],
      ['SSH_AUTH_SOCK', undefined],
      ['"a\\"b"', 'a"b'],
      ['/with\\ blank', '/with blank'],
      ["'/quoted here'", '/quoted here'],
    ] as const) {
      assert.equal(findIdentityAgent(`IdentityAgent ${value}`, options), wanted, value);
    }
    const windows = { ...options, platform: 'win32' } as const;
    assert.equal(findIdentityAgent(`IdentityAgent ${PIPE}`, windows), PIPE);
  });
});
