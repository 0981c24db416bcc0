import { t } from '../../text/l10n';
import { isJsonObject, type JsonObject } from '../../platform/json';
import type { Problem } from '../../problem';
import { blend, contrastRatio, formatColor, parseColor, type Color } from '../project/theme/color';
import type { ManifestLocations } from '../project/manifestLocations';
import type { RuleId } from '../rules/rules';
import type { ColorToken } from '../rules/themeValues';

const SURFACES = [
  'background',
  'surfaceLow',
  'surfaceContainer',
  'surfaceHigh',
] as const satisfies ColorToken[];

interface Foreground {
  rule: RuleId;
  /** The lowest contrast ratio that WCAG 2 (AA) accepts. */
  required: number;
}

const TEXT: Foreground = { rule: 'contrast.text', required: 4.5 };
const ACCENT: Foreground = { rule: 'contrast.accent', required: 3 };

/** The colors that must stand out from every surface. */
export const FOREGROUNDS: Readonly<Partial<Record<ColorToken, Foreground>>> = {
  onSurface: TEXT,
  onSurfaceVariant: TEXT,
  accent: ACCENT,
  secondary: ACCENT,
  error: ACCENT,
  warning: ACCENT,
};

const BLACK: Color = { red: 0, green: 0, blue: 0, alpha: 1 };
const WHITE: Color = { red: 255, green: 255, blue: 255, alpha: 1 };

/** The colors of a theme, as far as they are valid. */
export type ThemeColors = Partial<Record<ColorToken, Color>>;

/** Reads the valid colors of a theme, which may have errors. */
export function readColors(theme: JsonObject): ThemeColors {
  const { spec } = theme;
  const colors = isJsonObject(spec) ? spec['colors'] : undefined;
  const entries = Object.entries(isJsonObject(colors) ? colors : {})
    .map(([token, value]) => [token, parseColor(value)] as const)
    .filter(([, color]) => color !== undefined);
  return Object.fromEntries(entries);
}

/**
 * Returns the contrast ratio of a color on each surface that is defined. Colors that are not opaque
 * are blended over what is behind them: the surface, the background, and the screen.
 */
export function contrastOnSurfaces(
  color: Color,
  colors: ThemeColors,
  isLight: boolean,
): { surface: ColorToken; ratio: number }[] {
  const screen = isLight ? WHITE : BLACK;
  const background = colors.background === undefined ? screen : blend(colors.background, screen);
  return SURFACES.flatMap((surface) => {
    const own = colors[surface];
    const behind = own === undefined ? undefined : blend(own, background);
    return behind === undefined
      ? []
      : [{ surface, ratio: contrastRatio(blend(color, behind), behind) }];
  });
}

/** Checks whether a theme says that it is light. */
export function isLightTheme({ spec }: JsonObject): boolean {
  return isJsonObject(spec) && spec['brightness'] === 'light';
}

/**
 * Warns of text and accents of a theme that do not stand out from a surface: below a contrast of
 * 4.5:1 for text and 3:1 for accents.
 * @param theme `theme.json` without values that break a rule
 */
export function checkContrast(theme: JsonObject, places: ManifestLocations): Problem[] {
  const colors = readColors(theme);
  const isLight = isLightTheme(theme);
  return (Object.keys(FOREGROUNDS) as ColorToken[]).flatMap((token) => {
    const [color, limit] = [colors[token], FOREGROUNDS[token]];
    if (color === undefined || limit === undefined) {
      return [];
    }
    const low = contrastOnSurfaces(color, colors, isLight).filter(
      ({ ratio }) => ratio < limit.required,
    );
    if (low.length === 0) {
      return [];
    }
    const where = low.map(({ surface, ratio }) => t('"{0}" ({1}:1)', surface, formatRatio(ratio)));
    const args = [token, where.join(', '), limit.required] as const;
    const message =
      limit === TEXT
        ? t('"{0}" is hard to read on {1}: text needs a contrast of {2}:1', ...args)
        : t('"{0}" is hard to see on {1}: an accent needs a contrast of {2}:1', ...args);
    return [places.problem(limit.rule, message, ['spec', 'colors', token])];
  });
}

/** Rounds down, so that a ratio that is too low never looks like the required one. */
export function formatRatio(ratio: number): string {
  return (Math.floor(ratio * 10) / 10).toFixed(1);
}

/** How many colors between the given one and black or white are tried. */
const STEPS = 50;

/**
 * Returns the color nearest to one of a theme that stands out from every surface: a lighter or
 * darker one. Undefined if none does, or if the color already does.
 */
export function readableColor(theme: JsonObject, token: ColorToken): Color | undefined {
  const colors = readColors(theme);
  const isLight = isLightTheme(theme);
  const [color, limit] = [colors[token], FOREGROUNDS[token]];
  if (color === undefined || limit === undefined) {
    return undefined;
  }
  const isReadable = (tried: Color): boolean =>
    contrastOnSurfaces(tried, colors, isLight).every(({ ratio }) => ratio >= limit.required);
  for (let step = 0; step <= STEPS; step++) {
    for (const end of isLight ? [BLACK, WHITE] : [WHITE, BLACK]) {
      const mixed = blend({ ...end, alpha: step / STEPS }, { ...color, alpha: 1 });
      // As it is written, which rounds.
      const tried = parseColor(formatColor(mixed));
      if (tried !== undefined && isReadable(tried)) {
        return step === 0 && color.alpha === 1 ? undefined : tried;
      }
    }
  }
  return undefined;
}
