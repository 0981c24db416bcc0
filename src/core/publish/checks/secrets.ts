import { StringDecoder } from 'node:string_decoder';
import type { Range } from '../../problem';
import type { BundleFile } from '../files';
import type { RuleId } from '../rules';
import { TextPositions } from '../textPositions';
import { secretName } from './secretFiles';
import {
  LONGEST_SECRET,
  npmCredentialsIn,
  puttyKeyIn,
  secretsIn,
  type FoundSecret,
} from './secretTexts';

/** Bytes of a file that are looked at. */
export const SCANNED_BYTES = 16 * 1024 * 1024;
/** So many bytes are looked at in one go. */
const CHUNK = 256 * 1024;
/** A file with a zero byte within this many is no text, but for UTF-16 with its mark, as Windows PowerShell writes what is redirected. */
export const SNIFFED_BYTES = 8 * 1024;
/** More in one file tell nothing new. */
const MAX_PER_FILE = 20;

/** What must never be published, without any of it. */
export interface SecretFinding {
  rule: RuleId;
  /** Follows the file's name. */
  text: string;
  /** Where in the file; undefined when it is the file itself. */
  range?: Range;
}

/**
 * Finds what must never be published in files whose bytes come one after the other: private keys, environment files, registry credentials,
 * access tokens. Binary files are judged by their name alone, and of a text file the first 16 MiB are read. One scanner serves any number of
 * files, with the same memory.
 */
export class SecretScanner {
  private readonly chunk = Buffer.allocUnsafeSlow(CHUNK);
  private used = 0;
  private scanned = 0;
  private skipping = false;
  private text = new TextScan(false);
  private decode = decoderOf(Buffer.alloc(0));
  private found: SecretFinding[] = [];

  /** Begins a file. */
  begin(file: Pick<BundleFile, 'name' | 'linksTo'>): void {
    const named = secretName(file);
    this.found = named === undefined ? [] : [named];
    this.used = 0;
    this.scanned = 0;
    this.skipping = false;
    this.text = new TextScan(/(^|\/)\.npmrc$/u.test(file.name));
  }

  /** Takes the file's next bytes; they may be reused afterwards. Returns whether more of them would matter. */
  add(bytes: Buffer): boolean {
    for (let start = 0; start < bytes.length && !this.skipping;) {
      const part = bytes.subarray(start, start + CHUNK - this.used);
      this.chunk.set(part, this.used);
      this.used += part.length;
      start += part.length;
      const sniffed = this.scanned === 0 && this.used >= SNIFFED_BYTES;
      if (sniffed && isBinary(this.chunk.subarray(0, this.used))) {
        this.skipping = true;
      } else if (this.used === CHUNK) {
        this.scanChunk();
      }
    }
    return !this.skipping;
  }

  /** Ends the file. */
  end(): SecretFinding[] {
    if (!this.skipping) {
      this.scanChunk();
      this.found.push(...this.text.end());
    }
    return this.found;
  }

  private scanChunk(): void {
    const bytes = this.chunk.subarray(0, Math.min(this.used, SCANNED_BYTES - this.scanned));
    this.used = 0;
    if (this.scanned === 0 && isBinary(bytes)) {
      this.skipping = true;
      this.text = new TextScan(false);
      return;
    }
    if (this.scanned === 0) {
      this.decode = decoderOf(bytes);
    }
    const text = this.decode(bytes);
    this.text.add(this.scanned === 0 ? text.replace(/^\uFEFF/u, '') : text);
    this.scanned += bytes.length;
    if (this.scanned >= SCANNED_BYTES) {
      this.found.push(...this.text.end());
      this.skipping = true;
    }
  }
}

/** Whether the first bytes of a file are those of no text. */
export function isBinary(bytes: Buffer): boolean {
  return utf16Of(bytes) === undefined && bytes.subarray(0, SNIFFED_BYTES).includes(0);
}

/** What a file says of itself with its first two bytes. */
function utf16Of(bytes: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const mark = bytes.toString('latin1', 0, 2);
  if (mark === '\xFF\xFE') {
    return 'utf-16le';
  }
  return mark === '\xFE\xFF' ? 'utf-16be' : undefined;
}

/** Decodes a file piece by piece. @param begin its first bytes */
function decoderOf(begin: Buffer): (bytes: Buffer) => string {
  const utf16 = utf16Of(begin);
  if (utf16 === undefined) {
    const decoder = new StringDecoder('utf8');
    return (bytes) => decoder.write(bytes);
  }
  const decoder = new TextDecoder(utf16);
  return (bytes) => decoder.decode(bytes, { stream: true });
}

/** Looks at a text piece by piece, each time with enough of what came before for a secret that lies across two pieces. */
class TextScan {
  private readonly found: SecretFinding[] = [];
  private text = '';
  private begin = { offset: 0, line: 0, character: 0 };
  private foundUpTo = 0;

  constructor(private readonly isNpmrc: boolean) {}

  add(chunk: string): void {
    if (this.text !== '') {
      this.scan(false);
    }
    this.text += chunk;
  }

  end(): SecretFinding[] {
    this.scan(true);
    return this.found;
  }

  private scan(isLast: boolean): void {
    const { text, begin } = this;
    const positions = new TextPositions(text);
    const locate = (offset: number): Range['start'] => {
      const { line, character } = positions.range(offset, offset).start;
      return {
        line: begin.line + line,
        character: line === 0 ? begin.character + character : character,
      };
    };
    for (const secret of allSecretsIn(text, begin.offset === 0, this.isNpmrc)) {
      const { rule, text: words, start, end } = secret;
      const isCut = !isLast && end === text.length;
      const isNew = begin.offset + start >= this.foundUpTo;
      if (!isCut && isNew && this.found.length < MAX_PER_FILE) {
        this.found.push({ rule, text: words, range: { start: locate(start), end: locate(end) } });
        this.foundUpTo = begin.offset + end;
      }
    }
    const dropped = Math.max(0, text.length - LONGEST_SECRET);
    this.begin = { offset: begin.offset + dropped, ...locate(dropped) };
    this.text = text.slice(dropped);
  }
}

function allSecretsIn(text: string, isBeginning: boolean, isNpmrc: boolean): FoundSecret[] {
  return [
    ...(isBeginning ? puttyKeyIn(text) : []),
    ...(isNpmrc ? npmCredentialsIn(text) : []),
    ...secretsIn(text),
  ].sort((a, b) => a.start - b.start);
}
