import { I99dashError } from '../errors';
import { t } from '../text/l10n';
import { isLoopback } from './loopback';
import { isExempt } from './noProxy';

/** The user's proxy configuration: VS Code's `http.*` settings and the environment. */
export interface ProxyConfiguration {
  /**
   * `http.proxySupport`. `off` disables proxies; all other values apply the rules of {@link
   * resolveProxy}.
   */
  support?: string;
  /** `http.proxy` */
  url?: string;
  /** `http.noProxy` */
  noProxy?: readonly string[];
  /**
   * `http.proxyAuthorization`: the complete value of the header `Proxy-Authorization`. A secret.
   */
  authorization?: string;
  /** The environment with `HTTPS_PROXY` and related variables. */
  environment?: Readonly<Record<string, string | undefined>>;
}

/** The proxy to use. */
export interface Proxy {
  /** `http://host:port` or `https://host:port`, without credentials. */
  origin: string;
  /** Host and port, for display. */
  host: string;
  /** The value of the header `Proxy-Authorization`. A secret. */
  authorization?: string;
  /** The setting or variable that defines the proxy. */
  source: string;
}

const PROXY_SETTING = 'http.proxy';
const EXAMPLE = 'http://proxy.example.com:8080';
/** Schemes that are safe to show. Any other may be part of a user name or password. */
const UNSUPPORTED_KIND = /^(?:ftp|socks(?:4a?|5h?)?)$/u;

/**
 * Selects the proxy for a URL, as VS Code does. This computer is always reached directly.
 * Exceptions come from `http.noProxy`, or from `no_proxy` if that is empty. The proxy comes from
 * `http.proxy`, then from the environment: for https `https_proxy` before `http_proxy`, for http
 * only `http_proxy`, and `all_proxy` last, as in curl; each name in lower case before upper case.
 * @returns undefined for a direct connection
 * @throws BACKEND_REFUSED for an unusable proxy; the message contains the setting
 */
export function resolveProxy(url: URL, configuration: ProxyConfiguration): Proxy | undefined {
  const { support, noProxy = [], environment = {} } = configuration;
  if (support === 'off' || isLocalhost(url)) {
    return undefined;
  }
  const exceptions =
    noProxy.length > 0 ? noProxy : (variable(environment, 'no_proxy')?.value.split(',') ?? []);
  if (isExempt(url, exceptions)) {
    return undefined;
  }
  const chosen = chooseProxy(url, configuration);
  return chosen === undefined ? undefined : parseProxy(chosen, configuration.authorization?.trim());
}

/** VS Code includes subdomains of `localhost`. */
function isLocalhost({ hostname }: URL): boolean {
  return isLoopback(hostname) || hostname.endsWith('.localhost');
}

interface Chosen {
  source: string;
  value: string;
}

function chooseProxy(
  url: URL,
  { url: setting, environment = {} }: ProxyConfiguration,
): Chosen | undefined {
  const fromSetting = setting?.trim() ?? '';
  if (fromSetting !== '') {
    return { source: PROXY_SETTING, value: fromSetting };
  }
  const names = url.protocol === 'https:' ? ['https_proxy', 'http_proxy'] : ['http_proxy'];
  return [...names, 'all_proxy'].map((name) => variable(environment, name)).find(Boolean);
}

function variable(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
): Chosen | undefined {
  return [name, name.toUpperCase()]
    .map((source) => ({ source, value: environment[source]?.trim() ?? '' }))
    .find(({ value }) => value !== '');
}

function parseProxy({ source, value }: Chosen, authorization = ''): Proxy {
  const url = parseProxyUrl(source, value);
  const header = authorization === '' ? basicAuthorization(url) : authorization;
  if (header !== undefined && !/^[\x20-\x7e]+$/u.test(header)) {
    const setting = 'http.proxyAuthorization';
    throw unusable(setting, t('{0} holds characters that cannot be sent.', setting));
  }
  const { protocol, host, port } = url;
  return {
    origin: `${protocol}//${host}`,
    host: port === '' ? `${host}:${protocol === 'https:' ? 443 : 80}` : host,
    ...(header === undefined ? {} : { authorization: header }),
    source,
  };
}

/**
 * Parses the URL of a proxy. The scheme defaults to http, as in curl. An unescaped `#`, `?`, `/` or
 * `\` in a password turns part of the password into the host or the path, so no part of a rejected
 * URL is quoted.
 */
function parseProxyUrl(source: string, value: string): URL {
  const scheme = /^([a-z][a-z\d+.-]*):\/\//iu.exec(value)?.[1]?.toLowerCase();
  if (scheme !== undefined && UNSUPPORTED_KIND.test(scheme)) {
    const message = t(
      'The proxy in {0} is of a kind that cannot be used here ({1}).',
      source,
      scheme,
    );
    throw unusable(source, message);
  }
  const rest = scheme === undefined ? value : value.slice(scheme.length + '://'.length);
  if (/[\\#?\p{Cc}]|\/(?!$)/u.test(rest)) {
    const message = t(
      'The proxy in {0} must be a URL such as {1}, with nothing after the port. In its name and password write %23 for #, %5C for \\, %2F for / and %3F for ?.',
      source,
      EXAMPLE,
    );
    throw unusable(source, message);
  }
  const text = `${scheme ?? 'http'}://${rest}`;
  const isHttp = scheme === undefined ? !/^https?:/iu.test(rest) : /^https?$/u.test(scheme);
  if (!isHttp || !URL.canParse(text)) {
    throw unusable(source, t('The proxy in {0} is no URL such as {1}.', source, EXAMPLE));
  }
  return new URL(text);
}

/** Basic authentication (RFC 7617) in UTF-8. */
function basicAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') {
    return undefined;
  }
  const credentials = `${decodePercent(username)}:${decodePercent(password)}`;
  return `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`;
}

/** Keeps the text when a `%` is not part of an escape. */
function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function unusable(source: string, message: string): I99dashError {
  const setting = source.startsWith('http.') ? source : PROXY_SETTING;
  return new I99dashError('BACKEND_REFUSED', message, { setting });
}
