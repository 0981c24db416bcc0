import assert from 'node:assert/strict';
import { resolveProxy, type ProxyConfiguration } from '../../../src/core/api/proxy';
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

describe('the choice of a proxy', () => {
  const url = 'http://settings.example.com:3128';
  const environment = { HTTPS_PROXY: 'http://environment.example.com:8080' };

  it('is none where none is set', () => {
    assert.equal(proxyFor({}), undefined);
    assert.equal(proxyFor({ url: '  ', environment: { HTTPS_PROXY: '' } }), undefined);
  });

  it('takes the setting before the environment', () => {
    for (const support of ['on', 'fallback', 'override', undefined, 'nonsense']) {
      const how = support === undefined ? {} : { support };
      assert.equal(proxyFor({ ...how, url, environment }), url);
      assert.equal(proxyFor({ ...how, url: '', environment }), environment.HTTPS_PROXY);
    }
  });

  it('is none where proxies are switched off', () => {
    assert.equal(proxyFor({ support: 'off', url, environment }), undefined);
    assert.equal(proxyFor({ support: 'off', url: 'nonsense://' }), undefined);
  });

  it('reads the variables in their order, in both cases', () => {
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

  it('never sends what is for this computer through a proxy', () => {
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

  it('takes a proxy without a scheme for an http one, and names its port', () => {
    const proxy = resolveProxy(new URL(HTTPS), { url: 'proxy.example.com:3128' });
    assert.equal(proxy?.origin, 'http://proxy.example.com:3128');
    assert.equal(proxy.host, 'proxy.example.com:3128');
    assert.equal(resolveProxy(new URL(HTTPS), { url: 'https://p' })?.host, 'p:443');
  });

  it('takes the credentials out of the URL, and the setting before them', () => {
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

  it('refuses a proxy it cannot use, without telling its password', () => {
    for (const bad of [
      'socks5://ada:s3cret@p.example.com:1080',
      'http://ada:s3cret@',
      'http://ada:s3cret@p:99999999',
      'ftp://ada:s3cret@p',
    ]) {
      const { message, setting } = refusal({ url: bad });
      assert.ok(!message.includes('s3cret') && !message.includes('ada'), message);
      assert.equal(setting, 'http.proxy');
    }
    const { message } = refusal({ environment: { ALL_PROXY: 'socks5://p:1080' } });
    assert.match(message, /ALL_PROXY.*socks5/u);
    const split = refusal({ url, authorization: 'Basic s3cret\r\nX: y' });
    assert.equal(split.setting, 'http.proxyAuthorization');
    assert.ok(!split.message.includes('s3cret'));
  });
});

describe('the exceptions from the proxy', () => {
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
    it(`of ${JSON.stringify(entry)}`, () => {
      for (const url of exempt) assert.ok(isExempt(url, 'first.test', entry), url);
      for (const url of others ?? []) assert.ok(!isExempt(url, entry, 'last.test'), url);
    });
  }

  it('are the environment’s only where the setting has none', () => {
    const through = (noProxy: string[], variable: string) =>
      proxyFor({ url: proxy, noProxy, environment: { [variable]: 'a.test, example.com' } });
    assert.equal(through([], 'NO_PROXY'), undefined);
    assert.equal(through([], 'no_proxy'), undefined);
    assert.equal(through(['b.test'], 'NO_PROXY'), proxy);
  });
});
