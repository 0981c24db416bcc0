import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Returns a theme without problems whose only picture is `./icon.svg`. */
export function themeWith(fields: object = {}, spec: object = {}, colors: object = {}): object {
  return {
    id: 'night-drive',
    name: { en: 'Night Drive', ar: 'قيادة ليلية' },
    icon: './icon.svg',
    version: '1.0.0',
    category: 'dark',
    spec: {
      brightness: 'dark',
      colors: {
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
        ...colors,
      },
      ...spec,
    },
    ...fields,
  };
}

/** The theme `night-drive` with a translucent surface, wallpapers and a gauge. */
const NIGHT_DRIVE = themeWith(
  {},
  {
    wallpaper: { home: './pictures/home.svg', homeDark: './pictures/home-dark.svg' },
    gauge: { skin: 'classic', ringColor: '#7FD6C2' },
  },
  { surfaceLow: '#CC121821' },
);

/** Writes the theme {@link NIGHT_DRIVE} with its pictures. */
export function writeNightDrive(folder: string): void {
  mkdirSync(join(folder, 'pictures'), { recursive: true });
  for (const name of ['icon.svg', 'pictures/home.svg', 'pictures/home-dark.svg']) {
    writeFileSync(join(folder, name), '<svg/>');
  }
  writeFileSync(join(folder, 'theme.json'), JSON.stringify(NIGHT_DRIVE, null, 2));
}
