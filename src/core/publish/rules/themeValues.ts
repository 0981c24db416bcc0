// The fields of a theme that have a fixed list of names or values.

export const THEME_CATEGORIES = [
  'dark',
  'light',
  'minimal',
  'vibrant',
  'classic',
  'seasonal',
  'monochrome',
  'neon',
  'nature',
  'brand',
  'other',
] as const;

export const BRIGHTNESSES = ['light', 'dark'] as const;

export const REQUIRED_COLORS = [
  'background',
  'surfaceLow',
  'surfaceContainer',
  'surfaceHigh',
  'outline',
  'outlineVariant',
  'onSurface',
  'onSurfaceVariant',
  'accent',
  'secondary',
  'error',
] as const;

export const OPTIONAL_COLORS = ['warning', 'neutral'] as const;

export const WALLPAPERS = ['home', 'homeDark', 'cluster'] as const;

export const RADII = ['cardRadius', 'buttonRadius', 'inputRadius'] as const;

export type ColorToken = (typeof REQUIRED_COLORS | typeof OPTIONAL_COLORS)[number];
export type Wallpaper = (typeof WALLPAPERS)[number];
export type Radius = (typeof RADII)[number];
