import { open, type FileHandle } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { throwIfCancelled } from '../../errors';
import type { Problem, Range } from '../../problem';
import type { BundleFile } from '../files';
import { problemOf } from '../rules';
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
const CHUNK = 256 * 1024;
/** A file with a zero byte within this many is no text. (Nor is UTF-16 for us, which no WebView script is written in.) */
const SNIFFED_BYTES = 8 * 1024;
/** More in one file tell nothing new. */
const MAX_PER_FILE = 20;

/**
 * Finds what must never be published among files: private keys, environment files, registry credentials, access tokens. Binary files are
 * judged by their name alone, and of a text file the first 16 MiB are read. No message holds any of a secret.
 * @throws CancelledError
 */
export async function checkSecrets(
  files: readonly BundleFile[],
  signal?: AbortSignal,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  const buffer = Buffer.allocUnsafe(CHUNK);
  for (const file of files) {
    throwIfCancelled(signal);
    const { name, path } = file;
    const named = secretName(name);
    if (named !== undefined) {
      problems.push(problemOf(named.rule, `"${name}" ${named.text}`, path));
    }
    for (const { rule, text, range } of await scanFile(file, buffer, signal)) {
      problems.push(problemOf(rule, `"${name}" ${text}`, path, range));
    }
  }
  return problems;
}

type Located = FoundSecret & { range: Range };

/** A file that cannot be read has no findings: packing it fails with a better word. */
async function scanFile(
  { name, path }: BundleFile,
  buffer: Buffer,
  signal?: AbortSignal,
): Promise<Located[]> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) {
    return [];
  }
  try {
    return await scanText(chunksOf(file, buffer, signal), /(^|\/)\.npmrc$/u.test(name));
  } finally {
    await file.close();
  }
}

/** The text of a file in pieces; nothing when it is binary. */
async function* chunksOf(
  file: FileHandle,
  buffer: Buffer,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  for (let position = 0; position < SCANNED_BYTES;) {
    throwIfCancelled(signal);
    const result = await file.read(buffer, 0, buffer.length, position).catch(() => undefined);
    const bytes = buffer.subarray(0, result?.bytesRead ?? 0);
    if (bytes.length === 0 || (position === 0 && isBinary(bytes))) {
      return;
    }
    const text = decoder.write(bytes);
    yield position === 0 ? text.replace(/^\uFEFF/u, '') : text;
    position += bytes.length;
  }
}

function isBinary(bytes: Buffer): boolean {
  return bytes.subarray(0, SNIFFED_BYTES).includes(0);
}

/** Looks at a text piece by piece, each time with enough of what came before for a secret that lies across two pieces. */
async function scanText(chunks: AsyncIterable<string>, isNpmrc: boolean): Promise<Located[]> {
  const found: Located[] = [];
  let text = '';
  let begin = { offset: 0, line: 0, character: 0 };
  let foundUpTo = 0;
  const scan = (isLast: boolean): void => {
    const positions = new TextPositions(text);
    const locate = (offset: number): Range['start'] => {
      const { line, character } = positions.range(offset, offset).start;
      return {
        line: begin.line + line,
        character: line === 0 ? begin.character + character : character,
      };
    };
    for (const secret of allSecretsIn(text, begin.offset === 0, isNpmrc)) {
      const isCut = !isLast && secret.end === text.length;
      if (!isCut && begin.offset + secret.start >= foundUpTo && found.length < MAX_PER_FILE) {
        found.push({ ...secret, range: { start: locate(secret.start), end: locate(secret.end) } });
        foundUpTo = begin.offset + secret.end;
      }
    }
    const dropped = Math.max(0, text.length - LONGEST_SECRET);
    begin = { offset: begin.offset + dropped, ...locate(dropped) };
    text = text.slice(dropped);
  };
  for await (const chunk of chunks) {
    if (text !== '') {
      scan(false);
    }
    text += chunk;
  }
  scan(true);
  return found;
}

function allSecretsIn(text: string, isBeginning: boolean, isNpmrc: boolean): FoundSecret[] {
  return [
    ...(isBeginning ? puttyKeyIn(text) : []),
    ...(isNpmrc ? npmCredentialsIn(text) : []),
    ...secretsIn(text),
  ].sort((a, b) => a.start - b.start);
}
