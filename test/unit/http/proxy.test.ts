import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { describeProxy } from '../../../src/core/http/networkReport';
import { resolveProxy, type ProxyConfiguration } from '../../../src/core/http/proxy';
import { I99dashError } from '../../../src/core/errors';

const HTTPS = 'https://api.example.com';

function proxyFor(configuration: ProxyConfiguration, url = HTTPS): string | undefined {
  return resolveProxy(new URL(url), configuration)?.origin;
}

function refusal(configuration: ProxyConfiguration): I99dashError {
  try {
    resolveProxy(new URL(HTTPS), configuration);
  } catch (error) {
    assert.ok(error instanceof I99dashError);
    assert.equal(error.code, 'BACKEND_REFUSED');
    return error;
  }
  assert.fail('the proxy was taken');
}

describe('proxy settings', () => {
  const url = 'http://settings.example.com:3128';
  const environment = { HTTPS_PROXY: 'http://environment.example.com:8080' };

  it('use no proxy by default', () => {
    assert.equal(proxyFor({}), undefined);
    assert.equal(proxyFor({ url: '  ', environment: { HTTPS_PROXY: '' } }), undefined);
  });

  it('prefer the setting to the environment', () => {
    for (const support of ['on', 'fallback', 'override', undefined, 'nonsense']) {
      const how = support === undefined ? {} : { support };
      assert.equal(proxyFor({ ...how, url, environment }), url);
      assert.equal(proxyFor({ ...how, url: '', environment }), environment.HTTPS_PROXY);
    }
  });

  it('use no proxy when proxies are disabled', () => {
    assert.equal(proxyFor({ support: 'off', url, environment }), undefined);
    assert.equal(proxyFor({ support: 'off', url: 'nonsense://' }), undefined);
  });

  it('read the variables in order, in both cases', () => {
    const all = {
      https_proxy: 'http://a',
      HTTPS_PROXY: 'http://b',
      http_proxy: 'http://c',
      HTTP_PROXY: 'http://d',
      all_proxy: 'http://e',
      ALL_PROXY: 'http://f',
    };
    const names = Object.keys(all) as (keyof typeof all)[];
    names.forEach((name, index) => {
      const left = Object.fromEntries(names.slice(index).map((each) => [each, all[each]]));
      const proxy = resolveProxy(new URL(HTTPS), { environment: left });
      assert.deepEqual([proxy?.origin, proxy?.source], [all[name], name]);
    });
    assert.equal(proxyFor({ environment: all }, 'http://example.com'), 'http://c');
    assert.equal(
      proxyFor({ environment: { HTTPS_PROXY: 'http://b' } }, 'http://example.com'),
      undefined,
    );
  });

  it('never use a proxy for this computer', () => {
    for (const host of ['localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '[::1]']) {
      assert.equal(proxyFor({ url, environment }, `http://${host}:8080`), undefined, host);
    }
    assert.equal(proxyFor({ url }, 'http://[::ffff:127.0.0.1]:8080'), undefined);
    for (const host of [
      'localhost.example.com',
      '128.0.0.1',
      '127.0.0.1.example.com',
      '[::ffff:0.127.0.1]',
    ]) {
      assert.equal(proxyFor({ url }, `http://${host}:8080`), url, host);
    }
  });

  it('treat a proxy without a scheme as http and show its port', () => {
    const proxy = resolveProxy(new URL(HTTPS), { url: 'proxy.example.com:3128' });
    assert.equal(proxy?.origin, 'http://proxy.example.com:3128');
    assert.equal(proxy.host, 'proxy.example.com:3128');
    assert.equal(resolveProxy(new URL(HTTPS), { url: 'https://p' })?.host, 'p:443');
  });

  it('take credentials from the URL but prefer the setting', () => {
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    for (const [user, expected] of [
      ['ada:s3cret', basic('ada:s3cret')],
      ['ada', basic('ada:')],
      ['ada%40corp:p%3Aw%2F', basic('ada@corp:p:w/')],
      ['ada:100%', basic('ada:100%')],
      ['ädä:ü', basic('ädä:ü')],
    ] as const) {
      const proxy = resolveProxy(new URL(HTTPS), { url: `http://${user}@p.example.com:1` });
      assert.deepEqual([proxy?.authorization, proxy?.origin], [expected, 'http://p.example.com:1']);
    }
    const proxy = resolveProxy(new URL(HTTPS), {
      url: 'http://a:b@p.example.com',
      authorization: ' Bearer x ',
    });
    assert.equal(proxy?.authorization, 'Bearer x');
  });

  it('reject an authorization that is invalid in a header', () => {
    const split = refusal({ url, authorization: 'Basic s3cret\r\nX: y' });
    assert.equal(split.setting, 'http.proxyAuthorization');
    assert.ok(!split.message.includes('s3cret'));
  });
});

/** The proxy and the credentials of a URL, or the start of the error message. */
const PROXY_URLS: readonly (
  | { url: string; origin: string; credentials?: string }
  | { url: string; refusal: RegExp; hidden: readonly string[] }
)[] = [
  { url: 'http://proxy:3128', origin: 'http://proxy:3128' },
  { url: 'http://proxy:3128/', origin: 'http://proxy:3128' },
  { url: 'HTTPS://proxy', origin: 'https://proxy' },
  { url: 'proxy:3128', origin: 'http://proxy:3128' },
  { url: 'me:pw@proxy:3128', origin: 'http://proxy:3128', credentials: 'me:pw' },
  { url: 'http://me:a:b@proxy:3128', origin: 'http://proxy:3128', credentials: 'me:a:b' },
  { url: 'http://me:p@ss@proxy:3128', origin: 'http://proxy:3128', credentials: 'me:p@ss' },
  { url: 'http://me:2024%23Spring@p:3128', origin: 'http://p:3128', credentials: 'me:2024#Spring' },
  { url: 'http://me:12%2f34@p:3128', origin: 'http://p:3128', credentials: 'me:12/34' },
  { url: 'http://CORP%5Cme:pw@p:3128', origin: 'http://p:3128', credentials: 'CORP\\me:pw' },
  { url: 'http://me:100%@[::1]:3128', origin: 'http://[::1]:3128', credentials: 'me:100%' },
  { url: 'http://me:2024#Spring@proxy:3128', ...unencoded('2024', 'Spring') },
  { url: 'http://me:12/34@proxy:3128', ...unencoded('12', '34@') },
  { url: 'http://me:77?x@proxy:3128', ...unencoded('77', '?x') },
  { url: 'http://CORP\\me:secret@proxy:3128', ...unencoded('CORP', 'secret') },
  { url: 'http:/proxy:3128', ...unencoded('proxy:') },
  { url: 'http:\\\\me:secret@proxy', ...unencoded('secret') },
  { url: 'http:///me:secret@proxy', ...unencoded('secret') },
  { url: 'me:a://b@proxy:3128', ...unencoded('a:', 'b@') },
  { url: 'http://me:sec\tret@proxy', ...unencoded('sec') },
  { url: 'http://proxy:3128/path', ...unencoded('path') },
  { url: 'http:3128', refusal: /is no URL such as/u, hidden: [':3128'] },
  { url: 'http://me:secret@', refusal: /is no URL such as/u, hidden: ['secret'] },
  { url: 'secret://pass@proxy', refusal: /is no URL such as/u, hidden: ['secret', 'pass'] },
  {
    url: 'socks5://me:se#cret@proxy',
    refusal: /cannot be used here \(socks5\)/u,
    hidden: ['cret'],
  },
];

function unencoded(...hidden: string[]): { refusal: RegExp; hidden: readonly string[] } {
  return { refusal: /%23 for #, %5C for \\, %2F for \/ and %3F for \?\.$/u, hidden };
}

describe('proxy URL', () => {
  const sources = ['http.proxy', 'HTTPS_PROXY', 'http_proxy', 'ALL_PROXY'];
  const configurationFor = (source: string, url: string): ProxyConfiguration =>
    source === 'http.proxy' ? { url } : { environment: { [source]: url } };

  for (const row of PROXY_URLS) {
    const { url } = row;
    const title = JSON.stringify(url);
    if ('origin' in row) {
      it(`separates host and credentials: ${title}`, () => {
        for (const source of sources) {
          const proxy = resolveProxy(new URL(HTTPS), configurationFor(source, url));
          const basic = proxy?.authorization?.replace('Basic ', '');
          const credentials = basic && Buffer.from(basic, 'base64').toString();
          assert.deepEqual([proxy?.origin, credentials], [row.origin, row.credentials]);
        }
      });
    } else {
      it(`is rejected and not quoted in the error: ${title}`, () => {
        for (const source of sources) {
          const configuration = configurationFor(source, url);
          const error = refusal(configuration);
          assert.match(error.message, row.refusal);
          assert.deepEqual([error.message.includes(source), error.setting], [true, 'http.proxy']);
          const told = inspect(error) + describeProxy(new URL(HTTPS), configuration);
          const stackless = told.replaceAll(/^ +at .*$/gmu, '').replaceAll('proxy.example.com', '');
          for (const part of row.hidden) assert.ok(!stackless.includes(part), stackless);
        }
      });
    }
  }
});

describe('proxy exceptions', () => {
  const proxy = 'http://proxy.example.com:3128';
  const isExempt = (url: string, ...noProxy: string[]): boolean =>
    proxyFor({ url: proxy, noProxy }, url) === undefined;

  for (const [entry, exempt, others] of [
    [
      'example.com',
      ['https://example.com', 'https://api.example.com', 'https://a.b.example.com:8'],
    ],
    [
      '.example.com',
      ['https://example.com', 'https://api.example.com'],
      ['https://badexample.com'],
    ],
    ['*.example.com', ['https://api.example.com'], ['https://example.com.evil.net']],
    [
      ' Example.COM. ',
      ['https://example.com', 'https://API.example.com.'],
      ['https://example.org'],
    ],
    ['example', [], ['https://example.com', 'https://myexample']],
    ['*', ['https://example.com', 'https://10.0.0.1', 'https://[2001:db8::1]']],
    ['example.com:443', ['https://example.com', 'https://a.example.com'], ['http://example.com']],
    ['example.com:8443', ['https://example.com:8443'], ['https://example.com']],
    ['example.com:80', ['http://example.com'], ['https://example.com']],
    [
      '10.1.2.3',
      ['https://10.1.2.3', 'https://10.1.2.3:8'],
      ['https://10.1.2.30', 'https://110.1.2.3'],
    ],
    ['10.1.2.3:8', ['https://10.1.2.3:8'], ['https://10.1.2.3']],
    ['10.0.0.0/8', ['https://10.255.0.1'], ['https://11.0.0.1', 'https://10.example.com']],
    ['10.0.0.0/33', [], ['https://10.0.0.1']],
    ['10.0.0.0/', [], ['https://10.0.0.1']],
    ['example.com/8', [], ['https://example.com']],
    ['2001:db8::1', ['https://[2001:db8:0::1]'], ['https://[2001:db8::2]']],
    ['[2001:db8::1]', ['https://[2001:db8::1]']],
    ['[2001:db8::1]:8', ['https://[2001:db8::1]:8'], ['https://[2001:db8::1]']],
    ['2001:db8::/32', ['https://[2001:db8:1::9]'], ['https://[2001:db9::1]', 'https://10.0.0.1']],
    ['', [], ['https://example.com']],
    ['.', [], ['https://example.com']],
    [':443', [], ['https://example.com']],
  ] as [string, string[], string[]?][]) {
    it(`match hosts by ${JSON.stringify(entry)}`, () => {
      for (const url of exempt) assert.ok(isExempt(url, 'first.test', entry), url);
      for (const url of others ?? []) assert.ok(!isExempt(url, entry, 'last.test'), url);
    });
  }

  it('come from the environment only without the setting', () => {
    const through = (noProxy: string[], variable: string) =>
      proxyFor({ url: proxy, noProxy, environment: { [variable]: 'a.test, example.com' } });
    assert.equal(through([], 'NO_PROXY'), undefined);
    assert.equal(through([], 'no_proxy'), undefined);
    assert.equal(through(['b.test'], 'NO_PROXY'), proxy);
  });
});
