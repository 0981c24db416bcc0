import { COMMENT_END, matchEnd, matchFrom, readTag, type Piece, type Tag } from './htmlTag';

/** A `<script>` of a page that a WebView would run. */
export interface PageScript {
  kind: 'classic' | 'module';
  /** Offset of the tag. */
  start: number;
  /** Offsets of the inline code. The range is empty for a script file. */
  codeStart: number;
  codeEnd: number;
  /** The address of a script file. */
  src?: string;
  /** Whether it runs after all other scripts of the page. */
  isDeferred: boolean;
}

/** The code that a WebView runs or applies from the page itself, in document order. */
export interface PageCode {
  scripts: PageScript[];
  /** Values of attributes such as `onclick`. */
  handlers: Piece[];
  /** Contents of `<style>`. */
  styles: Piece[];
}

/** Values of `type` that make a script a classic one. */
const CLASSIC =
  /^(?:|(?:text|application)\/(?:x-)?(?:java|ecma)script|text\/(?:j|live)script|text\/javascript1\.[0-5])$/iu;
/** A comment, a CDATA section, or the beginning of a tag, as a browser's tokenizer sees them. */
const MARKUP = /<!--|<!\[CDATA\[|<(?<slash>\/?)(?<element>[a-z][^\s/>]*)/giu;
/** Elements with text content, where scripting is enabled. */
const TEXT_ELEMENTS: ReadonlySet<string> = new Set([
  ...['iframe', 'noembed', 'noframes', 'noscript', 'script', 'style', 'textarea', 'title', 'xmp'],
]);
const CDATA = '<![CDATA[';
const HANDLER = /^on[a-z]+$/u;

/**
 * Returns the scripts of an HTML text, in document order. Invalid HTML is read as far as possible.
 */
export function listScripts(html: string): PageScript[] {
  return readPage(html).scripts;
}

/** Reads the code in a page. Skips `<template>` and `<noscript>`, whose content never runs. */
export function readPage(html: string): PageCode {
  const code: PageCode = { scripts: [], handlers: [], styles: [] };
  const depth = { template: 0, svg: 0 };
  for (let from = 0; ;) {
    const found = matchFrom(MARKUP, html, from);
    if (found === undefined) {
      return code;
    }
    const element = found.groups?.['element']?.toLowerCase();
    if (element === undefined) {
      from = skipMarked(html, found, depth.svg > 0);
      continue;
    }
    const tag = readTag(html, matchEnd(found) ?? html.length);
    if (tag === undefined) {
      return code;
    }
    from = tag.end;
    const isEnd = found.groups?.['slash'] === '/';
    if (element === 'template' || element === 'svg') {
      const change = isEnd ? -1 : tag.isSelfClosing && element === 'svg' ? 0 : 1;
      depth[element] = Math.max(0, depth[element] + change);
    }
    if (isEnd) {
      continue;
    }
    const isInert = depth.template > 0;
    if (!isInert) {
      findHandlers(tag).forEach((handler) => code.handlers.push(handler));
    }
    if (TEXT_ELEMENTS.has(element)) {
      const text = readText(html, element, tag, depth.svg > 0);
      if (!isInert) {
        addText(code, { element, tag, text, start: found.index, html, isSvg: depth.svg > 0 });
      }
      from = text.next;
    }
  }
}

/** Returns the content of a text element, and the offset where its end tag's name ends. */
function readText(
  html: string,
  element: string,
  { end, isSelfClosing }: Tag,
  isSvg: boolean,
): Piece & { next: number } {
  if (isSvg && isSelfClosing) {
    return { start: end, end, next: end };
  }
  const close = matchFrom(new RegExp(`</${element}(?=[\\s/>])`, 'giu'), html, end);
  return { start: end, end: close?.index ?? html.length, next: matchEnd(close) ?? html.length };
}

function addText(
  { scripts, styles }: PageCode,
  {
    element,
    tag: { attributes },
    text,
    start,
    html,
    isSvg,
  }: { element: string; tag: Tag; text: Piece; start: number; html: string; isSvg: boolean },
): void {
  const hasSection = isSvg && html.slice(text.start, text.end).trimStart().startsWith(CDATA);
  if (element === 'style' && !hasSection) {
    styles.push(text);
  }
  const kind = element === 'script' && !hasSection ? scriptKind(attributes) : undefined;
  if (kind === undefined) {
    return;
  }
  const src = (attributes.get('src') ?? (isSvg ? attributes.get('href') : undefined))?.value;
  scripts.push({
    ...{ kind, start, codeEnd: text.end },
    codeStart: src === undefined ? text.start : text.end,
    ...(src === undefined ? {} : { src }),
    isDeferred: src !== undefined && (attributes.has('defer') || attributes.has('async')),
  });
}

/**
 * Returns the end of a comment, or of a CDATA section, which exists in foreign content only.
 * `<!-->` and `<!--->` are complete comments.
 */
function skipMarked(html: string, { 0: text, index }: RegExpExecArray, isForeign: boolean): number {
  if (text !== CDATA) {
    return matchEnd(matchFrom(COMMENT_END, html, index + 2)) ?? html.length;
  }
  const end = isForeign ? ']]>' : '>';
  const at = html.indexOf(end, index);
  return at === -1 ? html.length : at + end.length;
}

function findHandlers({ attributes }: Tag): Piece[] {
  return [...attributes]
    .filter(([name, { value }]) => HANDLER.test(name) && value !== '')
    .map(([, { start, end }]) => ({ start, end }));
}

function scriptKind(attributes: Tag['attributes']): PageScript['kind'] | undefined {
  const language = attributes.get('language')?.value ?? '';
  const type = attributes.get('type')?.value.trim() ?? (language && `text/${language}`);
  if (type.toLowerCase() === 'module') {
    return 'module';
  }
  return CLASSIC.test(type) ? 'classic' : undefined;
}
