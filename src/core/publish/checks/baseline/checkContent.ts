import { createHash } from 'node:crypto';
import { t } from '../../../text/l10n';
import type { BaselineCache } from './baselineCache';
import { TextPositions } from '../../json/textPositions';
import { MAX_CHECKED_BYTES, type CodeKind } from './codeFiles';
import type { CheckedContent, Finding, RawFinding } from './finding';
import { checkPage } from './page';
import { inspectScript, isBrought } from './script';
import { checkStyle } from './style';

/** The most findings that are reported for one message in one file. */
export const MAX_FINDINGS = 100;

/** Checks a script, a style sheet, or the code inside a page. Results are cached by content. */
export async function checkContent(
  content: Buffer,
  kind: CodeKind,
  cache: BaselineCache,
): Promise<CheckedContent> {
  const key = `${kind}:${createHash('sha256').update(content).digest('base64url')}`;
  let checked = cache.get(key);
  if (checked === undefined) {
    checked = await check(decode(content), kind);
    cache.set(key, checked);
  }
  return checked;
}

/** Returns the findings for a file larger than {@link MAX_CHECKED_BYTES}. */
export function tooLarge(): readonly Finding[] {
  const message = t(
    'This file is too large to be checked: more than {0} MiB',
    MAX_CHECKED_BYTES >> 20,
  );
  return toFindings('', [{ rule: 'baseline.unchecked', message, start: 0, end: 0 }]);
}

async function check(text: string, kind: CodeKind): Promise<CheckedContent> {
  switch (kind) {
    case 'page': {
      const { findings, loads } = await checkPage(text);
      return { findings: toFindings(text, findings), brings: [], loads };
    }
    case 'style':
      return { findings: toFindings(text, checkStyle(text)), brings: [], loads: [] };
    case 'script': {
      const { findings, brings } = await inspectScript(text);
      const open = findings.filter(({ unless }) => !isBrought(unless, brings));
      return { findings: toFindings(text, open), brings, loads: [] };
    }
  }
}

/**
 * Decodes the content as a browser does: a byte order mark sets the encoding. The mark is dropped,
 * because editors do not count it as a character.
 */
function decode(content: Buffer): string {
  const isSwapped = content[0] === 0xfe && content[1] === 0xff;
  const text = isSwapped
    ? Buffer.from(content.subarray(0, content.length & ~1))
        .swap16()
        .toString('utf16le')
    : content.toString(content[0] === 0xff && content[1] === 0xfe ? 'utf16le' : 'utf8');
  return text.replace(/^\uFEFF/u, '');
}

/**
 * Keeps at most {@link MAX_FINDINGS} findings with the same message; the last one says how many
 * more there are.
 */
function toFindings(text: string, raw: readonly RawFinding[]): Finding[] {
  if (raw.length === 0) {
    return [];
  }
  const positions = new TextPositions(text);
  const findings: Finding[] = [];
  const kept = new Map<string, { count: number; last: Finding }>();
  for (const { rule, message, start, end, unless, step } of raw) {
    const key = `${step ?? 0} ${message}`;
    const same = kept.get(key);
    if (same?.count === MAX_FINDINGS) {
      same.last.more = (same.last.more ?? 0) + 1;
      continue;
    }
    const finding: Finding = {
      ...{ rule, message, range: positions.range(start, end) },
      ...(unless === undefined ? {} : { unless }),
      ...(step === undefined ? {} : { step }),
    };
    kept.set(key, { count: (same?.count ?? 0) + 1, last: finding });
    findings.push(finding);
  }
  return findings;
}
