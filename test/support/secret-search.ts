import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A value that may occur only where it belongs. */
export interface Secret {
  /** Its name in a finding. */
  readonly name: string;
  /** Bytes for binary secrets, such as the seed of a key. */
  readonly value: string | Buffer;
}

/** Shorter values would be found by chance. */
const LEAST_CHARACTERS = 8;
/** Three base64url parts, the first two JSON objects: any access token. */
const ACCESS_TOKEN = /eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}/u;

/**
 * Returns the forms of a value in logs, URLs, databases and memory dumps: plain, JSON, JSON within
 * JSON, base64 at each offset, hex and percent-encoded, each also in UTF-16.
 */
export function formsOf(value: string | Buffer): Buffer[] {
  const bytes = Buffer.from(value);
  const hex = bytes.toString('hex');
  const percent = hex.replace(/../gu, '%$&');
  const base64 = [0, 1, 2].map((offset) => base64Core(bytes, offset));
  const texts = new Set([
    ...(typeof value === 'string' ? textsOf(value) : []),
    ...base64.flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')]),
    ...[hex, hex.toUpperCase(), percent, percent.toUpperCase()],
  ]);
  const encoded = [...texts].flatMap((text) => [
    Buffer.from(text),
    Buffer.from(text, 'utf16le'),
    Buffer.from(text, 'utf16le').swap16(),
  ]);
  return typeof value === 'string' ? encoded : [bytes, ...encoded];
}

function textsOf(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  return [value, json, JSON.stringify(json).slice(1, -1), encodeURIComponent(value)];
}

/**
 * Returns the part of a base64 text that does not depend on the bytes before and after.
 * @param offset the start of the bytes, modulo 3
 */
function base64Core(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  const from = Math.ceil((offset * 8) / 6);
  return text.slice(from, Math.floor(((offset + bytes.length) * 8) / 6));
}

interface Needle {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Searches for secrets in every form. */
export class SecretSearch {
  /** The needles by their first four bytes as a little-endian number. */
  private readonly needles = new Map<number, Needle[]>();
  /** Whether a needle begins with these two bytes. */
  private readonly beginnings = new Uint8Array(2 ** 16);

  /** @throws Error when a secret is too short to search for */
  constructor(secrets: readonly Secret[]) {
    for (const { name, value } of secrets) {
      if (value.length < LEAST_CHARACTERS) throw new Error(`${name} is too short to look for`);
      for (const bytes of formsOf(value)) this.add({ name, bytes });
    }
  }

  /** @returns the names of the secrets in these bytes, each once */
  in(content: Buffer): string[] {
    const found = new Set<string>();
    for (let at = 0; at + 4 <= content.length; at++) {
      if (this.beginnings[content.readUInt16LE(at)] === 0) continue;
      for (const { name, bytes } of this.needles.get(content.readUInt32LE(at)) ?? []) {
        if (bytes.equals(content.subarray(at, at + bytes.length))) found.add(name);
      }
    }
    if (ACCESS_TOKEN.test(content.toString('latin1'))) found.add('an access token');
    return [...found];
  }

  /**
   * Reads every file below a folder.
   * @param isLeftOut for files that may contain a secret
   * @returns the number of files read, and `file: secret` for each finding
   */
  inFolder(
    folder: string,
    isLeftOut: (file: string) => boolean = () => false,
  ): { files: string[]; findings: string[] } {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((file) => !isLeftOut(file));
    // File names may contain a secret as well.
    const namesIn = (file: string): string[] =>
      this.in(Buffer.concat([Buffer.from(`${file}\n`), read(file)]));
    const findings = files.flatMap((file) =>
      namesIn(file).map((name) => `${file.slice(folder.length)}: ${name}`),
    );
    return { files, findings };
  }

  private add(needle: Needle): void {
    const { bytes } = needle;
    this.beginnings[bytes.readUInt16LE(0)] = 1;
    const start = bytes.readUInt32LE(0);
    this.needles.set(start, [...(this.needles.get(start) ?? []), needle]);
  }
}

/** Returns an empty buffer for a file that was removed meanwhile. */
function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}
