import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { version as parserVersion } from 'acorn';
import { isJsonObject, parseJson } from '../json';
import { textLanguage } from '../l10n';
import type { Range } from '../problem';
import { readTextFile } from '../readTextFile';
import type { CheckedContent, Finding } from './baseline/finding';

/** Counts up whenever the same content may have other findings than before. */
const RULES_VERSION = `2/acorn-${parserVersion}`;

/** Findings are kept with their messages, which are in the language of their time. */
function currentVersion(): string {
  return `${RULES_VERSION}/${textLanguage()}`;
}

/** The most contents that are remembered; those not asked for longest go first. */
const MAX_ENTRIES = 4_000;
/** A larger file is neither read nor written. In bytes. */
const MAX_BYTES = 16 * 1024 * 1024;

/** What was found in which content. It is there for speed alone: a file that is missing or makes no sense is an empty cache. */
export class BaselineCache {
  private changed = false;

  private constructor(private readonly entries: Map<string, CheckedContent>) {}

  /** @param file where an earlier cache was written; undefined for none */
  static async load(file: string | undefined): Promise<BaselineCache> {
    const text =
      file === undefined ? undefined : await readTextFile(file, MAX_BYTES).catch(() => undefined);
    return new BaselineCache(new Map(text === undefined ? [] : parseEntries(text)));
  }

  get(key: string): CheckedContent | undefined {
    const checked = this.entries.get(key);
    if (checked !== undefined) {
      this.entries.delete(key);
      this.entries.set(key, checked);
    }
    return checked;
  }

  set(key: string, checked: CheckedContent): void {
    this.entries.set(key, checked);
    this.changed = true;
  }

  /** The text of the cache file; undefined when it would hold nothing new. */
  serializeIfChanged(): string | undefined {
    if (!this.changed) {
      return undefined;
    }
    const version = currentVersion();
    for (let most = Math.min(MAX_ENTRIES, this.entries.size); ; most = Math.floor(most / 2)) {
      const entries = most === 0 ? {} : Object.fromEntries([...this.entries].slice(-most));
      const text = JSON.stringify({ version, entries });
      if (most === 0 || Buffer.byteLength(text) <= MAX_BYTES) {
        return text;
      }
    }
  }
}

/** Writes the cache file as a whole or not at all. A failure only costs time later. */
export async function writeCacheFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(temporary, text, { mode: 0o600 });
    await rename(temporary, file);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

function parseEntries(text: string): [string, CheckedContent][] {
  const cache = parseJson(text)?.value;
  if (
    !isJsonObject(cache) ||
    cache['version'] !== currentVersion() ||
    !isJsonObject(cache['entries'])
  ) {
    return [];
  }
  return Object.entries(cache['entries']).filter((entry): entry is [string, CheckedContent] =>
    isChecked(entry[1]),
  );
}

function isChecked(value: unknown): boolean {
  return (
    isJsonObject(value) &&
    Array.isArray(value['findings']) &&
    value['findings'].every(isFinding) &&
    isTexts(value['brings']) &&
    Array.isArray(value['loads']) &&
    value['loads'].every(
      (load) => isJsonObject(load) && (typeof load['src'] === 'string' || isTexts(load['brings'])),
    )
  );
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function isFinding(value: unknown): value is Finding {
  return (
    isJsonObject(value) &&
    typeof value['rule'] === 'string' &&
    value['rule'].startsWith('baseline.') &&
    typeof value['message'] === 'string' &&
    (value['unless'] === undefined || isTexts(value['unless'])) &&
    [value['step'] ?? 0, value['more'] ?? 0].every(isIndex) &&
    isRange(value['range'])
  );
}

function isRange(value: unknown): value is Range {
  return isJsonObject(value) && [value['start'], value['end']].every(isPosition);
}

function isPosition(value: unknown): boolean {
  return isJsonObject(value) && [value['line'], value['character']].every(isIndex);
}

function isIndex(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
