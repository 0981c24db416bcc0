/** A color: red, green and blue from 0 to 255, and the opacity from 0 to 1. */
export interface Color {
  red: number;
  green: number;
  blue: number;
  alpha: number;
}

const COLOR = /^#(?:[0-9a-f]{2})?[0-9a-f]{6}$/iu;

/** Checks whether a text is a color of a theme: `#RRGGBB`, or `#AARRGGBB` with the alpha first. */
export function isColor(text: string): boolean {
  return COLOR.test(text);
}

/** Reads a color of a theme; undefined if the value is not a color. */
export function parseColor(value: unknown): Color | undefined {
  if (typeof value !== 'string' || !isColor(value)) {
    return undefined;
  }
  const [alpha = 255, red = 0, green = 0, blue = 0] =
    (value.length === 7 ? `#FF${value.slice(1)}` : value)
      .slice(1)
      .match(/../gu)
      ?.map((hex) => Number.parseInt(hex, 16)) ?? [];
  return { red, green, blue, alpha: alpha / 255 };
}

/**
 * Writes a color as a theme does.
 * @param withAlpha whether to write the alpha of an opaque color, too
 */
export function formatColor({ red, green, blue, alpha }: Color, withAlpha = false): string {
  const isOpaque = Math.round(alpha * 255) === 255;
  const parts = [...(isOpaque && !withAlpha ? [] : [alpha * 255]), red, green, blue];
  const hex = parts.map((part) => Math.round(part).toString(16).padStart(2, '0'));
  return `#${hex.join('').toUpperCase()}`;
}

/** Writes a color as CSS does, with the alpha last. */
export function toCssColor(color: Color): string {
  const text = formatColor(color);
  return text.length === 7 ? text : `#${text.slice(3)}${text.slice(1, 3)}`;
}

/** Returns the opaque color that shows where one lies over an opaque surface. */
export function blend(over: Color, surface: Color): Color {
  const mix = (a: number, b: number): number => a * over.alpha + b * (1 - over.alpha);
  return {
    red: mix(over.red, surface.red),
    green: mix(over.green, surface.green),
    blue: mix(over.blue, surface.blue),
    alpha: 1,
  };
}

/**
 * Returns the contrast ratio of two opaque colors as WCAG 2 defines it, from 1 (the same) to 21
 * (black and white).
 */
export function contrastRatio(a: Color, b: Color): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** Returns the relative luminance of WCAG 2, from 0 (black) to 1 (white). */
function luminance({ red, green, blue }: Color): number {
  const [r = 0, g = 0, b = 0] = [red, green, blue].map((channel) => {
    const value = channel / 255;
    return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
