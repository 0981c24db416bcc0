import { t } from '../../../text/l10n';
import { isPlaceholder } from '../placeholder';
import type { FoundSecret } from './secretTexts';

/** PEM (RFC 7468) and OpenPGP (RFC 9580). */
const BEGIN_KEY = /-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----/gu;
/** RFC 4716, which some programs use for private keys. */
const BEGIN_SSH2_KEY = /---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY ----/gu;
/** A header between the marker and the key. It ends at the end of its line. */
const HEADER =
  /(?:Proc-Type|DEK-Info|Version|Comment|Subject|Charset|Hash):[^\r\n\\]{0,200}(?=[\r\n\\])/uy;
/** A line end as source code, JSON, URLs or XML escape it, or the backslash of a continued line. */
const ESCAPE = /\\{1,8}(?:[nrt]|u000[ad]|x0[ad])?|%0[ad]|&#(?:10|13|xa|xd);|<br ?\/?>/iuy;
/** Characters that begin or end the lines of comments, quotes, lists and concatenated strings. */
const SEPARATOR = /[\s"'`+,.;:#>*|!%&()[\]/-]/uy;
/** The most separators between the marker and the key. */
const MAX_SEPARATORS = 200;
/** The first characters of a key. JSON may write a slash as `\/`. */
const KEY_BODY = /(?:[A-Za-z0-9+/=]|\\\/){32,64}/uy;

/** Base64 of `-----BEGIN `, for 0, 1 or 2 preceding bytes modulo 3. */
const ENCODED_BEGINS = [/LS0tLS1CRUdJTi/gu, /0tLS0tQkVHSU4g/gu, /tLS0tLUJFR0lOI/gu];
/** {@link BEGIN_KEY} at the beginning of a text. */
const DECODED_BEGIN = /^-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----/u;
/**
 * Base64 characters that hold the marker, and the marker with headers and the beginning of a key.
 */
const ENCODED_MARKER_LENGTH = 96;
const ENCODED_KEY_LENGTH = 320;

/**
 * Finds private keys in a text: a marker such as `-----BEGIN … PRIVATE KEY-----` followed by at
 * least 32 characters of base64, as plain text or encoded in base64 once more. The marker alone is
 * not a finding, because every library that reads keys contains it.
 */
export function findPrivateKeys(text: string): FoundSecret[] {
  return [
    ...findArmouredKeys(text, BEGIN_KEY),
    ...findArmouredKeys(text, BEGIN_SSH2_KEY),
    ...ENCODED_BEGINS.flatMap((begin, before) => findEncodedKeys(text, begin, before)),
  ];
}

/**
 * Finds the marker of a PuTTY private key at the beginning of a file. The bytes are UTF-8, read as
 * Latin-1.
 */
export function findPuttyKey(beginning: string): FoundSecret[] {
  const [all = '', mark = ''] = /^(\xEF\xBB\xBF)?PuTTY-User-Key-File-\d+:/u.exec(beginning) ?? [];
  return all === '' ? [] : [privateKey(mark.length, all.length)];
}

/** Creates the finding for a private key between two offsets. */
export function privateKey(start: number, end: number): FoundSecret {
  return { rule: 'secret.private-key', text: t('holds a private key'), start, end };
}

function findArmouredKeys(text: string, begin: RegExp): FoundSecret[] {
  const found: FoundSecret[] = [];
  for (const { 0: marker, index } of text.matchAll(begin)) {
    const end = index + marker.length;
    if (isFollowedByKey(text, end)) {
      found.push(privateKey(index, end));
    }
  }
  return found;
}

function isFollowedByKey(text: string, start: number): boolean {
  let position = start;
  for (let count = 0; count < MAX_SEPARATORS; count++) {
    const body = matchSticky(KEY_BODY, text, position);
    if (body !== undefined) {
      return !isPlaceholder(body);
    }
    const between =
      matchSticky(HEADER, text, position) ??
      matchSticky(ESCAPE, text, position) ??
      matchSticky(SEPARATOR, text, position);
    if (between === undefined) {
      return false;
    }
    position += between.length;
  }
  return false;
}

/** @param before how many encoded bytes come before the marker, modulo 3 */
function findEncodedKeys(text: string, begin: RegExp, before: number): FoundSecret[] {
  const found: FoundSecret[] = [];
  for (const { 0: encoded, index } of text.matchAll(begin)) {
    const start = decodeArmour(text.slice(index, index + ENCODED_MARKER_LENGTH), before);
    const marker = DECODED_BEGIN.exec(start)?.[0];
    if (marker !== undefined) {
      const key = decodeArmour(text.slice(index, index + ENCODED_KEY_LENGTH), before);
      if (isFollowedByKey(key, marker.length)) {
        found.push(privateKey(index, index + encoded.length));
      }
    }
  }
  return found;
}

function decodeArmour(encoded: string, before: number): string {
  const end = encoded.search(/[^\w+/=\s\\-]/u);
  const characters = encoded.slice(0, end === -1 ? encoded.length : end);
  // The pattern leaves out the characters that also encode preceding bytes or the first dash.
  const filler = 'A'.repeat(before === 0 ? 0 : before + 1);
  const base64 = filler + characters.replace(/\\[nr]?/gu, '');
  const decoded = Buffer.from(base64, 'base64').toString('latin1');
  return `-${decoded.slice(decoded.indexOf('----BEGIN'))}`;
}

function matchSticky(pattern: RegExp, text: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0];
}
