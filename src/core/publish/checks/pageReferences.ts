import {
  COMMENT_END,
  matchEnd,
  matchFrom,
  readTag,
  type Attribute,
  type Tag,
} from './baseline/htmlTag';

/**
 * A file that a page loads when it is shown. Offsets are those of the address, without its quotes.
 */
export interface PageReference {
  url: string;
  start: number;
  end: number;
}

export interface PageReferences {
  references: PageReference[];
  /** The base of relative addresses, if the page sets one. */
  base: string | undefined;
}

/**
 * A comment, or the start tag of an element that loads something or whose content is not part of
 * the page.
 */
const INTERESTING =
  /<!--|<(?<element>script|link|img|base|style|textarea|title|xmp|iframe|noembed|noframes|noscript|template)(?=[\s/>])/giu;
const VOID_ELEMENTS: ReadonlySet<string> = new Set(['link', 'img', 'base']);
/** Types of scripts that hold data, such as templates. */
const NO_SCRIPT =
  /^(?!module$|(?:text|application)\/(?:x-)?(?:java|ecma)script$|text\/(?:j|live)script$)./iu;
/** Values of `rel` for links that the page does not load. */
const NOT_LOADED: ReadonlySet<string> = new Set([
  ...[
    'alternate',
    'author',
    'bookmark',
    'canonical',
    'dns-prefetch',
    'external',
    'help',
    'license',
  ],
  ...['me', 'next', 'nofollow', 'pingback', 'preconnect', 'prev', 'privacy-policy', 'search'],
  ...['shortlink', 'tag', 'terms-of-service'],
]);

/**
 * Finds the scripts, styles and pictures that a page loads. Invalid HTML is read as far as
 * possible.
 */
export function findPageReferences(html: string): PageReferences {
  const references: PageReference[] = [];
  let base: string | undefined;
  let from = 0;
  for (;;) {
    const found = matchFrom(INTERESTING, html, from);
    if (found === undefined) {
      return { references, base };
    }
    const element = found.groups?.['element']?.toLowerCase();
    if (element === undefined) {
      // `<!-->` and `<!--->` are complete comments.
      from = matchEnd(matchFrom(COMMENT_END, html, found.index + 2)) ?? html.length;
      continue;
    }
    const tag = readTag(html, found.index + found[0].length);
    if (tag === undefined) {
      return { references, base };
    }
    const loaded = loadedBy(element, tag.attributes);
    if (loaded !== undefined) {
      const { value: url, start } = loaded;
      references.push({ url, start, end: start + url.length });
    }
    base ??= element === 'base' ? tag.attributes.get('href')?.value : undefined;
    from = VOID_ELEMENTS.has(element) ? tag.end : contentEnd(html, element, tag.end);
  }
}

/**
 * Returns the attribute with the address of what an element loads; undefined if it loads nothing.
 */
function loadedBy(element: string, attributes: Tag['attributes']): Attribute | undefined {
  switch (element) {
    case 'img':
      return attributes.get('src');
    case 'script': {
      const type = attributes.get('type')?.value.trim() ?? '';
      // Every car supports modules, so `nomodule` scripts are not loaded.
      return NO_SCRIPT.test(type) || attributes.has('nomodule') ? undefined : attributes.get('src');
    }
    case 'link': {
      const kinds = (attributes.get('rel')?.value ?? '').toLowerCase().split(/\s+/u);
      const isLoaded = kinds.some((kind) => kind !== '' && !NOT_LOADED.has(kind));
      return isLoaded ? attributes.get('href') : undefined;
    }
    default:
      return undefined;
  }
}

function contentEnd(html: string, element: string, from: number): number {
  const close = matchFrom(new RegExp(`</${element}(?=[\\s/>])`, 'giu'), html, from);
  return matchEnd(close) ?? html.length;
}
