import assert from 'node:assert/strict';
import { assertSecureUrl, parseBackendUrl } from '../../../src/core/api/backendUrl';
import { isI99dashError } from '../../../src/core/errors';

const ACCEPTED: [text: string, url: string][] = [
  ['https://api.i99dash.app', 'https://api.i99dash.app'],
  ['https://api.i99dash.app/', 'https://api.i99dash.app'],
  ['  https://api.i99dash.app//  ', 'https://api.i99dash.app'],
  ['https://API.i99dash.app:443/', 'https://api.i99dash.app'],
  ['https://example.com:8443/i99/dash/', 'https://example.com:8443/i99/dash'],
  ['https://10.0.0.7', 'https://10.0.0.7'],
  ['http://localhost:4799', 'http://localhost:4799'],
  ['http://LOCALHOST', 'http://localhost'],
  ['http://127.0.0.1:4799/', 'http://127.0.0.1:4799'],
  ['http://127.8.9.10', 'http://127.8.9.10'],
  ['http://127.1', 'http://127.0.0.1'],
  ['http://[::1]:4799', 'http://[::1]:4799'],
  ['http://[::ffff:127.0.0.1]:4799', 'http://[::ffff:7f00:1]:4799'],
  ['https://example.com/?', 'https://example.com'],
  ['https://example.com/api#', 'https://example.com/api'],
];

const REFUSED = [
  '',
  'api.i99dash.app',
  '/api',
  'https://',
  'https://host:99999',
  'http://api.i99dash.app',
  'http://10.0.0.7',
  'http://0.0.0.0',
  'http://localhost.example.com',
  'http://127.0.0.1.example.com',
  'http://127.0.0.1@example.com',
  'http://[::]',
  'http://[::ffff:0.127.0.1]',
  // DNS may resolve this name to any address.
  'http://api.localhost',
  'ftp://localhost',
  'ws://localhost',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/plain,hello',
  'https://example.com?token=1',
  'https://example.com/#top',
  'https://user@example.com',
];

describe('backend URL', () => {
  for (const [text, url] of ACCEPTED) {
    it(`accepts ${JSON.stringify(text)}`, () => {
      assert.equal(parseBackendUrl(text), url);
    });
  }

  for (const text of REFUSED) {
    it(`rejects ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parseBackendUrl(text),
        (error) => isI99dashError(error, 'BACKEND_REFUSED'),
      );
    });
  }

  it('shows no credentials in errors, even for invalid URLs', () => {
    for (const text of [
      'https://user:s3cret@example.com',
      'http://user:s3cret@example.com',
      'http://example.com/s3cret',
      'https://example.com?key=s3cret',
      'https://user:s3cret@example.com:99999',
      'example.com?key=s3cret',
      'user:s3cret@example.com',
    ]) {
      assert.throws(
        () => parseBackendUrl(text),
        (error) => isI99dashError(error, 'BACKEND_REFUSED') && !error.message.includes('s3cret'),
        text,
      );
    }
  });

  it('shows only the origin of an insecure URL', () => {
    assert.throws(
      () => assertSecureUrl(new URL('http://bucket.example.com:81/s3cret?sig=s3cret'), 'storage'),
      {
        code: 'BACKEND_REFUSED',
        message:
          'The storage at http://bucket.example.com:81 is not safe to talk to: it must be https (http is for this computer alone).',
      },
    );
  });
});
