import { isJsonObject, type JsonObject } from '../../platform/json';
import {
  contrastOnSurfaces,
  FOREGROUNDS,
  formatRatio,
  isLightTheme,
  readColors,
} from '../checks/contrast';
import { formatColor, parseColor, toCssColor, type Color } from '../project/theme/color';
import { MANIFEST_TYPES } from '../project/manifestType';
import { OPTIONAL_PALETTE, PALETTES } from '../project/theme/themeDefaults';
import { checkManifest } from '../project/validateManifest';
import {
  OPTIONAL_COLORS,
  RADII,
  REQUIRED_COLORS,
  WALLPAPERS,
  type ColorToken,
  type Wallpaper,
} from '../rules/themeValues';

/** What a preview draws of a theme. Colors are written as CSS does. */
export interface ThemePreview {
  /** The name in the given language, or the first one; undefined without a name. */
  name?: string;
  isLight: boolean;
  /** CSS custom properties: colors, radii and the font. */
  properties: Record<string, string>;
  tokens: PreviewToken[];
  /** Paths of pictures, as written in the theme. */
  wallpapers: Partial<Record<Wallpaper, string>>;
}

interface PreviewToken {
  token: ColorToken;
  color: string;
  /** The color as a theme writes it. */
  written: string;
  /** Whether the theme does not define the color, and a usual one is drawn instead. */
  isMissing: boolean;
  /** The lowest contrast on a surface, such as `4.7`, if the color must stand out. */
  contrast?: string;
  isLow: boolean;
}

/** The radii of a theme that has none. */
const STANDARD_RADII = { cardRadius: 24, buttonRadius: 14, inputRadius: 14 };
const STANDARD_FAMILY = 'Inter';

/**
 * Reads what a preview draws. What is invalid or missing is drawn in its usual form.
 * @param language two letters
 * @returns undefined if the text is not a JSON object
 */
export function readThemePreview(text: string, language: string): ThemePreview | undefined {
  const { sound, source } = checkManifest(MANIFEST_TYPES.theme, text, '');
  if (!isJsonObject(source.parsed?.value)) {
    return undefined;
  }
  const isLight = isLightTheme(sound);
  const tokens = readTokens(sound, isLight);
  const spec = objectIn(sound, 'spec');
  const name = readName(objectIn(sound, 'name'), language);
  const pictures = objectIn(spec, 'wallpaper');
  const wallpapers = WALLPAPERS.flatMap((field) => {
    const path = pictures[field];
    return typeof path === 'string' ? [[field, path] as const] : [];
  });
  return {
    ...(name === undefined ? {} : { name }),
    isLight,
    tokens,
    properties: {
      ...Object.fromEntries(tokens.map(({ token, color }) => [`--${token}`, color])),
      ...readShape(spec),
      '--ring': readRing(spec, tokens),
    },
    wallpapers: Object.fromEntries(wallpapers),
  };
}

function readTokens(theme: JsonObject, isLight: boolean): PreviewToken[] {
  const own = readColors(theme);
  const usual: Record<ColorToken, string> = {
    ...OPTIONAL_PALETTE,
    ...PALETTES[isLight ? 'light' : 'dark'],
  };
  const drawn = (token: ColorToken): Color =>
    own[token] ?? parseColor(usual[token]) ?? { red: 0, green: 0, blue: 0, alpha: 1 };
  const all = [...REQUIRED_COLORS, ...OPTIONAL_COLORS];
  const colors = Object.fromEntries(all.map((token) => [token, drawn(token)]));
  return all.map((token) => {
    const limit = FOREGROUNDS[token];
    const ratios = contrastOnSurfaces(drawn(token), colors, isLight).map(({ ratio }) => ratio);
    const lowest = ratios.reduce((least, ratio) => Math.min(least, ratio), Infinity);
    return {
      token,
      color: toCssColor(drawn(token)),
      written: formatColor(drawn(token)),
      isMissing: own[token] === undefined,
      ...(limit === undefined ? {} : { contrast: formatRatio(lowest) }),
      isLow: limit !== undefined && lowest < limit.required,
    };
  });
}

function readShape(spec: JsonObject): Record<string, string> {
  const shape = objectIn(spec, 'shape');
  const { family } = objectIn(spec, 'typography');
  const radii = RADII.map((field) => {
    const radius = shape[field];
    return [`--${field}`, `${typeof radius === 'number' ? radius : STANDARD_RADII[field]}px`];
  });
  const font = typeof family === 'string' ? family.replace(/["\\\p{Cc}]/gu, '') : STANDARD_FAMILY;
  return { ...(Object.fromEntries(radii) as Record<string, string>), '--family': `"${font}"` };
}

function readRing(spec: JsonObject, tokens: readonly PreviewToken[]): string {
  const ring = parseColor(objectIn(spec, 'gauge')['ringColor']);
  const accent = tokens.find(({ token }) => token === 'accent')?.color ?? '';
  return ring === undefined ? accent : toCssColor(ring);
}

function readName(names: JsonObject, language: string): string | undefined {
  const name = names[language] ?? Object.values(names)[0];
  return typeof name === 'string' ? name : undefined;
}

function objectIn(object: JsonObject, field: string): JsonObject {
  const value = object[field];
  return isJsonObject(value) ? value : {};
}
