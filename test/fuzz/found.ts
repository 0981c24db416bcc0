import { sshString } from '../../src/core/ssh/formats/sshWire';
import { endlessPkcs8, endlessScrypt } from '../support/endless-key';

/** An input that once broke the promises of a parser. */
export interface Found {
  /** The name of the parser. */
  parser: string;
  /** Describes the input. */
  what: string;
  input: Buffer;
}

const BLANKS = ' '.repeat(60_000);
/** White space that ends a line for regular expressions but not for readers. */
const SEPARATORS = '\u2028'.repeat(25_000);

const found = (parser: string, what: string, input: string | Buffer): Found => ({
  parser,
  what,
  input: Buffer.from(input),
});

/** A PuTTY file whose public key type contains characters that are unsafe for a terminal. */
function oddlyNamedKey(): string {
  const blob = sshString(Buffer.from('ssh-ed25519\0\u001b[2J\u00f7')).toString('base64');
  return `PuTTY-User-Key-File-2: x\nEncryption: none\nPublic-Lines: 1\n${blob}\nPrivate-Lines: 0\n`;
}

const RECORD = {
  ...{ version: 1, sessionId: 's', source: 'ssh', token: 'a.b.c', mintedAt: 1, expiresAt: 1e300 },
  account: { devId: 'd', email: null, displayName: null, isDeveloper: true },
};

/** Inputs found by fuzzing and code review. Each one caused a fault that must not come back. */
export const FOUND: readonly Found[] = [
  found(
    'editing of manifest.json',
    'opens many nested lists after a sign',
    `+${'['.repeat(3_000)}`,
  ),
  found('private key file', 'requires two billion rounds of PBKDF2', endlessPkcs8()),
  found('private key file', 'requires an expensive scrypt derivation', endlessScrypt()),
  found('private key file', 'has control characters in its type', oddlyNamedKey()),
  found(
    'private key file',
    'has a very long label',
    `-----BEGIN ${'A'.repeat(9_000)} PRIVATE KEY-----\n`,
  ),
  found(
    'public key line',
    'has spaces before a separator',
    `ssh-rsa AAAA${BLANKS.slice(0, 6_000)}\u2028x`,
  ),
  found('public key line', 'has spaces within its comment', `ssh-rsa AAAA a${BLANKS}\u2028x`),
  found('public key file', 'consists of empty lines', '\n'.repeat(65_000)),
  found('Retry-After', 'is in a thousand years', 'Thu, 01 Jan 3026 09:00:30 GMT'),
  found('Retry-After', 'is in thirty years', '999999999'),
  found('session record', 'expires beyond the range of dates', JSON.stringify(RECORD)),
  found(
    'session record',
    'was signed out beyond the range of dates',
    '{"version":1,"signedOutAt":1e300}',
  ),
  found('API answer', 'contains half a surrogate pair', `503 \n{"error":{"message":"\\ud800"}}`),
  found(
    'API answer',
    'is truncated within a character',
    `503 \n{"error":{"message":"${'a'.repeat(299)}😀b"}}`,
  ),
  found('backend URL', 'has a very long host', `ittps://${'a'.repeat(9_000)}`),
  found('backend URL', 'has slashes in the middle', `https://a.example/${'/'.repeat(99_000)}x`),
  found(
    'device authorization',
    'has a very long page URL',
    deviceAnswer(`aa://${'a'.repeat(9_000)}`),
  ),
  found('git remote', 'has slashes in the middle', `git@a.example:a${'/'.repeat(99_000)}b`),
  found('git remote', 'has slashes before the end of a line', `ssh://a${'/'.repeat(99_000)}\rb`),
  found('secrets in a file', 'has separators after a name', `//r/:_auth${SEPARATORS}`),
  found(
    'secrets in a file',
    'has headers within headers of a key',
    `-----BEGIN PRIVATE KEY-----${'Proc-Type: '.repeat(93)}`,
  ),
  ...['manifest.json', 'sdk.config.json'].flatMap((parser) => [
    found(parser, 'has a backslash before a line end in a text', '"\\\r\n\r\n"id\\""'),
    found(parser, 'nests deeply after unmatched closing brackets', nestedBehind(']')),
    found(parser, 'nests deeply with a wrong bracket at each level', '{"a":],"b":'.repeat(5_000)),
  ]),
  found(
    'editing of manifest.json',
    'is deeply nested',
    Buffer.concat([Buffer.of(255), Buffer.from(nestedBehind(']'))]),
  ),
  found(
    'editing of manifest.json',
    'has a long line of spaces',
    `\0${BLANKS.slice(0, 29_000)}\n{}`,
  ),
];

function deviceAnswer(page: string): string {
  const grant = { device_code: 'x', user_code: 'AB', verification_uri: page, expires_in: 9 };
  return `200 \n${JSON.stringify(grant)}`;
}

function nestedBehind(bracket: string): string {
  return `{"a":${bracket.repeat(10_000)},"b":${'['.repeat(10_000)}`;
}
