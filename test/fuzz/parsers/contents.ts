import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { checkContent } from '../../../src/core/publish/checks/baseline/checkContent';
import { listScripts } from '../../../src/core/publish/checks/baseline/html';
import { BaselineCache } from '../../../src/core/publish/checks/baseline/baselineCache';
import { declaredVersions } from '../../../src/core/publish/checks/appVersion';
import { readPicture } from '../../../src/core/publish/checks/readPicture';
import {
  SecretScanner,
  type SecretFinding,
} from '../../../src/core/publish/checks/secrets/secretScanner';
import { TAR_END, tarHeader, tarPadding } from '../../../src/core/publish/bundle/tar';
import { signJwt } from '../../backend/jwt';
import { png } from '../../support/png';
import { plain, type Parser, type Seed } from '../parser';

const PICTURES = join(__dirname, '../../fixtures/mini-apps/trip-log/app/pictures');
const MAX_PICTURE_BYTES = 100_000;

export const picture: Parser = {
  name: 'picture',
  seeds: () => [
    plain(png(256, 256)),
    plain(readFileSync(join(PICTURES, 'recording.jpg')).subarray(0, 2_000)),
    plain(readFileSync(join(PICTURES, 'cover.webp')).subarray(0, 200)),
    plain(Buffer.concat([Buffer.from('RIFF\x10\0\0\0WEBPVP8X'), Buffer.alloc(40, 1)])),
  ],
  words: [
    ...[
      'IHDR',
      'CgBI',
      'RIFF',
      'WEBP',
      'VP8 ',
      'VP8L',
      'VP8X',
      'Exif\0\0',
      'MM\0*',
      'II*\0',
      'JFIF',
    ],
    ...['ffd8', 'ffc0', 'ffe1', 'ffda', '89504e470d0a1a0a'].map((hex) => Buffer.from(hex, 'hex')),
  ],
  check: async (input, folder) => {
    const path = join(folder, 'picture');
    await writeFile(path, input);
    const found = await readPicture(path, MAX_PICTURE_BYTES);
    if (found === undefined) return 'refused';
    assert.ok(found.width >= 1 && found.height >= 1 && Number.isFinite(found.width * found.height));
    return 'accepted';
  },
};

const PAGE = `<!doctype html><html><head><title>a <script></title><!-- <script> -->
<style>a{}</style><script type="text/javascript" src=a.js></script><SCRIPT
type='module'>import './b.js'</SCRIPT><script>const APP_VERSION = '1.0.0'; [].at(-1)</script>
</head><textarea><script></textarea><template><b onclick="a(&quot;b&quot;)"></b></template>
<svg onload='structuredClone(a)'><script><![CDATA[a]]></script></svg><noscript><script></noscript></html>`;

const SCRIPTS = [
  'const a = [1].at(-1) ?? 0; class B { #c = a; d() { return `${this.#c}`; } } new B().d?.();',
  'for (const [a, b] of Object.entries({ x: /[a-z]+$/u })) { label: while (a) break label; }',
  "'use strict'; const a = [1].findLast((x) => x > 0); label: for (;;) { break label; }",
  'export class A { static { this.#b = structuredClone({}); } static #b; accessor = 1; }',
  'const { groupBy: g } = Object; g(a); $({ target: "Array", proto: true }, { findLast() {} }); top.structuredClone(b); try { new Set(c).union(d) } catch {} switch (typeof e) {}',
  'if (typeof structuredClone === "function") { structuredClone(/[\\p{L}--[a-z]]/v); } `${a}${`b`}`',
];

const NO_CACHE = BaselineCache.load(undefined);

async function assertFindings(content: Buffer, kind: 'page' | 'script' | 'style'): Promise<number> {
  const { findings } = await checkContent(content, kind, await NO_CACHE);
  for (const { range, message } of findings) {
    assert.ok(range.start.line >= 0 && range.end.line >= range.start.line, message);
  }
  return findings.length;
}

export const page: Parser = {
  name: 'inline scripts of a page',
  seeds: () => [plain(PAGE), plain('<script>let a</script>')],
  words: [
    ...[
      '<script',
      '<script>',
      '</script',
      '</script>',
      '<!--',
      '-->',
      '--!>',
      '<title>',
      '</title>',
    ],
    ...[
      '<textarea ',
      ' type=',
      'type="',
      "'",
      '=',
      '/',
      '>',
      ' src',
      'const ',
      'a ',
      '\f',
      '\u0130',
    ],
  ],
  check: async (input) => {
    const html = input.toString();
    const scripts = listScripts(html);
    let end = 0;
    for (const { start, codeStart, codeEnd } of scripts) {
      assert.ok(
        start >= end && codeStart > start && codeStart <= codeEnd && codeEnd <= html.length,
      );
      end = codeEnd;
    }
    await assertFindings(input, 'page');
    return scripts.length === 0 ? 'refused' : 'accepted';
  },
  maxBytes: 60_000,
};

const STYLE = `@charset "utf-8"; @layer a, b; a:has(> b)::after { height: 100dvh; &:hover { c: url(d) } }
@supports (display: grid) { @media (width > 1px) { .e\\:f[g=':has(h)'] { --i: { j: k }; /* l */ } } }`;

export const style: Parser = {
  name: 'style sheet',
  seeds: () => [plain(STYLE)],
  words: [
    '{',
    '}',
    ';',
    ':',
    '@layer ',
    ':has(',
    '/*',
    '*/',
    '"',
    "'",
    '\\',
    'url(',
    '1dvh',
    '&',
    '--a:',
  ],
  check: async (input) => {
    const count = await assertFindings(input, 'style');
    return count === 0 ? 'accepted' : 'refused';
  },
};

export const script: Parser = {
  name: 'script',
  seeds: () => SCRIPTS.map(plain),
  words: [
    ...[
      'import.meta',
      'await ',
      'export ',
      '=>',
      '(',
      ')',
      '{',
      '}',
      '[',
      '`${',
      '/',
      '\\u{',
      '#a',
      '?.',
    ],
    ...[
      'structuredClone(',
      '.findLast(',
      'Object.groupBy',
      'a?',
      'async ',
      '<!--',
      '//',
      '\u2028',
      '1n',
      '@',
    ],
  ],
  check: async (input) => ((await assertFindings(input, 'script')) === 0 ? 'accepted' : 'refused'),
  maxBytes: 60_000,
};

export const pageVersion: Parser = {
  name: 'APP_VERSION of a page',
  seeds: () => [plain(PAGE), plain('const APP_VERSION="2"')],
  words: ['const ', 'const', 'APP_VERSION', ' = ', "'", '"', '\u2028'],
  check: async (input, folder) => {
    const appRoot = join(folder, 'pages');
    await mkdir(appRoot, { recursive: true });
    await writeFile(join(appRoot, 'index.html'), input);
    const distDir = join(folder, 'dist');
    const found = await declaredVersions({ folder, appRoot, distDir }, () => true);
    assert.ok(found.every(({ version }) => !/[\r\n]/u.test(version)));
    return found.length === 0 ? 'refused' : 'accepted';
  },
};

function scan(name: string, content: Buffer, pieces: number): SecretFinding[] {
  const scanner = new SecretScanner();
  scanner.begin({ name });
  const size = Math.max(1, Math.ceil(content.length / pieces));
  for (let at = 0; at < content.length; at += size) scanner.add(content.subarray(at, at + size));
  return scanner.end();
}

function secretSeeds(): Seed[] {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const sealed = pem.replace(
    '-----\n',
    '-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n',
  );
  const token = signJwt({ sub: 'd', iat: 1, exp: 900, jti: 'x', scope: 'account' }, 'pepper');
  return [
    pem,
    sealed,
    JSON.stringify({ pem, token }),
    `token = "${token}"`,
    '//r/:_authToken=npm_x\n',
    JSON.stringify(privateKey.export({ format: 'jwk' })),
    Buffer.from(pem).toString('base64'),
    `${['AKIA', 'ABCDEFGH2345IJKL'].join('')} ghp_${'a1B2c3D4'.repeat(5)} sk-proj-${'a1B2c3D4'.repeat(5)}`,
  ].map(plain);
}

export const secretScan: Parser = {
  name: 'secrets in a file',
  seeds: secretSeeds,
  words: [
    ...[
      '-----BEGIN ',
      'PRIVATE KEY-----',
      '-----BEGIN PRIVATE KEY-----',
      'Proc-Type: ',
      'DEK-Info: ',
      '\\n',
    ],
    ...['eyJ', 'eyJhbGciOiJIUzI1NiJ9.', '.', '_authToken=', '_auth', '=', '"', '+', ' ', '\u2028'],
    ...['PuTTY-User-Key-File-2:', '${', 'kty', 'LS0tLS1CRUdJTi', '\\u000a', '# ', 'i99k_', 'xoxb-'],
    ...['---- BEGIN SSH2 PRIVATE KEY ----', 'Comment: ', '\ufeff', 'hooks.slack.com/services/'],
  ],
  check: (input) => {
    const lines = input.toString().split(/\r\n|\r|\n/u).length;
    let count = 0;
    for (const name of ['app.js', '.npmrc']) {
      const findings = scan(name, input, 1);
      count += findings.length;
      assert.ok(findings.every(({ range }) => range === undefined || range.end.line < lines));
      assert.deepEqual(scan(name, input, 7), findings, 'the pieces that a file comes in count');
    }
    return count === 0 ? 'refused' : 'accepted';
  },
};

interface Entry {
  name: string;
  content: Buffer;
}

/** The paths of a folder from any text: one path for each line, with some content. */
function entriesOf(input: Buffer): Entry[] {
  const lines = input.toString().split('\n').slice(0, 50);
  return lines.flatMap((line, index) => {
    const isFolder = line.endsWith('/');
    const parts = line
      .replaceAll('\0', '')
      .split('/')
      .filter((part) => !['', '.', '..'].includes(part));
    const name = parts.join('/') + (isFolder ? '/' : '');
    const content = Buffer.alloc(isFolder ? 0 : (line.length * 7 + index) % 2_000, 'x');
    return parts.length === 0 ? [] : [{ name, content }];
  });
}

async function untar(archive: Buffer): Promise<Entry[]> {
  const reader = extract();
  reader.end(archive);
  const entries: Entry[] = [];
  for await (const entry of reader) {
    entries.push({ name: entry.header.name, content: await buffer(entry) });
  }
  return entries;
}

export const tar: Parser = {
  name: 'tar archive',
  seeds: () =>
    [
      'index.html\nassets/a.js\nempty/\n\u00e4.js',
      `${'n'.repeat(100)}\n${'f'.repeat(155)}/${'n'.repeat(100)}\n${'ab/'.repeat(60)}c`,
      `${'\u00e4'.repeat(49)}\n${'n'.repeat(101)}/`,
    ].map(plain),
  words: ['/', '\n', '\u00e4', '\ud83d\ude00', ' ', '=', '\r', 'PaxHeader', 'a'.repeat(100)],
  check: async (input) => {
    const entries = entriesOf(input);
    const blocks = entries.flatMap(({ name, content }) => [
      tarHeader(name, content.length),
      content,
      Buffer.alloc(tarPadding(content.length)),
    ]);
    const found = await untar(Buffer.concat([...blocks, TAR_END]));
    assert.deepEqual(found, entries);
    return entries.length === 0 ? 'refused' : 'accepted';
  },
  maxBytes: 20_000,
};
