/** A `<script>` of a page that a WebView would run. */
export interface PageScript {
  kind: 'classic' | 'module';
  /** Offset of the tag, and of what follows it. */
  start: number;
  /** Offsets of the inline code, empty where the script is a file of its own. */
  codeStart: number;
  codeEnd: number;
}

/** What a `type` may say for a script to be a classic one. */
const CLASSIC = /^(?:|(?:text|application)\/(?:x-)?(?:java|ecma)script|text\/(?:j|live)script)$/iu;

/** A comment, or the start tag of an element whose content is text, as a browser's tokenizer sees them. */
const INTERESTING = /<!--|<(?<element>script|style|textarea|title|xmp)(?=[\s/>])/giu;
const COMMENT_END = /--!?>/gu;
const ATTRIBUTE =
  /[\s/]*(?:(?<close>>)|(?<name>[^\s/>][^\s/>=]*)(?:\s*=\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<bare>[^\s>"'][^\s>]*))?)?)/guy;

/** The scripts of an HTML text, in their order. Text that is no proper HTML is read as far as it makes sense. */
export function scriptsOf(html: string): PageScript[] {
  const scripts: PageScript[] = [];
  let from = 0;
  for (;;) {
    const found = matchFrom(INTERESTING, html, from);
    if (found === undefined) {
      return scripts;
    }
    const element = found.groups?.['element']?.toLowerCase();
    if (element === undefined) {
      // `<!-->` and `<!--->` are whole comments.
      from = endOf(matchFrom(COMMENT_END, html, found.index + 2)) ?? html.length;
      continue;
    }
    const tag = readTag(html, endOf(found) ?? html.length);
    if (tag === undefined) {
      return scripts;
    }
    const close = matchFrom(new RegExp(`</${element}(?=[\\s/>])`, 'giu'), html, tag.end);
    const codeEnd = close?.index ?? html.length;
    const kind = element === 'script' ? kindOf(tag.attributes.get('type')) : undefined;
    if (kind !== undefined) {
      const codeStart = tag.attributes.has('src') ? codeEnd : tag.end;
      scripts.push({ kind, start: found.index, codeStart, codeEnd });
    }
    if (close === undefined) {
      return scripts;
    }
    from = endOf(close) ?? html.length;
  }
}

function kindOf(type = ''): PageScript['kind'] | undefined {
  const essence = type.trim();
  if (essence.toLowerCase() === 'module') {
    return 'module';
  }
  return CLASSIC.test(essence) ? 'classic' : undefined;
}

/** Reads a start tag's attributes from behind its name; undefined when it never ends. */
function readTag(
  html: string,
  from: number,
): { attributes: Map<string, string>; end: number } | undefined {
  const attributes = new Map<string, string>();
  let at = from;
  for (;;) {
    const match = matchFrom(ATTRIBUTE, html, at);
    const { close, name, double, single, bare } = match?.groups ?? {};
    at = endOf(match) ?? html.length;
    if (close !== undefined) {
      return { attributes, end: at };
    }
    if (name === undefined) {
      return undefined;
    }
    const key = name.toLowerCase();
    if (!attributes.has(key)) {
      attributes.set(key, double ?? single ?? bare ?? '');
    }
  }
}

function matchFrom(pattern: RegExp, text: string, from: number): RegExpExecArray | undefined {
  pattern.lastIndex = from;
  return pattern.exec(text) ?? undefined;
}

function endOf(match: RegExpExecArray | undefined): number | undefined {
  return match && match.index + match[0].length;
}
