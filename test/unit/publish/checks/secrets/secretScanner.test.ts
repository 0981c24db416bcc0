import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CancelledError } from '../../../../../src/core/errors';
import {
  inspectContents,
  toProblems,
} from '../../../../../src/core/publish/packing/inspectContents';
import { SCANNED_BYTES } from '../../../../../src/core/publish/checks/secrets/secretScanner';
import { collectFiles, type BundleFile } from '../../../../../src/core/publish/bundle/files';
import { signJwt } from '../../../../backend/jwt';
import { measureCpu } from '../../../../support/cpu-time';
import { marked } from '../../../../support/marked-text';
import { MANIFEST, writeFiles } from '../../../../support/project';
import { useTempFolder } from '../../../../support/temp-folder';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: object, header: object = { alg: 'HS256', typ: 'JWT' }) =>
  `${encode(header)}.${encode(claims)}.${Buffer.alloc(32, 7).toString('base64url')}`;

const NOW = 1_790_000_000;
const TOKEN = signJwt(
  { sub: 'dev', iat: NOW, exp: NOW + 900, jti: 'x', scope: 'account' },
  'pepper',
);
const ED25519 = generateKeyPairSync('ed25519').privateKey;
const PKCS8 = ED25519.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
const RSA = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
const PKCS1 = RSA.export({ type: 'pkcs1', format: 'pem' }).toString().trim();
const ENCRYPTED = RSA.export({
  type: 'pkcs1',
  format: 'pem',
  cipher: 'aes-128-cbc',
  passphrase: 'x',
});
const BODY = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz';
const OPENSSH = `-----BEGIN OPENSSH PRIVATE KEY-----\n${BODY}\n${BODY}\n-----END OPENSSH PRIVATE KEY-----`;

async function checkSecrets(files: readonly BundleFile[], signal?: AbortSignal) {
  const inspection = await inspectContents(files, { signal });
  return toProblems(
    inspection,
    { manifest: { ...MANIFEST, category: 'vehicle', safeWhileDriving: false, privileged: false } },
    files,
  ).filter(({ rule }) => rule.startsWith('secret.'));
}

/** Marks the marker of a PEM key. */
const at = (pem: string) => pem.replace(/-----BEGIN.*?KEY-----/u, '«$&»');

describe('secrets among the packed files', () => {
  const temp = useTempFolder();

  async function check(files: Record<string, string | Uint8Array>, signal?: AbortSignal) {
    await rm(join(temp.path, 'dist'), { recursive: true, force: true });
    await writeFiles(join(temp.path, 'dist'), files);
    const collected = await collectFiles(join(temp.path, 'dist'), temp.path);
    return checkSecrets(collected.files, signal);
  }

  const NAMES: [rule: string | undefined, names: string[]][] = [
    [
      'secret.env-file',
      [
        ...['.env', '.env.local', 'config/.env.production', 'a/.ENV', '.env.example.bak', '.envrc'],
        ...['a.env', 'config/prod.env', '.env.example.local'],
      ],
    ],
    [
      undefined,
      [
        ...['.env.example', '.env.sample', '.env.template', '.env.local.example', '.env.dist'],
        ...['.env.defaults', '.env.schema', '.env.d.ts', '.environment', '.env/x', 'example.env'],
      ],
    ],
    [
      'secret.key-file',
      [
        ...['id_rsa', 'id_ed25519', '.ssh/id_ecdsa_sk', 'id_rsa.bak', 'id_ed25519_x.pem'],
        ...['a.p12', 'A.PFX', 'keys/release.jks', 'car.ppk'],
      ],
    ],
    [
      undefined,
      [
        ...[
          'id_rsa.pub',
          'id_ed25519.pub',
          'id_card.js',
          'id_map.json',
          'grid_rsa',
          'id_',
          'x.p12.js',
        ],
        ...['id_card.svg', 'id_x/y', 'id_token', 'id_map', 'id_work', 'id_rsax/y'],
      ],
    ],
    [
      'secret.credentials-file',
      [
        ...['.git-credentials', '.netrc', '_netrc', 'a/.yarnrc.yml', '.pypirc', '.aws/credentials'],
        'home/.docker/config.json',
      ],
    ],
    [undefined, ['netrc.js', 'credentials', 'docker/config.json', 'config.json', 'x.yarnrc.yml']],
  ];
  for (const [rule, names] of NAMES) {
    it(`are reported by file name as ${rule ?? 'no rule'}: ${names.join(', ')}`, async () => {
      const problems = await check(Object.fromEntries(names.map((name) => [name, 'x'])));
      assert.deepEqual(
        problems.map(({ severity, rule, file }) => [severity, rule, file]).sort(),
        (rule === undefined ? [] : names)
          .map((name) => ['error', rule, join(temp.path, 'dist', name)])
          .sort(),
      );
    });
  }

  it('are reported by the names of link targets too', async () => {
    await writeFiles(temp.path, { 'dist/app.js': 'a()', '.env': 'A=1', 'keys/id_rsa': 'x' });
    await symlink('../.env', join(temp.path, 'dist', 'settings.txt'));
    await symlink('../keys/id_rsa', join(temp.path, 'dist', 'logo.svg'));
    const { files } = await collectFiles(join(temp.path, 'dist'), temp.path);
    assert.deepEqual(
      (await checkSecrets(files)).map(({ file, rule }) => [basename(file), rule]),
      [
        ['logo.svg', 'secret.key-file'],
        ['settings.txt', 'secret.env-file'],
      ],
    );
  });

  /** `«»` marks the reported range. */
  const TEXTS: Record<string, [name: string, rule: string, text: string][]> = {
    'a private key': [
      ['key.pem', 'secret.private-key', at(PKCS8)],
      ['key.txt', 'secret.private-key', `# ours\r\n\r\n  ${at(PKCS1.replaceAll('\n', '\r\n'))}`],
      ['key', 'secret.private-key', at(ENCRYPTED.toString())],
      ['openssh.md', 'secret.private-key', `\uFEFF${at(OPENSSH)}`],
      ['two.pem', 'secret.private-key', `${at(PKCS8)}\n${at(OPENSSH)}\n`],
      ['key.json', 'secret.private-key', `{"private_key": "${at(PKCS8.replaceAll('\n', '\\n'))}"}`],
      [
        'key.js',
        'secret.private-key',
        `const key =\n  '${at(PKCS8.split('\n').join("\\n' +\n  '"))}';`,
      ],
      [
        'putty.txt',
        'secret.private-key',
        '«PuTTY-User-Key-File-3:» ssh-ed25519\nEncryption: none\n',
      ],
    ],
    'a registry credential': [
      ['.npmrc', 'secret.npm-token', 'x=1\n«//npm.example.com/:_authToken=abc»\n'],
      ['a/.npmrc', 'secret.npm-token', '«_auth = "YTpi"»\r\n  «//x.com/:_password=cGFzcw==»'],
    ],
    'an access token': [
      ['app.js', 'secret.access-token', `fetch(url, { headers: { a: 'Bearer «${TOKEN}»' } });`],
      ['token.txt', 'secret.access-token', `«${TOKEN}»`],
      ['a.html', 'secret.access-token', `😀\n<i a="«${TOKEN}»"> «${jwt({ exp: NOW })}»`],
    ],
  };
  for (const [what, cases] of Object.entries(TEXTS)) {
    for (const [name, rule, source] of cases) {
      it(`are reported with their range: ${what} in ${name}`, async () => {
        const { text, ranges } = marked(source);
        const mark = text.startsWith('\uFEFF');
        const problems = await check({ [name]: text });
        assert.deepEqual(
          problems.map((problem) => [problem.severity, problem.rule, problem.file, problem.range]),
          ranges.map(({ start, end }) => [
            'error',
            rule,
            join(temp.path, 'dist', name),
            {
              start: { ...start, character: start.character - (mark ? 1 : 0) },
              end: { ...end, character: end.character - (mark ? 1 : 0) },
            },
          ]),
        );
        for (const { message } of problems) {
          assert.ok(message.startsWith(`"${name}" holds `), message);
          assert.doesNotMatch(message, /eyJ|MII|b3Bl|abc|YTpi/u);
        }
      });
    }
  }

  it('do not include lookalikes', async () => {
    const problems = await check({
      'sshpk.js': `if (line === '-----BEGIN OPENSSH PRIVATE KEY-----') { return '-----END OPENSSH PRIVATE KEY-----'; }`,
      'docs.md': '-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----\n',
      'public.pem': `-----BEGIN PUBLIC KEY-----\n${BODY}\n-----END PUBLIC KEY-----`,
      'cert.pem': `-----BEGIN CERTIFICATE-----\n${BODY}\n-----END CERTIFICATE-----`,
      'putty.md': 'A key begins with PuTTY-User-Key-File-3: and more.',
      '.npmrc':
        'registry=https://npm.example.com/\n//npm.example.com/:_authToken=${NPM_TOKEN}\n# _auth=x\n;_auth=x\nalways-auth=true\n',
      'npmrc.txt': '_authToken=abc',
      'unsigned.js': jwt({ exp: NOW }, { alg: 'none' }),
      'no-alg.js': jwt({ exp: NOW }, { typ: 'JWT' }),
      'no-json.js': `eyJhbGciOiJIUzI1NiJ9.eyJ${'x'.repeat(60)}.${'y'.repeat(40)}`,
      'part.js': TOKEN.split('.').slice(0, 2).join('.'),
    });
    assert.deepEqual(problems, []);
  });

  it('are found in UTF-16 as Windows PowerShell writes it', async () => {
    const little = Buffer.from(
      `\uFEFF// ours\nconst key = "${TOKEN}";\n${'ä'.repeat(300_000)}`,
      'utf16le',
    );
    const big = Buffer.from(little).swap16();
    const found = await check({ 'little.js': little, 'big.js': big });
    assert.deepEqual(
      found.map(({ file, range }) => [file, range?.start]),
      ['big.js', 'little.js'].map((name) => [
        join(temp.path, 'dist', name),
        { line: 1, character: 'const key = "'.length },
      ]),
    );
  });

  it('are not searched for in binary files', async () => {
    const binary = (text: string) => Buffer.concat([Buffer.from([1, 0, 2]), Buffer.from(text)]);
    assert.deepEqual(await check({ 'a.bin': binary(PKCS8), 'b.png': binary(TOKEN) }), []);
    const late = `${' '.repeat(9_000)}\u0000${PKCS8}`;
    assert.equal((await check({ 'c.txt': late })).length, 1, 'a zero far behind');
  });

  it('are found once at any position of a long file', async () => {
    const line = `${'const value = "é😀";'.repeat(10)}\n`;
    const before = 256 * 1024;
    for (const secret of [`«${TOKEN}»`, at(PKCS8)]) {
      for (const shift of [-1_000, -300, -TOKEN.length + 10, -40, -20, -1, 0, 1, 20]) {
        const filler = line.repeat(before / Buffer.byteLength(line) + 1);
        const head = Buffer.from(filler)
          .subarray(0, before + shift)
          .toString('utf8')
          .replace(/�+$/u, '');
        const { text, ranges } = marked(`${head} ${secret}\n${filler}\n`);
        const problems = await check({ 'app.js': text });
        assert.deepEqual(
          problems.map(({ range }) => range),
          ranges,
          `${shift}`,
        );
      }
    }
  });

  it('are found in one long line, up to the search limit', async () => {
    const filler = 'x="";'.repeat(SCANNED_BYTES / 5 - 200);
    const problems = await check({
      'inside.js': `${filler} ${TOKEN} ${filler}`,
      'beyond.js': `${filler}${' '.repeat(1_000)} ${TOKEN}`,
    });
    assert.deepEqual(
      problems.map(({ message, range }) => [message, range?.start]),
      [['"inside.js" holds an access token', { line: 0, character: filler.length + 1 }]],
    );
  });

  it('are found in time linear in the size', async () => {
    const size = 2 * 1024 * 1024;
    const files = Object.fromEntries(
      [
        'eyJ',
        'eyJ-',
        'eyJaaaaaaaa.',
        '-----BEGIN PRIVATE KEY-----',
        'A',
        '\n',
        '-----BEGIN ',
        '_auth',
      ].map((text, index) => [`${index}/.npmrc`, text.repeat(size / text.length)]),
    );
    const { cpuMs } = await measureCpu(() => check(files));
    assert.ok(cpuMs < 8_000, `${cpuMs} ms`);
  });

  it('are counted up to a limit', async () => {
    assert.equal((await check({ 'many.txt': `${TOKEN}\n`.repeat(1_000) })).length, 20);
  });

  it('are not searched for after a cancellation', async () => {
    await assert.rejects(check({ 'a.txt': 'x' }, AbortSignal.abort()), CancelledError);
  });
});
