import assert from 'node:assert/strict';
import { closeSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseBackendUrl } from '../../../src/core/api/backendUrl';
import { parseRemoteUrl } from '../../../src/core/ci/gitRemote';
import { openAppFile } from '../../../src/core/preview/appFiles';
import { PrintedAddress } from '../../../src/core/preview/printedAddress';
import { canonicalOrigin } from '../../../src/core/publish/project/origin';
import { isRuleId } from '../../../src/core/publish/rules/rules';
import {
  compareVersions,
  isSemver,
  nextMinor,
  nextPatch,
} from '../../../src/core/publish/project/semver';
import { writeFiles } from '../../support/project';
import { plain, type Parser } from '../parser';
import { orRefuse } from '../promises';

const PASSWORD = 'hunter2-marker';
const SLASHES = [
  '/',
  '//',
  ':',
  '@',
  '..',
  '?',
  '#',
  '[::1]',
  '127.0.0.1',
  'localhost',
  '%2f',
  ':443',
];

export const backendUrl: Parser = {
  name: 'backend URL',
  seeds: () =>
    [
      ...['https://api.i99dash.app', 'http://127.0.0.1:8080/base/', 'https://[::1]:1/'],
      ...[`https://me:${PASSWORD}@api.example.com/`, `https://api.example.com/?key=${PASSWORD}`],
    ].map(plain),
  words: [...SLASHES, 'http://', 'https:', 'file:///', 'xn--', '\u3002', '\uff0e'],
  check: (input) => {
    const text = input.toString();
    return orRefuse(
      ['BACKEND_REFUSED'],
      () => {
        const url = parseBackendUrl(text);
        assert.equal(parseBackendUrl(url), url);
        const { protocol, hostname, username, password } = new URL(`${url}/api/v1/dev/me`);
        const isLocal = /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/u.test(hostname);
        assert.ok(protocol === 'https:' || (protocol === 'http:' && isLocal), url);
        assert.equal(username + password, '');
      },
      // The message names some host.
      isHost(text) ? [] : [PASSWORD],
    );
  },
  runs: 200,
};

function isHost(text: string): boolean {
  return URL.canParse(text) && `${new URL(text).protocol}${new URL(text).host}`.includes(PASSWORD);
}

export const origin: Parser = {
  name: 'origin',
  seeds: () =>
    ['https://example.com', ' HTTPS://a.b-c.example:8443/ ', 'https://1.2.3.4'].map(plain),
  words: [...SLASHES, '*.', '.', '0x7f', 'https://', '-', '\u0130', '\u212a'],
  check: (input) => {
    const result = canonicalOrigin(input.toString());
    if ('rule' in result) {
      assert.ok(isRuleId(result.rule) && result.reason !== '');
      return 'refused';
    }
    assert.deepEqual(canonicalOrigin(result.origin), result);
    assert.equal(new URL(result.origin).origin, result.origin, 'as a browser sees it');
    return 'accepted';
  },
  runs: 200,
};

const REMOTES = [
  ...['git@github.com:me/app.git', 'https://me:pass@gitlab.example.com:8443/group/sub/app.git/'],
  ...['ssh://git@ssh.github.com:443/me/app', 'work-github:me/app', 'git://host/a/b'],
];

export const gitRemote: Parser = {
  name: 'git remote',
  seeds: () => REMOTES.map(plain),
  words: [...SLASHES, '.git', 'github', 'ssh://', '-', '--upload-pack='],
  check: (input) => {
    const repository = parseRemoteUrl(input.toString());
    if (repository === undefined) return 'refused';
    const { host, path } = repository;
    for (const part of [host, ...path.split('/')]) {
      assert.match(part, /^[\w.][\w.-]*$/u);
      assert.ok(part !== '.' && part !== '..', path);
    }
    return 'accepted';
  },
  runs: 200,
};

export const printedAddress: Parser = {
  name: 'printed address',
  seeds: () =>
    [
      'ready (http://127.0.0.1:3000/).\n',
      '\u001B[32m➜\u001B[0m http://localhost:\u001B[1m5173\u001B[22m/ https://i99dash.app\n',
      'http://[::1]:8080/app?x=1 http://localhost:80@evil.example/\n',
    ].map(plain),
  words: [...SLASHES, 'http://', 'https://', '\n', ' ', '\u001B[1m', '0.0.0.0'],
  check: (input) => {
    const output = new PrintedAddress();
    const found = output.add(input.toString()) ?? output.finish();
    if (found === undefined) return 'refused';
    const { protocol, hostname, username, password } = new URL(found);
    assert.match(protocol, /^https?:$/u);
    assert.match(hostname, /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|\[::ffff:7f.*\])$/u);
    assert.equal(username + password, '');
    return 'accepted';
  },
  runs: 200,
};

const SERVED = 'served.js';
const KEPT = ['.env', 'debug.log', '../secret.txt', '../../outside.txt'];

export const previewPath: Parser = {
  name: 'path of a preview',
  seeds: () => [`/a/${SERVED}`, `/a/%73erved.js?x#y`, ...KEPT.map((name) => `/${name}`)].map(plain),
  words: [...SLASHES, '%2e', '%00', '\\', 'src', 'a/', SERVED, ...KEPT],
  check: async (input, folder) => {
    const files = { root: join(folder, 'app/src'), folder: join(folder, 'app') };
    if (!existsSync(files.root)) {
      const texts = Object.fromEntries(KEPT.map((name) => [join('app/src', name), 'kept']));
      await writeFiles(folder, { ...texts, [`app/src/a/${SERVED}`]: SERVED });
    }
    const opened = await openAppFile(files, input.toString('latin1'));
    if (opened === undefined) return 'refused';
    const { descriptor } = opened;
    try {
      assert.equal(readFileSync(descriptor, 'utf8'), SERVED);
    } finally {
      closeSync(descriptor);
    }
    return 'accepted';
  },
  runs: 200,
};

export const version: Parser = {
  name: 'version',
  seeds: () => ['1.4.2', '0.0.0-beta.1+build.7', '1.0.0--'].map(plain),
  words: ['.', '-', '+', '0', '9', 'alpha', '00'],
  check: (input) => {
    const text = input.toString();
    const next = [nextPatch(text), nextMinor(text)];
    assert.ok(next.every((each) => (each !== undefined) === isSemver(text)));
    assert.ok(next.every((each) => each === undefined || each.length > 300 || isSemver(each)));
    assert.equal(compareVersions(text, text), isSemver(text) ? 0 : undefined);
    return isSemver(text) ? 'accepted' : 'refused';
  },
  runs: 200,
};
