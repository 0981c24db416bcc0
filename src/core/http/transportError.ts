import { I99dashError, isI99dashError, systemErrorCode } from '../errors';
import { t } from '../text/l10n';
import { isUnopenedConnection } from './connectionPool';
import { ProxyFailure, TlsFailure } from './connector';
import { errors } from './ownUndici';
import type { Proxy } from './proxy';

/** The deadline of the whole request expired. */
export class RequestExpired extends Error {}

/**
 * Converts a failure to an error for the user. The message contains only the host: paths and
 * queries of presigned URLs are secrets, and so are proxy credentials.
 */
export function asTransportError(error: unknown, url: URL, proxy?: Proxy): I99dashError {
  if (isI99dashError(error)) {
    return error;
  }
  const failure =
    error instanceof ProxyFailure && proxy !== undefined
      ? proxyError(error, url, proxy)
      : connectionError(error, url.host, `i99dash (${url.host})`);
  if (isUnopenedConnection(error)) {
    failure.isUnsent = true;
  }
  return failure;
}

/**
 * Checks for a certificate from an unknown authority, which additional certificates may resolve.
 */
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

/** undici's codes for too large heads, contradictory lengths and invalid status codes. */
const NO_HTTP: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'ERR_ASSERTION',
]);

/** TLS errors after the handshake: a server may request a client certificate at that point. */
const TLS_CODE = /^(?:ERR_SSL|ERR_TLS|EPROTO$)/u;
/** TLS alerts of a server that requires a client certificate, or a different one. */
const CERTIFICATE_WANTED = /CERTIFICATE_REQUIRED|ALERT_\w{0,40}CERTIFICATE|ALERT_UNKNOWN_CA/u;

/** @param reached what could not be reached, in words */
function connectionError(error: unknown, host: string, reached = host): I99dashError {
  const code = systemErrorCode(error) ?? '';
  if (error instanceof TlsFailure || TLS_CODE.test(code)) {
    return new I99dashError('TLS', insecure(error, code, host), { cause: error });
  }
  if (error instanceof RequestExpired || /TIMEOUT|ETIMEDOUT/u.test(code)) {
    return new I99dashError('TIMEOUT', t('{0} did not answer in time.', host), { cause: error });
  }
  if (error instanceof errors.HTTPParserError || NO_HTTP.has(code)) {
    return new I99dashError('PROTOCOL', t('{0} does not speak HTTP.', host), { cause: error });
  }
  const message = t("Can't reach {0}. Check your connection.", reached);
  return new I99dashError('OFFLINE', message, { cause: error });
}

/** The variable that adds authorities to Node.js. */
const CERTIFICATES_VARIABLE = 'NODE_EXTRA_CA_CERTS';

/**
 * Returns the message for a failed TLS connection.
 * @param code OpenSSL's code, as Node.js reports it.
 */
function insecure(error: unknown, code: string, host: string): string {
  if (CERTIFICATE_WANTED.test(code)) {
    return t(
      '{0} asks for a certificate of this computer, which cannot be given ({1}). Ask its administrator for another way in.',
      host,
      code,
    );
  }
  if (/^(?:ERR_SSL|EPROTO)/u.test(code)) {
    return t(
      'No secure connection to {0} is possible ({1}). Check the address and its port.',
      host,
      code,
    );
  }
  return untrusted(code, host, error instanceof TlsFailure ? error.reason : code);
}

/** Returns the message for a rejected certificate. */
function untrusted(code: string, host: string, reason: string): string {
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
    case 'INVALID_PURPOSE':
      return t(
        'The certificate of {0}, or of its issuer, is not meant for this use ({1}). Ask the administrator of {0} to replace it, or your IT department if a company’s proxy reads along.',
        host,
        code,
      );
    default:
      return t(
        'The certificate of {0} is not trusted ({1}). Ask the administrator of {0} to replace it, or your IT department if a company’s proxy reads along.',
        host,
        reason,
      );
  }
}

const AUTHORIZATION_SETTING = 'http.proxyAuthorization';

function proxyError(failure: ProxyFailure, url: URL, proxy: Proxy): I99dashError {
  const { status, cause } = failure;
  const { host, source } = proxy;
  const setting = source.startsWith('http.') ? source : 'http.proxy';
  if (status === 407) {
    const message = unauthorized(failure, proxy);
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
  // Only English capitalizes the beginning of this message.
  const sentence = message.replace(/^the/u, 'The');
  return new I99dashError(code, sentence, { cause, setting });
}

/** Returns the message for failed proxy authentication. */
function unauthorized({ schemes }: ProxyFailure, { host, source, authorization }: Proxy): string {
  const used = authorization?.split(' ', 1)[0] ?? 'Basic';
  const isOffered = schemes.some((each) => each.toLowerCase() === used.toLowerCase());
  if (schemes.length > 0 && !isOffered) {
    return t(
      'The proxy {0} ({1}) lets in only those who sign in with {2}, and i99dash cannot. Ask for a proxy that takes a name and a password ({3}), or run a local one that signs in for you, such as Px or Cntlm.',
      host,
      source,
      schemes.join(', '),
      'Basic',
    );
  }
  return authorization === undefined
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
}
