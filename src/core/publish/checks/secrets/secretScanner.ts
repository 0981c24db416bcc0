import type { Range } from '../../../problem';
import type { BundleFile } from '../../bundle/files';
import type { RuleId } from '../../rules/rules';
import { secretName } from './secretFiles';
import { findPuttyKey } from './privateKeys';
import {
  LONGEST_SECRET,
  MAX_FOUND,
  findNpmCredentials,
  findSecrets,
  type FoundSecret,
} from './secretTexts';

/** The most bytes of a file that are scanned. */
export const SCANNED_BYTES = 16 * 1024 * 1024;
/** Bytes per scan. Longer strings are allocated separately, which takes more time than the scan. */
const CHUNK = 112 * 1024;
/**
 * Bytes. A file with a zero byte within this length is binary, unless it is UTF-16 with a byte
 * order mark, as Windows PowerShell writes redirected output.
 */
export const SNIFFED_BYTES = 8 * 1024;
/** The byte order mark of UTF-8, read as Latin-1. */
const UTF8_MARK = '\xEF\xBB\xBF';
const NOT_ASCII = /[\x80-\xFF]/u;

/** A secret that must not be published, described without its value. */
export interface SecretFinding {
  rule: RuleId;
  /** The message, which follows the file's name. */
  text: string;
  /** The range in the file; undefined if the file itself is the finding. */
  range?: Range;
}

/**
 * Finds secrets in files whose bytes arrive one chunk after another: private keys, environment
 * files, credentials and tokens. Binary files are checked by name only; of a text file, the first
 * 16 MiB are scanned. One scanner serves any number of files with the same memory.
 */
export class SecretScanner {
  private readonly chunk = Buffer.allocUnsafeSlow(CHUNK);
  private used = 0;
  private scanned = 0;
  private isSniffed = false;
  private skipping = false;
  /** Decodes a UTF-16 file, which is scanned as UTF-8. */
  private utf16: InstanceType<typeof TextDecoder> | undefined;
  private text = new TextScan(false);
  private found: SecretFinding[] = [];

  begin(file: Pick<BundleFile, 'name' | 'linksTo'>): void {
    const named = secretName(file);
    this.found = named === undefined ? [] : [named];
    this.used = 0;
    this.scanned = 0;
    this.isSniffed = false;
    this.skipping = false;
    this.utf16 = undefined;
    this.text = new TextScan(/(^|\/)\.npmrc$/u.test(file.name));
  }

  /**
   * Takes the file's next bytes. The caller may reuse the buffer afterwards. Returns whether the
   * scanner needs more of the file.
   */
  add(bytes: Buffer): boolean {
    const utf8 =
      this.utf16 === undefined ? bytes : Buffer.from(this.utf16.decode(bytes, { stream: true }));
    for (let start = 0; start < utf8.length && !this.skipping;) {
      const room = Math.min(CHUNK - this.used, SCANNED_BYTES - this.scanned);
      const part = utf8.subarray(start, start + room);
      this.chunk.set(part, this.used);
      this.used += part.length;
      this.scanned += part.length;
      start += part.length;
      if (!this.isSniffed && this.used >= SNIFFED_BYTES) {
        this.sniff();
      }
      if (this.used === CHUNK) {
        this.scanChunk();
      }
      this.skipping ||= this.scanned >= SCANNED_BYTES;
    }
    return !this.skipping;
  }

  /** Ends the file and returns its findings. */
  end(): SecretFinding[] {
    if (!this.isSniffed) {
      this.sniff();
    }
    this.found = this.found.concat(this.text.scan(this.chunk.subarray(0, this.used), true));
    return this.found;
  }

  private scanChunk(): void {
    const kept = CHUNK - LONGEST_SECRET;
    this.found = this.found.concat(this.text.scan(this.chunk, false));
    this.chunk.copyWithin(0, kept);
    this.used = LONGEST_SECRET;
  }

  /** Detects the file's kind from its first bytes. */
  private sniff(): void {
    this.isSniffed = true;
    const beginning = this.chunk.subarray(0, this.used);
    const encoding = decodeUtf16(beginning);
    if (isBinary(beginning)) {
      this.skipping = true;
      this.used = 0;
    } else if (encoding !== undefined) {
      this.utf16 = new TextDecoder(encoding);
      this.used = 0;
      this.scanned = 0;
      this.add(Buffer.from(beginning));
    }
  }
}

/** Checks whether the first bytes of a file are binary. */
export function isBinary(bytes: Buffer): boolean {
  return decodeUtf16(bytes) === undefined && bytes.subarray(0, SNIFFED_BYTES).includes(0);
}

/** Returns the UTF-16 encoding that the byte order mark declares. */
function decodeUtf16(bytes: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const mark = bytes.toString('latin1', 0, 2);
  if (mark === '\xFF\xFE') {
    return 'utf-16le';
  }
  return mark === '\xFE\xFF' ? 'utf-16be' : undefined;
}

/**
 * Scans a text in UTF-8 piece by piece. Each piece begins with the end of the previous one, as long
 * as the longest secret. All secrets are ASCII, so the bytes are read as Latin-1, which takes a
 * fraction of the time. Only reported positions are counted in UTF-16, as editors do.
 */
class TextScan {
  /** Where the piece begins in the text, in bytes and as a position. */
  private begin = { offset: 0, line: 0, character: 0 };
  private foundUpTo = 0;
  private count = 0;

  constructor(private readonly isNpmrc: boolean) {}

  /** @returns findings that earlier pieces did not have */
  scan(bytes: Buffer, isLast: boolean): SecretFinding[] {
    const { begin } = this;
    const text = bytes.toString('latin1');
    const found: SecretFinding[] = [];
    for (const secret of findAllSecrets(text, begin.offset === 0, this.isNpmrc)) {
      const { rule, text: words, start, end } = secret;
      const isCut = !isLast && end === text.length;
      const isNew = begin.offset + start >= this.foundUpTo && this.count < MAX_FOUND;
      if (!isCut && isNew) {
        const range = { start: this.locate(text, start), end: this.locate(text, end) };
        found.push({ rule, text: words, range });
        this.count++;
        this.foundUpTo = begin.offset + end;
      }
    }
    if (!isLast) {
      const dropped = text.length - LONGEST_SECRET;
      this.begin = { offset: begin.offset + dropped, ...this.locate(text, dropped) };
    }
    return found;
  }

  private locate(text: string, offset: number): Range['start'] {
    // Editors have no position between the two characters of a line end.
    const isWithinLineEnd = text.slice(Math.max(0, offset - 1), offset + 1) === '\r\n';
    const before = text.slice(0, isWithinLineEnd ? offset - 1 : offset);
    let { line } = this.begin;
    let lineStart = this.begin.offset === 0 && text.startsWith(UTF8_MARK) ? UTF8_MARK.length : 0;
    for (const { 0: lineEnd, index } of before.matchAll(/\r\n|[\r\n]/gu)) {
      line++;
      lineStart = index + lineEnd.length;
    }
    const character = countCharacters(before.slice(lineStart));
    return { line, character: character + (line === this.begin.line ? this.begin.character : 0) };
  }
}

/** @param latin1 UTF-8 that was read as Latin-1 */
function countCharacters(latin1: string): number {
  return NOT_ASCII.test(latin1)
    ? Buffer.from(latin1, 'latin1').toString('utf8').length
    : latin1.length;
}

function findAllSecrets(text: string, isBeginning: boolean, isNpmrc: boolean): FoundSecret[] {
  return [
    ...(isBeginning ? findPuttyKey(text) : []),
    ...(isNpmrc ? findNpmCredentials(text) : []),
    ...findSecrets(text),
  ].sort((a, b) => a.start - b.start);
}
