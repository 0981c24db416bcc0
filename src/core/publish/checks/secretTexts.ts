import { isJsonObject, parseJson, type JsonObject } from '../../json';
import { t } from '../../l10n';
import type { RuleId } from '../rules';

/** A secret in a text; offsets count UTF-16 characters. */
export interface FoundSecret {
  rule: RuleId;
  /** What the file holds, without any of it. */
  text: string;
  start: number;
  end: number;
}

/** Characters that every finding fits into with what tells that it is one. */
export const LONGEST_SECRET = 16 * 1024;

const BEGIN_KEY = /-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY-----/gu;
/** After the marker: header lines, line ends (in source code `\n`, quotes and `+`), then a line of base64. */
// A header ends where its line does: with ends that may be anywhere, a body of many headers would take for ever.
const KEY_BODY =
  /^(?:\s|\\{1,4}[nr]|["'`+,]|(?:Proc-Type|DEK-Info): [^\r\n\\"'`]{1,100}(?=[\r\n\\"'`])){1,80}[A-Za-z0-9+/=]{32}/u;
const KEY_BODY_LENGTH = 1024;

const JWT = /(?<![\w-])(eyJ[\w-]{8,2048})\.(eyJ[\w-]{8,8192})\.[\w-]{16,2048}(?![\w-])/gu;
/** A token that lives longer, in seconds, is no credential of a person but a key that a service means to be public. */
const LONGEST_LIFE = 366 * 24 * 60 * 60;

const NPM_CREDENTIAL =
  /(?<=^|[\r\n])[^\S\r\n]*((?:[^\s=#;][^=\r\n]*)?_(?:authToken|auth|password)[^\S\r\n]*=[^\S\r\n]*["']?(?!\$\{)[^\s"'][^\r\n]*)/gu;

/**
 * The private keys and access tokens in a text.
 * - A private key is a PEM marker (`-----BEGIN … PRIVATE KEY-----`) that at least 32 characters of base64 follow: the marker alone is in
 *   every library that reads keys.
 * - An access token is a JWT, signed (`alg` is not `none`), with `exp`, and where it has `iat` with a life of at most 366 days: what a
 *   backend mints for a person. Keys for anybody, which some services put into web pages, live for years.
 */
export function secretsIn(text: string): FoundSecret[] {
  return [...keysIn(text), ...tokensIn(text)].sort((a, b) => a.start - b.start);
}

/** The marker of a file that is a private key of PuTTY, by how the file begins. */
export function puttyKeyIn(beginning: string): FoundSecret[] {
  const marker = /^PuTTY-User-Key-File-\d+:/u.exec(beginning)?.[0];
  return marker === undefined ? [] : [privateKey(0, marker.length)];
}

/** The credentials in the text of an `.npmrc`: those written out, not those taken from the environment (`${NPM_TOKEN}`). */
export function npmCredentialsIn(text: string): FoundSecret[] {
  return Array.from(text.matchAll(NPM_CREDENTIAL), ({ 0: line, 1: setting = '', index }) => ({
    rule: 'secret.npm-token',
    text: t('holds a credential for a package registry'),
    start: index + line.length - setting.length,
    end: index + line.trimEnd().length,
  }));
}

function keysIn(text: string): FoundSecret[] {
  return Array.from(text.matchAll(BEGIN_KEY), ({ 0: marker, index }) =>
    privateKey(index, index + marker.length),
  ).filter(({ end }) => KEY_BODY.test(text.slice(end, end + KEY_BODY_LENGTH)));
}

function privateKey(start: number, end: number): FoundSecret {
  return { rule: 'secret.private-key', text: t('holds a private key'), start, end };
}

function tokensIn(text: string): FoundSecret[] {
  return [...text.matchAll(JWT)]
    .filter(([, header, payload]) => isAccessToken(decode(header), decode(payload)))
    .map(({ 0: token, index }) => ({
      rule: 'secret.access-token',
      text: t('holds an access token'),
      start: index,
      end: index + token.length,
    }));
}

function isAccessToken(header?: JsonObject, payload?: JsonObject): boolean {
  const { alg } = header ?? {};
  const { exp, iat } = payload ?? {};
  return (
    typeof alg === 'string' &&
    alg.toLowerCase() !== 'none' &&
    typeof exp === 'number' &&
    (typeof iat !== 'number' || exp - iat <= LONGEST_LIFE)
  );
}

function decode(part = ''): JsonObject | undefined {
  const value = parseJson(Buffer.from(part, 'base64url').toString('utf8'))?.value;
  return isJsonObject(value) ? value : undefined;
}
