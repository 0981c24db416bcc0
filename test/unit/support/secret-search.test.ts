import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretSearch } from '../../support/secret-search';
import { useTempFolder } from '../../support/temp-folder';

const MARK = 'correct "horse"/+ä battery';
const search = new SecretSearch([{ name: 'the mark', value: MARK }]);
const found = (content: string | Buffer): string[] => search.in(Buffer.from(content));

describe('secret search', () => {
  const folder = useTempFolder();

  const forms: Record<string, string | Buffer> = {
    'as it is': `a log line with ${MARK} in it`,
    'in JSON': JSON.stringify({ password: MARK }),
    'in JSON within JSON': JSON.stringify(JSON.stringify({ password: MARK })),
    'in UTF-16': Buffer.from(`x${MARK}x`, 'utf16le'),
    'in UTF-16, big-endian': Buffer.from(`x${MARK}x`, 'utf16le').swap16(),
    'in hex': Buffer.from(`x${MARK}x`).toString('hex'),
    'in capital hex': Buffer.from(`x${MARK}x`).toString('hex').toUpperCase(),
    'in base64url': Buffer.from(MARK).toString('base64url'),
    'in base64 within UTF-16': Buffer.from(Buffer.from(MARK).toString('base64'), 'utf16le'),
    'in a URL': `https://example.com/?q=${encodeURIComponent(MARK)}`,
    'percent-encoded throughout': [...Buffer.from(MARK)]
      .map((byte) => `%${byte.toString(16).toUpperCase()}`)
      .join(''),
  };
  for (const [form, content] of Object.entries(forms)) {
    it(`finds a secret ${form}`, () => assert.deepEqual(found(content), ['the mark']));
  }

  for (const before of ['', 'a', 'ab', 'abc', 'user:']) {
    it(`finds a secret in base64 after “${before}”`, () => {
      const text = Buffer.from(`${before}${MARK} and more`).toString('base64');
      assert.deepEqual(found(`Authorization: Basic ${text}`), ['the mark']);
    });
  }

  it('finds an unmarked access token', () => {
    const part = (value: object): string =>
      Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'EdDSA' })}.${part({ sub: 'dev_local' })}.${'s'.repeat(43)}`;
    assert.deepEqual(found(`Bearer ${token}`), ['an access token']);
  });

  it('finds nothing in text without secrets', () => {
    assert.deepEqual(found(''), []);
    assert.deepEqual(found(MARK.slice(1)), []);
    assert.deepEqual(found(`correct horse ${Buffer.from('battery').toString('base64')}`), []);
  });

  it('reads every file of a folder and its name', () => {
    mkdirSync(join(folder.path, 'deep/below'), { recursive: true });
    writeFileSync(join(folder.path, 'clean'), 'nothing');
    writeFileSync(join(folder.path, 'deep/below/log'), `x${MARK}`);
    writeFileSync(join(folder.path, Buffer.from(MARK).toString('hex')), '');
    const { files, findings } = search.inFolder(folder.path);
    assert.equal(files.length, 3);
    assert.equal(findings.length, 2);
    assert.ok(findings.includes('/deep/below/log: the mark'));
    const rest = search.inFolder(folder.path, (file) => !file.endsWith('clean'));
    assert.deepEqual(rest, { files: [join(folder.path, 'clean')], findings: [] });
  });

  it('ignores strings that would match by chance', () => {
    assert.throws(() => new SecretSearch([{ name: 'short', value: 'abc' }]), /short is too short/u);
  });
});
