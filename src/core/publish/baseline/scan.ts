import { createHash } from 'node:crypto';
import { I99dashError, systemErrorCode, throwIfCancelled } from '../../errors';
import { BaselineCache } from '../baselineCache';
import { blockingFiles, waitingFiles, WholeFileReader } from '../fileAccess';
import type { BundleFile } from '../files';
import { TextPositions } from '../textPositions';
import type { Finding, RawFinding } from './finding';
import { scriptsOf } from './html';
import { checkScript } from './script';

/** What the files' contents break. */
export interface Scan {
  /** Only files with findings; the index counts the files in the order they came. */
  found: { index: number; findings: readonly Finding[] }[];
  /** What the cache file should hold now; undefined when it holds that already. */
  cache?: string;
}

export interface ScanOptions {
  /** Where the results of earlier scans are. */
  cacheFile?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Whether this thread has nothing else to do and may wait for the disk. */
  blocking?: boolean;
  /** Told how many files are done. */
  onFile?: ((done: number) => void) | undefined;
}

/** Bytes. A larger file's syntax tree would take gigabytes. */
const MAX_SIZE = 16 * 1024 * 1024;
/** Nobody reads more findings about one file. */
const MAX_FINDINGS = 100;

/**
 * Looks at every file, HTML pages at their inline scripts, or remembers what it found in the same content before.
 * @throws VALIDATION_FAILED when a file cannot be read, CancelledError
 */
export async function scanFiles(
  batches: AsyncIterable<readonly BundleFile[]>,
  { cacheFile, signal, blocking = false, onFile }: ScanOptions = {},
): Promise<Scan> {
  const cache = await BaselineCache.load(cacheFile);
  const reader = new WholeFileReader(blocking ? blockingFiles : waitingFiles);
  const found: Scan['found'] = [];
  let done = 0;
  for await (const batch of batches) {
    for (const file of batch) {
      throwIfCancelled(signal);
      const findings = await scanFile(file, reader, cache);
      if (findings.length > 0) {
        found.push({ index: done, findings });
      }
      onFile?.(++done);
    }
  }
  throwIfCancelled(signal);
  const changed = cacheFile === undefined ? undefined : cache.serializeIfChanged();
  return { found, ...(changed === undefined ? {} : { cache: changed }) };
}

/** True for a page, whose inline scripts count; everything else is a script. */
export function isPage(name: string): boolean {
  return /\.html?$/iu.test(name);
}

async function scanFile(
  file: BundleFile,
  reader: WholeFileReader,
  cache: BaselineCache,
): Promise<readonly Finding[]> {
  const content = await reader.read(file.path, MAX_SIZE).catch((cause: unknown) => {
    const reason = systemErrorCode(cause) ?? 'unknown';
    const message = `${file.name} cannot be read (${reason}).`;
    throw new I99dashError('VALIDATION_FAILED', message, { file: file.path, cause });
  });
  if (content === undefined) {
    const message = `This file is too large to be checked: more than ${MAX_SIZE >> 20} MiB`;
    return toFindings('', [{ rule: 'baseline.unchecked', message, start: 0, end: 0 }]);
  }
  const page = isPage(file.name);
  const key = `${page ? 'page' : 'script'}:${createHash('sha256').update(content).digest('base64url')}`;
  let findings = cache.get(key);
  if (findings === undefined) {
    // An editor does not count a byte order mark as a character.
    const text = content.toString('utf8').replace(/^\uFEFF/u, '');
    findings = toFindings(text, page ? checkPage(text) : checkScript(text));
    cache.set(key, findings);
  }
  return findings;
}

function checkPage(html: string): RawFinding[] {
  return scriptsOf(html).flatMap(({ kind, start, codeStart, codeEnd }) => {
    if (kind === 'module') {
      const message =
        'A module script does not run: the WebView of the oldest cars loads classic scripts only';
      return [{ rule: 'baseline.module', message, start, end: start + '<script'.length } as const];
    }
    return checkScript(html.slice(codeStart, codeEnd)).map((finding) => ({
      ...finding,
      start: finding.start + codeStart,
      end: finding.end + codeStart,
    }));
  });
}

function toFindings(text: string, raw: readonly RawFinding[]): Finding[] {
  if (raw.length === 0) {
    return [];
  }
  const positions = new TextPositions(text);
  return raw.slice(0, MAX_FINDINGS).map(({ rule, message, start, end }, index) => {
    const more = index === MAX_FINDINGS - 1 ? raw.length - MAX_FINDINGS : 0;
    return {
      rule,
      message: more > 0 ? `${message} (and ${more} more like this in this file)` : message,
      range: positions.range(start, end),
    };
  });
}
