import assert from 'node:assert/strict';
import { canonicalOrigin } from '../../../../src/core/publish/project/origin';

const label = (length: number) => 'a'.repeat(length);
/** 245 characters. With its scheme, the entry has 253. */
const LONGEST_HOST = `${label(63)}.${label(63)}.${label(63)}.${label(53)}`;

const ACCEPTED: [text: string, origin: string][] = [
  ['https://api.example.com', 'https://api.example.com'],
  ['https://api.example.com/', 'https://api.example.com'],
  [' \n https://API.Example.COM \t', 'https://api.example.com'],
  ['HTTPS://example.com', 'https://example.com'],
  ['https://example.com:443', 'https://example.com'],
  ['https://example.com:0443/', 'https://example.com'],
  ['https://example.com:8443', 'https://example.com:8443'],
  ['https://example.com:80', 'https://example.com:80'],
  ['https://example.com:1', 'https://example.com:1'],
  ['https://example.com:65535', 'https://example.com:65535'],
  ['https://xn--mnchen-3ya.de', 'https://xn--mnchen-3ya.de'],
  ['https://1password.com', 'https://1password.com'],
  ['https://192.example.com', 'https://192.example.com'],
  ['https://a-b.c-d.example', 'https://a-b.c-d.example'],
  [`https://${label(63)}.com`, `https://${label(63)}.com`],
  [`https://${LONGEST_HOST}`, `https://${LONGEST_HOST}`],
];

const REFUSED: [text: string, reason: RegExp][] = [
  ['', /https/],
  ['example.com', /https/],
  ['http://example.com', /https/],
  ['wss://example.com', /https/],
  ['https:example.com', /https/],
  ['https:/example.com', /https/],
  ['null', /https/],
  ['*', /https/],
  ['https://example.com/api', /path/],
  ['https://example.com//', /path/],
  ['https://example.com?', /query/],
  ['https://example.com/?a=1', /query/],
  ['https://example.com#', /fragment/],
  ['https://user@example.com', /credentials/],
  ['https://user:pass@example.com', /credentials/],
  ['https://*.example.com', /wildcard/],
  ['https://*', /wildcard/],
  ['https://10.0.0.1', /IP address/],
  ['https://10.0.0.1:8443', /IP address/],
  ['https://2130706433', /IP address/],
  ['https://127.1', /IP address/],
  ['https://0x7f.1', /IP address/],
  ['https://127.0.0.0x1', /IP address/],
  ['https://example.0', /IP address/],
  ['https://[::1]', /IP address/],
  ['https://[2001:db8::1]:8443', /IP address/],
  ['https://localhost', /domain/],
  ['https://intranet:8443', /domain/],
  ['https://', /host/],
  ['https:///', /host/],
  ['https://example.com.', /host name/],
  ['https://.example.com', /host name/],
  ['https://example..com', /host name/],
  ['https://-example.com', /host name/],
  ['https://example-.com', /host name/],
  ['https://exa_mple.com', /host name/],
  ['https://exa mple.com', /host name/],
  ['https://exa\nmple.com', /host name/],
  ['https://münchen.de', /host name/],
  ['https://example.com\\@evil.com', /credentials/],
  ['https://example.com\\evil.com', /host name/],
  ['https://example%2ecom', /host name/],
  [`https://${label(64)}.com`, /host name/],
  [`https://${LONGEST_HOST}a`, /253 characters/],
  [` https://${LONGEST_HOST}`, /253 characters/],
  ['https://example.com:', /host name/],
  ['https://example.com:x', /host name/],
  ['https://example.com:123456', /host name/],
  ['https://example.com:0', /port/],
  ['https://example.com:65536', /port/],
];

describe('network origin', () => {
  for (const [text, origin] of ACCEPTED) {
    it(`becomes ${origin.slice(0, 50)} for ${JSON.stringify(text.slice(0, 50))}`, () => {
      assert.deepEqual(canonicalOrigin(text), { origin });
      assert.deepEqual(canonicalOrigin(origin), { origin }, 'its canonical form is canonical');
      assert.equal(new URL(origin).origin, origin, 'as a browser sees it');
    });
  }

  for (const [text, reason] of REFUSED) {
    it(`rejects ${JSON.stringify(text.slice(0, 50))}`, () => {
      const result = canonicalOrigin(text);
      assert.ok('reason' in result, JSON.stringify(result));
      assert.match(result.reason, reason);
    });
  }
});
