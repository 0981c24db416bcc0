import { I99dashError, isI99dashError, systemErrorCode } from '../errors';
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

function connectionError(error: unknown, host: string): I99dashError {
  const code = systemErrorCode(error) ?? '';
  if (error instanceof RequestExpired || /TIMEOUT|ETIMEDOUT/u.test(code)) {
    return new I99dashError('TIMEOUT', `${host} did not answer in time.`, { cause: error });
  }
  if (/ERR_SSL|EPROTO/u.test(code)) {
    return new I99dashError('TLS', `No secure connection to ${host} is possible (${code}).`, {
      cause: error,
    });
  }
  if (/CERT|ERR_TLS|SELF_SIGNED|UNABLE_TO_VERIFY/u.test(code)) {
    return new I99dashError('TLS', untrusted(code, host), { cause: error });
  }
  if (error instanceof errors.HTTPParserError || code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new I99dashError('PROTOCOL', `${host} does not speak HTTP.`, { cause: error });
  }
  const why = code === '' ? 'connection lost' : code;
  return new I99dashError('OFFLINE', `${host} cannot be reached (${why}).`, { cause: error });
}

/** The words for a certificate that does not do. @param code OpenSSL's, as Node.js has it */
function untrusted(code: string, host: string): string {
  const help = 'add it to the system’s certificates, or name its file in NODE_EXTRA_CA_CERTS.';
  if (code === SELF_SIGNED) {
    return `The certificate of ${host} is signed by itself (${code}). If it is meant to be, ${help}`;
  }
  if (UNKNOWN_ISSUER.has(code)) {
    return (
      `The certificate of ${host} comes from an authority that this computer does not know (${code}). ` +
      `Where a company’s proxy reads along, the authority is its own: ${help}`
    );
  }
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return `The certificate of ${host} has expired (${code}). Is the clock of this computer right?`;
    case 'CERT_NOT_YET_VALID':
      return `The certificate of ${host} is not valid yet (${code}). Is the clock of this computer right?`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `The certificate of ${host} is for another name (${code}). Is the address right?`;
    default:
      return `The certificate of ${host} is not trusted (${code}).`;
  }
}

function proxyError({ status, cause }: ProxyFailure, url: URL, proxy: Proxy): I99dashError {
  const where = `The proxy ${proxy.host} (${proxy.source})`;
  const setting = proxy.source.startsWith('http.') ? proxy.source : 'http.proxy';
  if (status === 407) {
    const how =
      proxy.authorization === undefined
        ? 'asks who you are. Add a name and a password to its URL, or set http.proxyAuthorization.'
        : 'does not accept its name and password. Check its URL and http.proxyAuthorization.';
    return new I99dashError('OFFLINE', `${where} ${how}`, { cause, status, setting });
  }
  if (status !== undefined) {
    const message = `${where} does not connect to ${url.host} (HTTP ${status}).`;
    return new I99dashError('OFFLINE', message, { cause, status, setting });
  }
  const { code, message } = connectionError(cause, `the proxy ${proxy.host} (${proxy.source})`);
  const sentence = message.replace(/^the/u, 'The');
  return new I99dashError(code, sentence, { cause, setting });
}
