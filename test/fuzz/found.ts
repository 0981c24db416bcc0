import { sshString } from '../../src/core/auth/sshWire';
import { endlessPkcs8, endlessScrypt } from '../support/endless-key';

/** An input that a parser once broke its promises for. */
export interface Found {
  /** The parser's name. */
  parser: string;
  /** What the input is. */
  what: string;
  input: Buffer;
}

const BLANKS = ' '.repeat(60_000);
/** White space that ends a line for patterns, but not for people. */
const SEPARATORS = '\u2028'.repeat(25_000);

const found = (parser: string, what: string, input: string | Buffer): Found => ({
  parser,
  what,
  input: Buffer.from(input),
});

/** A PuTTY file whose public key calls itself something that no terminal should show. */
function oddlyNamedKey(): string {
  const blob = sshString(Buffer.from('ssh-ed25519\0\u001b[2J\u00f7')).toString('base64');
  return `PuTTY-User-Key-File-2: x\nEncryption: none\nPublic-Lines: 1\n${blob}\nPrivate-Lines: 0\n`;
}

const RECORD = {
  ...{ version: 1, sessionId: 's', source: 'ssh', token: 'a.b.c', mintedAt: 1, expiresAt: 1e300 },
  account: { devId: 'd', email: null, displayName: null, isDeveloper: true },
};

/** What runs of the fuzzer and readers of the code have found. Each was a fault once and must never be one again. */
export const FOUND: readonly Found[] = [
  found('editing of manifest.json', 'opens list after list behind a sign', `+${'['.repeat(3_000)}`),
  found('private key file', 'wants two thousand million rounds of PBKDF2', endlessPkcs8()),
  found('private key file', 'wants much of scrypt', endlessScrypt()),
  found('private key file', 'has control characters in its type', oddlyNamedKey()),
  found(
    'private key file',
    'has a label of any length',
    `-----BEGIN ${'A'.repeat(9_000)} PRIVATE KEY-----\n`,
  ),
  found(
    'public key line',
    'has blanks before a separator',
    `ssh-rsa AAAA${BLANKS.slice(0, 6_000)}\u2028x`,
  ),
  found('public key line', 'has blanks within its comment', `ssh-rsa AAAA a${BLANKS}\u2028x`),
  found('public key file', 'is lines without end', '\n'.repeat(65_000)),
  found('Retry-After', 'is in a thousand years', 'Thu, 01 Jan 3026 09:00:30 GMT'),
  found('Retry-After', 'is in thirty years', '999999999'),
  found('session record', 'ends when there is no date any more', JSON.stringify(RECORD)),
  found('session record', 'was signed out of then', '{"version":1,"signedOutAt":1e300}'),
  found('API answer', 'says half a character', `503 \n{"error":{"message":"\\ud800"}}`),
  found(
    'API answer',
    'is cut within a character',
    `503 \n{"error":{"message":"${'a'.repeat(299)}😀b"}}`,
  ),
  found('backend URL', 'has a host of any length', `ittps://${'a'.repeat(9_000)}`),
  found('backend URL', 'has slashes in the middle', `https://a.example/${'/'.repeat(99_000)}x`),
  found(
    'device authorization',
    'has a page of any length',
    deviceAnswer(`aa://${'a'.repeat(9_000)}`),
  ),
  found('git remote', 'has slashes in the middle', `git@a.example:a${'/'.repeat(99_000)}b`),
  found('git remote', 'has slashes before the end of a line', `ssh://a${'/'.repeat(99_000)}\rb`),
  found('secrets in a file', 'has separators behind a name', `//r/:_auth${SEPARATORS}`),
  found(
    'secrets in a file',
    'has headers within headers of a key',
    `-----BEGIN PRIVATE KEY-----${'Proc-Type: '.repeat(93)}`,
  ),
  ...['manifest.json', 'sdk.config.json'].flatMap((parser) => [
    found(parser, 'has a backslash before a line end in a text', '"\\\r\n\r\n"id\\""'),
    found(parser, 'nests deep behind brackets that close nothing', nestedBehind(']')),
    found(parser, 'nests deep with a wrong bracket at each level', '{"a":],"b":'.repeat(5_000)),
  ]),
  found(
    'editing of manifest.json',
    'is deep',
    Buffer.concat([Buffer.of(255), Buffer.from(nestedBehind(']'))]),
  ),
  found(
    'editing of manifest.json',
    'has a long line of blanks',
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
