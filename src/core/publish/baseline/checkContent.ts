import { createHash } from 'node:crypto';
import { t } from '../../l10n';
import type { BaselineCache } from '../baselineCache';
import { TextPositions } from '../textPositions';
import { MAX_CHECKED_BYTES } from './codeFiles';
import type { Finding, RawFinding } from './finding';
import { scriptsOf } from './html';
import { checkScript } from './script';

/** Nobody reads more findings about one file. */
const MAX_FINDINGS = 100;

/** Looks at a script, or a page at its inline scripts, or remembers what it found in the same content before. */
export function checkContent(
  content: Buffer,
  kind: 'page' | 'script',
  cache: BaselineCache,
): readonly Finding[] {
  const key = `${kind}:${createHash('sha256').update(content).digest('base64url')}`;
  let findings = cache.get(key);
  if (findings === undefined) {
    const text = decode(content);
    findings = toFindings(text, kind === 'page' ? checkPage(text) : checkScript(text));
    cache.set(key, findings);
  }
  return findings;
}

/** What is told of a file larger than {@link MAX_CHECKED_BYTES}. */
export function tooLarge(): readonly Finding[] {
  const message = t(
    'This file is too large to be checked: more than {0} MiB',
    MAX_CHECKED_BYTES >> 20,
  );
  return toFindings('', [{ rule: 'baseline.unchecked', message, start: 0, end: 0 }]);
}

/** The text as a browser reads it: a byte order mark tells the encoding. An editor does not count the mark as a character. */
function decode(content: Buffer): string {
  const isSwapped = content[0] === 0xfe && content[1] === 0xff;
  const text = isSwapped
    ? Buffer.from(content.subarray(0, content.length & ~1))
        .swap16()
        .toString('utf16le')
    : content.toString(content[0] === 0xff && content[1] === 0xfe ? 'utf16le' : 'utf8');
  return text.replace(/^\uFEFF/u, '');
}

function checkPage(html: string): RawFinding[] {
  return scriptsOf(html).flatMap(({ kind, start, codeStart, codeEnd }) => {
    if (kind === 'module') {
      const message = t(
        'A module script does not run: the WebView of the oldest cars loads classic scripts only',
      );
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
      message: more > 0 ? t('{0} (and {1} more like this in this file)', message, more) : message,
      range: positions.range(start, end),
    };
  });
}
