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
