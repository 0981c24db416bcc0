import { I99dashError, isI99dashError, systemErrorCode } from '../errors';
import { t } from '../l10n';
import { ProxyFailure } from './dispatchers';
import { errors } from './ownUndici';
import type { Proxy } from './proxy';

/** The clock ran out for the whole request. */
export class RequestExpired extends Error {}

/** What a request failed with, for people. Names the host alone: paths and queries of presigned URLs are secrets, and so is how to log in to a proxy. */
export function asTransportError(error: unknown, url: URL, proxy?: Proxy): I99dashError {
  if (isI99dashError(error)) {
    return error;
  }
  if (error instanceof ProxyFailure && proxy !== undefined) {
    return proxyError(error, url, proxy);
  }
  return connectionError(error, url.host);
}

/** True for a certificate from an authority that is not known, where knowing more of them may help. */
export function isUnknownIssuer(error: unknown): boolean {
  const failed = error instanceof ProxyFailure ? error.cause : error;
  return UNKNOWN_ISSUER.has(systemErrorCode(failed) ?? '');
}

const SELF_SIGNED = 'DEPTH_ZERO_SELF_SIGNED_CERT';
const UNKNOWN_ISSUER: ReadonlySet<string> = new Set([
  SELF_SIGNED,
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What undici says of headers without end, of lengths that contradict each other or the body, and of statuses that are none. */
const NO_HTTP: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'ERR_ASSERTION',
]);

function connectionError(error: unknown, host: string): I99dashError {
  const code = systemErrorCode(error) ?? '';
  if (error instanceof RequestExpired || /TIMEOUT|ETIMEDOUT/u.test(code)) {
    return new I99dashError('TIMEOUT', t('{0} did not answer in time.', host), { cause: error });
  }
  if (/ERR_SSL|EPROTO/u.test(code)) {
    return new I99dashError(
      'TLS',
      t('No secure connection to {0} is possible ({1}).', host, code),
      {
        cause: error,
      },
    );
  }
  if (/CERT|ERR_TLS|SELF_SIGNED|UNABLE_TO_VERIFY/u.test(code)) {
    return new I99dashError('TLS', untrusted(code, host), { cause: error });
  }
  if (error instanceof errors.HTTPParserError || NO_HTTP.has(code)) {
    return new I99dashError('PROTOCOL', t('{0} does not speak HTTP.', host), { cause: error });
  }
  const why = code === '' ? t('connection lost') : code;
  return new I99dashError('OFFLINE', t('{0} cannot be reached ({1}).', host, why), {
    cause: error,
  });
}

/** Where Node.js is told of more authorities. */
const CERTIFICATES_VARIABLE = 'NODE_EXTRA_CA_CERTS';

/** The words for a certificate that does not do. @param code OpenSSL's, as Node.js has it */
function untrusted(code: string, host: string): string {
  if (code === SELF_SIGNED) {
    return t(
      'The certificate of {0} is signed by itself ({1}). If it is meant to be, add it to the system’s certificates, or name its file in {2}.',
      host,
      code,
      CERTIFICATES_VARIABLE,
    );
  }
  if (UNKNOWN_ISSUER.has(code)) {
    return t(
      'The certificate of {0} comes from an authority that this computer does not know ({1}). Where a company’s proxy reads along, the authority is its own: add it to the system’s certificates, or name its file in {2}.',
      host,
      code,
      CERTIFICATES_VARIABLE,
    );
  }
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return t(
        'The certificate of {0} has expired ({1}). Is the clock of this computer right?',
        host,
        code,
      );
    case 'CERT_NOT_YET_VALID':
      return t(
        'The certificate of {0} is not valid yet ({1}). Is the clock of this computer right?',
        host,
        code,
      );
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return t(
        'The certificate of {0} is for another name ({1}). Is the address right?',
        host,
        code,
      );
    default:
      return t('The certificate of {0} is not trusted ({1}).', host, code);
  }
}

const AUTHORIZATION_SETTING = 'http.proxyAuthorization';

function proxyError({ status, cause }: ProxyFailure, url: URL, proxy: Proxy): I99dashError {
  const { host, source } = proxy;
  const setting = source.startsWith('http.') ? source : 'http.proxy';
  if (status === 407) {
    const message =
      proxy.authorization === undefined
        ? t(
            'The proxy {0} ({1}) asks who you are. Add a name and a password to its URL, or set {2}.',
            host,
            source,
            AUTHORIZATION_SETTING,
          )
        : t(
            'The proxy {0} ({1}) does not accept its name and password. Check its URL and {2}.',
            host,
            source,
            AUTHORIZATION_SETTING,
          );
    return new I99dashError('OFFLINE', message, { cause, status, setting });
  }
  if (status !== undefined) {
    const message = t(
      'The proxy {0} ({1}) does not connect to {2} (HTTP {3}).',
      host,
      source,
      url.host,
      status,
    );
    return new I99dashError('OFFLINE', message, { cause, status, setting });
  }
  const { code, message } = connectionError(cause, t('the proxy {0} ({1})', host, source));
  // English alone has a capital here.
  const sentence = message.replace(/^the/u, 'The');
  return new I99dashError(code, sentence, { cause, setting });
}
