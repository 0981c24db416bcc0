import type { Palette } from '../../publish/project/theme/themeDefaults';

/** Creates the icon of a new theme: a small dashboard in its colors. */
export function themeIcon(colors: Palette): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" viewBox="0 0 256 256">
  <rect width="256" height="256" rx="56" fill="${colors.background}" />
  <rect x="32" y="40" width="112" height="136" rx="22" fill="${colors.surfaceContainer}" />
  <g fill="none" stroke-width="13" stroke-linecap="round">
    <circle cx="88" cy="108" r="34" stroke="${colors.surfaceHigh}" />
    <path d="M88 74 A34 34 0 1 1 54 108" stroke="${colors.accent}" />
  </g>
  <rect x="156" y="40" width="68" height="62" rx="18" fill="${colors.surfaceHigh}" />
  <rect x="172" y="62" width="36" height="8" rx="4" fill="${colors.onSurface}" />
  <rect x="172" y="78" width="24" height="8" rx="4" fill="${colors.onSurfaceVariant}" />
  <rect x="156" y="114" width="68" height="62" rx="18" fill="${colors.secondary}" />
  <rect x="32" y="190" width="192" height="28" rx="14" fill="${colors.surfaceLow}" />
  <rect x="32" y="190" width="104" height="28" rx="14" fill="${colors.accent}" />
</svg>
`;
}

/** Creates the wallpaper of a new theme: hills below a sun or moon, in its colors. */
export function themeWallpaper(colors: Palette): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1920" height="1080" viewBox="0 0 1920 1080">
  <defs>
    <linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="${colors.background}" />
      <stop offset="1" stop-color="${colors.surfaceHigh}" />
    </linearGradient>
    <radialGradient id="glow">
      <stop offset="0" stop-color="${colors.accent}" stop-opacity="0.35" />
      <stop offset="1" stop-color="${colors.accent}" stop-opacity="0" />
    </radialGradient>
  </defs>
  <rect width="1920" height="1080" fill="url(#sky)" />
  <circle cx="1400" cy="420" r="620" fill="url(#glow)" />
  <circle cx="1400" cy="420" r="84" fill="${colors.accent}" fill-opacity="0.75" />
  <path
    d="M0 760 C300 620 520 700 820 640 S1420 520 1920 690 V1080 H0 Z"
    fill="${colors.surfaceHigh}"
  />
  <path
    d="M0 860 C380 760 640 900 1040 800 S1640 720 1920 800 V1080 H0 Z"
    fill="${colors.surfaceContainer}"
  />
  <path d="M0 980 C460 860 900 1000 1300 930 S1760 880 1920 930 V1080 H0 Z" fill="${colors.surfaceLow}" />
</svg>
`;
}
