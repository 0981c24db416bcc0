import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { version as parserVersion } from 'acorn/package.json';
import { isJsonObject, parseJson } from '../../../platform/json';
import { textLanguage } from '../../../text/l10n';
import type { Range } from '../../../problem';
import { readTextFile } from '../../../platform/readTextFile';
import type { CheckedContent, Finding } from './finding';

/** Increase this whenever the same content may have different findings. */
const RULES_VERSION = `3/acorn-${parserVersion}`;

/**
 * Returns the version of cached findings. It includes the language, because findings contain
 * messages.
 */
function currentVersion(): string {
  return `${RULES_VERSION}/${textLanguage()}`;
}

/** The most contents in the cache. The least recently used ones are removed first. */
const MAX_ENTRIES = 4_000;
/** Bytes. A larger file is neither read nor written. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Caches the findings by content. It only saves time, so a missing or invalid file counts as an
 * empty cache.
 */
export class BaselineCache {
  private changed = false;

  private constructor(private readonly entries: Map<string, CheckedContent>) {}

  /** @param file file of an earlier cache; undefined for an empty one */
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

  /** Returns the text of the cache file; undefined if nothing has changed. */
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

/** Writes the cache file atomically. Ignores failures, which only cost time later. */
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
