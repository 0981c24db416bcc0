import assert from 'node:assert/strict';
import { describeCertificates, describeProxy } from '../../../src/core/http/networkReport';

describe('network report', () => {
  const url = new URL('https://api.example.com');

  it('names the proxy and its source without credentials', () => {
    for (const [configuration, report] of [
      [{}, 'none'],
      [{ support: 'off', url: 'http://p' }, 'none (switched off)'],
      [
        { url: 'http://p.example.com:1' },
        'http://p.example.com:1 (http.proxy, without credentials)',
      ],
      [
        { environment: { ALL_PROXY: 'http://ada:s3cret@p:1' } },
        'http://p:1 (ALL_PROXY, with credentials)',
      ],
      [
        { url: 'socks5://ada:s3cret@p:1' },
        'cannot be used: The proxy in http.proxy is of a kind that cannot be used here (socks5).',
      ],
    ] as const) {
      assert.equal(describeProxy(url, configuration), report);
    }
  });

  it('counts the certificates', () => {
    const builtIn = ['a', 'b'];
    assert.equal(
      describeCertificates({ builtIn, extra: undefined, system: undefined }),
      'Node.js 2, NODE_EXTRA_CA_CERTS not set, system not used',
    );
    assert.equal(
      describeCertificates({ builtIn, extra: 'ENOENT', system: [] }),
      'Node.js 2, NODE_EXTRA_CA_CERTS unreadable (ENOENT), system 0',
    );
    assert.equal(
      describeCertificates({ builtIn, extra: ['c'], system: ['d', 'e', 'f'] }),
      'Node.js 2, NODE_EXTRA_CA_CERTS 1, system 3',
    );
  });
});
