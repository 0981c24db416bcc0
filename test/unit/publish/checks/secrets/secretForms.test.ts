import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { SecretScanner } from '../../../../../src/core/publish/checks/secrets/secretScanner';
import { marked } from '../../../../support/marked-text';

function scan(source: string, name = 'app.js') {
  const scanner = new SecretScanner();
  scanner.begin({ name });
  scanner.add(Buffer.from(source));
  return scanner.end();
}

/**
 * Random letters and digits. Tokens are assembled here so that other scanners do not report this
 * file.
 */
const random = (length: number): string =>
  'a1B2c3D4e5F6g7H8i9J0kLmNoPqRsTuVwXyZ'.repeat(Math.ceil(length / 36)).slice(0, length);
const upper = (length: number): string => 'ABC2DEF3GHI4JKL5'.repeat(2).slice(0, length);
const token = (prefix: string, length: number): string => `${prefix}${random(length)}`;
const jwt = (claims: object): string =>
  [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .concat(random(43))
    .join('.');

const DASHES = '-'.repeat(5);
const BEGIN = `${DASHES}BEGIN PRIVATE KEY${DASHES}`;
const { privateKey } = generateKeyPairSync('ed25519');
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const RSA_PEM = RSA.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
const jwk = (key: typeof privateKey): string => JSON.stringify(key.export({ format: 'jwk' }));
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const armour = (title: string, ...lines: string[]): string =>
  [`${DASHES}BEGIN ${title}${DASHES}`, ...lines, `${DASHES}END ${title}${DASHES}`].join('\n');
const BODY = randomBytes(48).toString('base64');
const IAT = 1_790_000_000;
const YEAR = 366 * 86_400;

/** `«»` marks the reported range. */
const TOKENS: Record<string, { rule: string; bad: string[]; good: string[] }> = {
  i99dash: {
    rule: 'secret.api-key',
    bad: [
      `key = "«${token('i99' + 'k_', 20)}»"`,
      `«${token('i99' + '_', 43)}»`,
      String.raw`"key:\n` + `«${token('i99' + 'k_', 32)}»"`,
      `?key%3D«${token('i99' + '_', 32)}»`,
    ],
    good: [
      token('i99' + 'k_', 19),
      `mini99_${random(32)}`,
      `i99k_${'x'.repeat(32)}`,
      'i99_your_own_api_key_goes_here',
    ],
  },
  GitHub: {
    rule: 'secret.service-token',
    bad: [
      ...['ghp', 'gho', 'ghu', 'ghs', 'ghr'].map((prefix) => `"«${token(`${prefix}_`, 36)}»"`),
      `«${token('github' + '_pat_', 22)}_${random(59)}»`,
    ],
    good: [
      token('ghp' + '_', 20),
      `high${token('p_', 36)}`,
      `ghp_${'x'.repeat(36)}`,
      'github_pat_',
    ],
  },
  GitLab: {
    rule: 'secret.service-token',
    bad: [`x: «${token('glpat' + '-', 20)}»`],
    good: [token('glpat' + '-', 10), `glpat-${'x'.repeat(20)}`],
  },
  npm: {
    rule: 'secret.service-token',
    bad: [`//registry/:_authToken=«${token('npm' + '_', 36)}»`],
    good: [
      'npm_config_user_agent',
      'npm_package_dependencies_typescript_eslint',
      token('npm' + '_', 40),
    ],
  },
  AWS: {
    rule: 'secret.service-token',
    bad: [
      `«AKIA${upper(16)}»`,
      `{ accessKeyId: '«ASIA${upper(16)}»', secretAccessKey: '«${random(40)}»' }`,
      `secret = "«${random(38)}+/»"\nid = "«AKIA${upper(16)}»"`,
    ],
    good: [
      `AKIAIOSFODNN7EXAMPLE`,
      `X-Amz-Credential=AKIA${upper(16)}%2F20261130%2Feu-west-1`,
      `AKIA${upper(20)}`,
      'sha1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709"',
    ],
  },
  Google: {
    rule: 'secret.service-token',
    bad: [`Bearer «${token('ya29' + '.', 60)}»`],
    good: ['a.ya29.test()', `ya29.${'x'.repeat(40)}`],
  },
  'Google Cloud': {
    rule: 'secret.google-api-key',
    bad: [`apiKey: "«${token('AI' + 'za', 35)}»"`],
    good: [token('AI' + 'za', 34), token('AI' + 'za', 36)],
  },
  OpenAI: {
    rule: 'secret.service-token',
    bad: [
      `"«${token('sk' + '-', 48)}»"`,
      `"«${token('sk' + '-proj-', 64)}»"`,
      `«${token('sk' + '-svcacct-', 60)}»`,
    ],
    good: [
      '.sk-fading-circle .sk-circle-fade-dot-animation-delay-2',
      `task-${random(40)}`,
      'sk-thisIsJustAnIdentifierWithoutAnyDigitInIt',
      'sk-proj-your-key',
    ],
  },
  Slack: {
    rule: 'secret.service-token',
    bad: [
      `«${'xox' + 'b'}-123456789012-${random(24)}»`,
      `«${'xox' + 'p'}-123456789012-123456789012-${random(24)}»`,
      `"https://«${'hooks.slack' + '.com'}/services/T${upper(8)}/B${upper(8)}/${random(24)}»"`,
    ],
    good: [
      'xoxb-token-goes-here-in-your-config',
      `https://hooks.slack.com/services/T00000000/B00000000/${'X'.repeat(24)}`,
      'https://hooks.slack.com/services/',
    ],
  },
  Stripe: {
    rule: 'secret.service-token',
    bad: [`'«${token('sk' + '_live_', 24)}»'`, `'«${token('rk' + '_live_', 99)}»'`],
    good: [token('pk' + '_live_', 24), token('sk' + '_live_', 10), `sk_live_${'x'.repeat(24)}`],
  },
  JWT: {
    rule: 'secret.access-token',
    bad: [
      `"«${jwt({ sub: 'a', iat: IAT })}»"`,
      `"«${jwt({ sub: 'a', iat: IAT, exp: IAT + 900 })}»"`,
      `"«${jwt({ sub: 'a', iat: IAT, exp: IAT + 10 * YEAR })}»"`,
      `"«${jwt({ sub: 'a', exp: 'soon' })}»"`,
      `"«${jwt({ iss: 'supabase', role: 'service_role', iat: IAT, exp: IAT + 10 * YEAR })}»"`,
    ],
    good: [`"${jwt({ iss: 'supabase', role: 'anon', iat: IAT, exp: IAT + 10 * YEAR })}"`],
  },
  JWK: {
    rule: 'secret.private-key',
    bad: [
      jwk(privateKey)
        .replace(/"d":"[^"]*"/u, '«$&»')
        .replace('«"', '"«'),
      `const key = ${jwk(RSA.privateKey)
        .replace(/"d":"[^"]*"/u, '«$&»')
        .replace('«"', '"«')};`,
      `{kty:'EC',crv:'P-256',x:'${random(43)}',«d:'${random(43)}'»}`,
      `[{"kty":"oct","alg":"HS256","«k":"${random(43)}"»}]`,
      JSON.stringify({ key: jwk(privateKey) }).replace(/d(\\+":\\+")[\w-]+\\+"/u, '«$&»'),
    ],
    good: [
      JSON.stringify(RSA.publicKey.export({ format: 'jwk' })),
      `{kty:"EC",d:"${'x'.repeat(43)}"}`,
      `switch (e.kty) { case 'EC': f(); } const a = { d: "${random(43)}" };`,
      `{d:"${random(43)}",other:{kty:"EC"}}`,
      'kty kty kty',
    ],
  },
};

/** Each text contains one private key. */
const KEYS: Record<string, string> = {
  'PEM in one line': PEM.replaceAll('\n', ''),
  'PEM in one line, with spaces': PEM.replaceAll('\n', ' '),
  'PEM in JSON': JSON.stringify({ private_key: RSA_PEM }),
  'PEM in JSON with \\u000a': `{"key":"${PEM.replaceAll('\n', String.raw`\u000a`)}"}`,
  'PEM in JSON with \\u000D\\u000A': `{"key":"${PEM.replaceAll('\n', String.raw`\u000D\u000A`)}"}`,
  'PEM in JSON in JSON': JSON.stringify(JSON.stringify({ key: RSA_PEM })),
  'PEM with \\ before line ends': `key="${PEM.replaceAll('\n', '\\\n')}"`,
  'PEM with \\n\\ before line ends': `key="${PEM.replaceAll('\n', '\\n\\\n')}"`,
  'PEM in a comment of a shell': PEM.replace(/^/gmu, '# '),
  'PEM in a comment of JavaScript': PEM.replace(/^/gmu, '// '),
  'PEM in a comment without a space': RSA_PEM.replace(/^/gmu, '//'),
  'PEM in a block comment': `/**\n${PEM.replace(/^/gmu, ' * ')}\n */`,
  'PEM in a quoted e-mail': PEM.replace(/^/gmu, '> > '),
  'PEM in a list of lines': JSON.stringify(PEM.split('\n'), undefined, 2),
  'PEM in concatenated texts': PEM.split('\n')
    .map((line) => `"${line}\\n"`)
    .join(' .\n'),
  'PEM in a URL': PEM.replaceAll('\n', '%0A'),
  'PEM in XML': PEM.replaceAll('\n', '&#10;'),
  'PEM in a page': PEM.replaceAll('\n', '<br/>'),
  'PEM with encryption': armour(
    'RSA PRIVATE KEY',
    'Proc-Type: 4,ENCRYPTED',
    'DEK-Info: AES-128-CBC,00',
    '',
    BODY,
  ),
  'PEM whose slashes JSON escapes': `"${BEGIN}\\n${'MII\\/'.repeat(12)}\\n`,
  'an OpenPGP block': armour(
    'PGP PRIVATE KEY BLOCK',
    'Version: GnuPG v2',
    'Comment: "of the car"',
    '',
    BODY,
  ),
  'an SSH2 block': [
    '---- BEGIN SSH2 ' + 'ENCRYPTED PRIVATE KEY ----',
    'Subject: me',
    'Comment: "rsa-key-20261130"',
    BODY,
  ].join('\n'),
  'base64 of PEM': base64(PEM),
  'base64 of PEM and a line end, in YAML': `client-key-data: ${base64(`${RSA_PEM}\n`)}`,
  'base64 of PEM after a line end': base64(`\n${PEM}`),
  'base64 of PEM after two line ends': base64(`\r\n${PEM}`),
  'base64 of PEM in lines': base64(RSA_PEM).replace(/.{64}/gu, '$&\n'),
  'base64 of PEM in lines of JSON': base64(RSA_PEM).replace(/.{76}/gu, '$&\\n'),
};

const NO_KEYS: Record<string, string> = {
  'a sample of x': armour('PRIVATE KEY', 'x'.repeat(64)),
  'a sample of X in JSON': JSON.stringify(armour('RSA PRIVATE KEY', 'X'.repeat(64))),
  'a sample of dots': armour('PRIVATE KEY', '...'),
  'the marker in a library': `if (pem.includes("${BEGIN}")) return parse(pem.replace("${BEGIN}", ""));`,
  'the marker and a function':
    `const begin="${BEGIN}\\n"+encodeThePrivateKeyAsBase64InLinesOf64(key)`.replace(
      'Base64InLinesOf64',
      '',
    ),
  'a public key': armour('PUBLIC KEY', BODY),
  'a public OpenPGP block': armour('PGP PUBLIC KEY BLOCK', '', BODY),
  'base64 of a certificate': base64(armour('CERTIFICATE', BODY)),
  'base64 of a sample': base64(armour('PRIVATE KEY', 'x'.repeat(64))),
};

describe('secret patterns', () => {
  for (const [issuer, { rule, bad, good }] of Object.entries(TOKENS)) {
    it(`find secrets of ${issuer} with their range`, () => {
      for (const source of bad) {
        const { text, ranges } = marked(source);
        const found = scan(text);
        assert.deepEqual(
          found.map((each) => [each.rule, each.range]),
          ranges.map((range) => [rule, range]),
          source,
        );
        assert.ok(found.every((each) => !each.text.includes(random(10))));
      }
    });

    it(`ignore lookalikes of ${issuer}`, () => {
      for (const source of good) {
        assert.deepEqual(scan(source), [], source);
      }
    });
  }

  for (const [title, text] of Object.entries(KEYS)) {
    it(`find a private key: ${title}`, () => {
      assert.deepEqual(
        scan(text).map(({ rule }) => rule),
        ['secret.private-key'],
      );
    });
  }

  for (const [title, text] of Object.entries(NO_KEYS)) {
    it(`ignore text without a private key: ${title}`, () => assert.deepEqual(scan(text), []));
  }

  it('count positions in UTF-16 after characters of any length, across chunks', () => {
    const secret = `«${token('ghp' + '_', 36)}»`;
    const filler = `${'é😀ع'.repeat(30)}\r\n`.repeat(600);
    const { text, ranges } = marked(`\uFEFF${filler}é😀 ${secret}\n${filler}${filler}😀 ${secret}`);
    assert.deepEqual(
      scan(text).map(({ range }) => range),
      ranges,
    );
  });

  it('take time linear in the size, even for repeated prefixes', () => {
    const beginnings = [
      ...[
        'kty',
        '{kty',
        'kty}',
        '{"kty":"d":"',
        'AKIA',
        `AKIA${upper(16)} `,
        'sk-',
        'ghp_',
        'eyJ',
        'i99_',
      ],
      ...[
        BEGIN,
        `${BEGIN}Comment: `,
        `${BEGIN}\n\n`,
        '---- BEGIN SSH2 PRIVATE KEY ----',
        '\\',
        'Comment:',
      ],
      ...[
        'LS0tLS1CRUdJTi',
        base64(BEGIN),
        `${base64(BEGIN)}\n`,
        'hooks.slack.com/services/',
        'xoxb-',
      ],
      ...['ya29.', 'npm_', 'github_pat_', '<br>', '&#10;', '-----BEGIN A A A '],
    ];
    for (const beginning of beginnings) {
      const text = beginning.repeat(2 ** 18 / beginning.length);
      const { user } = process.cpuUsage();
      scan(text);
      const ms = (process.cpuUsage().user - user) / 1000;
      assert.ok(ms < 500, `${beginning}: ${ms} ms`);
    }
  }).timeout(60_000);
});
