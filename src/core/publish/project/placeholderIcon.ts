import { listNames, readTree, textAt } from '../json/jsonTree';

/** Pairs of colors, light and dark, with enough contrast to white. */
const COLORS = [
  ['#4f7cff', '#2546c7'],
  ['#12a594', '#0b6b73'],
  ['#8e5cf0', '#5a2fbd'],
  ['#e2603a', '#ad3322'],
  ['#d6409f', '#9a2470'],
  ['#3f8f46', '#1f6135'],
  ['#5f6f87', '#364459'],
] as const;

/** Returns the two colors of an app's icon, so that apps differ and each keeps its colors. */
export function iconColors(id: string): readonly [light: string, dark: string] {
  const sum = Array.from(id).reduce((total, each) => total + (each.codePointAt(0) ?? 0), 0);
  return COLORS[sum % COLORS.length] ?? COLORS[0];
}

/**
 * Creates a square SVG icon with the first letter of an app's name, as a placeholder for the real
 * icon.
 * @param name source of the letter
 * @param id determines the colors
 */
export function placeholderIcon(name: string, id: string): string {
  const [letter = ''] = /[\p{L}\p{N}]/u.exec(name) ?? /[\p{L}\p{N}]/u.exec(id) ?? ['·'];
  const [top, bottom] = iconColors(id);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" viewBox="0 0 256 256">
  <defs>
    <linearGradient id="background" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="${top}" />
      <stop offset="1" stop-color="${bottom}" />
    </linearGradient>
  </defs>
  <rect width="256" height="256" rx="56" fill="url(#background)" />
  <text
    x="128"
    y="128"
    fill="#ffffff"
    font-family="system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
    font-size="136"
    font-weight="600"
    text-anchor="middle"
    dominant-baseline="central"
  >${letter.toLocaleUpperCase('en')}</text>
</svg>
`;
}

/** Checks for the text of a placeholder icon. Ignores its letter, colors and white space. */
export function isPlaceholderIcon(text: string): boolean {
  return withoutVariations(text) === withoutVariations(placeholderIcon('A', 'a'));
}

function withoutVariations(svg: string): string {
  return svg
    .replaceAll(/#[0-9a-f]{6}/gu, '#')
    .replace(/>[^<>]*<\/text>/u, '></text>')
    .replaceAll(/\s+/gu, '');
}

/** Creates the placeholder icon for an app from its manifest, which may be incomplete. */
export function placeholderIconFor(manifestText: string): string {
  const tree = readTree(manifestText);
  const [locale = 'en'] = ['en', ...listNames(tree, ['name'])].filter(
    (each) => textAt(tree, ['name', each]) !== undefined,
  );
  return placeholderIcon(textAt(tree, ['name', locale]) ?? '', textAt(tree, ['id']) ?? '');
}
