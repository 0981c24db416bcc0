import { t } from '../../../text/l10n';
import type { PageLoad, RawFinding } from './finding';
import { readPage, type PageScript } from './html';
import { inspectScript, isBrought } from './script';
import { checkStyle } from './style';

/** The findings in a page, and the scripts that it loads in the order in which they run. */
export interface PageCheck {
  findings: RawFinding[];
  loads: PageLoad[];
}

/** Checks the code inside a page: inline scripts, handlers such as `onclick`, and style sheets. */
export async function checkPage(html: string): Promise<PageCheck> {
  const { scripts, handlers, styles } = readPage(html);
  const loads: PageLoad[] = [];
  let findings: RawFinding[] = [];
  for (const script of inOrder(scripts)) {
    findings = findings.concat(await checkInline(html, script, loads));
  }
  for (const { start, end } of handlers) {
    findings = findings.concat(await checkHandler(html, start, end, loads.length));
  }
  const inStyles = styles.flatMap(({ start, end }) =>
    shift(checkStyle(html.slice(start, end)), start),
  );
  return { findings: findings.concat(inStyles).sort((a, b) => a.start - b.start), loads };
}

/** Checks an inline script, and adds it to the page's loads. */
async function checkInline(
  html: string,
  script: PageScript,
  loads: PageLoad[],
): Promise<RawFinding[]> {
  const { kind, src, codeStart, codeEnd } = script;
  if (kind === 'module') {
    return [moduleFinding(script)];
  }
  if (src !== undefined) {
    loads.push({ src });
    return [];
  }
  const { findings, brings } = await inspectScript(html.slice(codeStart, codeEnd));
  const open = findings.filter(({ unless }) => !isBrought(unless, brings));
  loads.push({ brings });
  return shift(open, codeStart, loads.length - 1);
}

/** Sorts scripts by when they run: deferred ones after the page has been parsed. */
function inOrder(scripts: readonly PageScript[]): PageScript[] {
  return [
    ...scripts.filter(({ isDeferred }) => !isDeferred),
    ...scripts.filter(({ isDeferred }) => isDeferred),
  ];
}

function moduleFinding({ start }: PageScript): RawFinding {
  const message = t(
    'A module script does not run: the WebView of the oldest cars loads classic scripts only',
  );
  return { rule: 'baseline.module', message, start, end: start + '<script'.length };
}

/**
 * Checks an event handler. A finding covers the whole handler if its text has character references,
 * because they shift offsets.
 */
async function checkHandler(
  html: string,
  start: number,
  end: number,
  step: number,
): Promise<RawFinding[]> {
  const text = html.slice(start, end);
  const code = decodeReferences(text);
  const { findings, brings } = await inspectScript(code, true);
  const open = findings.filter(({ unless }) => !isBrought(unless, brings));
  return code === text
    ? shift(open, start, step)
    : open.map((finding) => ({ ...finding, start, end, step }));
}

function shift(findings: readonly RawFinding[], by: number, step?: number): RawFinding[] {
  return findings.map((finding) => ({
    ...finding,
    start: finding.start + by,
    end: finding.end + by,
    ...(step === undefined ? {} : { step }),
  }));
}

const REFERENCES: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  gt: '>',
  lt: '<',
  nbsp: '\u00A0',
  quot: '"',
};

/**
 * Decodes the character references that occur in code: numeric ones, and named ones of punctuation.
 */
function decodeReferences(text: string): string {
  return text.replace(
    /&(?:(?<name>amp|apos|gt|lt|nbsp|quot)|#(?<decimal>\d{1,7})|#x(?<hex>[\da-f]{1,6}));/giu,
    (reference, ...rest) => {
      const { name, decimal, hex } = rest.at(-1) as Record<string, string | undefined>;
      if (name !== undefined) {
        return REFERENCES[name.toLowerCase()] ?? reference;
      }
      const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : reference;
    },
  );
}
