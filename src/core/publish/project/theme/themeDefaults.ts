import type { REQUIRED_COLORS } from '../../rules/themeValues';

/** A value for each required color. */
export type Palette = Readonly<Record<(typeof REQUIRED_COLORS)[number], string>>;

const DARK: Palette = {
  background: '#0B0F14',
  surfaceLow: '#121821',
  surfaceContainer: '#1A222D',
  surfaceHigh: '#243040',
  outline: '#5B6B7F',
  outlineVariant: '#2E3A4A',
  onSurface: '#EEF3F8',
  onSurfaceVariant: '#AEBBC9',
  accent: '#4DA3FF',
  secondary: '#7FD6C2',
  error: '#FF6B6B',
};

const LIGHT: Palette = {
  background: '#F7F9FC',
  surfaceLow: '#EEF2F7',
  surfaceContainer: '#FFFFFF',
  surfaceHigh: '#E3E9F1',
  outline: '#7A8797',
  outlineVariant: '#CBD4DF',
  onSurface: '#111820',
  onSurfaceVariant: '#46525F',
  accent: '#0B5CAD',
  secondary: '#00695C',
  error: '#B3261E',
};

/** Readable colors for a theme that has none yet, by its brightness. */
export const PALETTES = { dark: DARK, light: LIGHT };

/** What a preview draws where a theme has no such color. */
export const OPTIONAL_PALETTE = { warning: '#E0A030', neutral: '#808A96' };
