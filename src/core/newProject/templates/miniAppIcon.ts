import { iconColors } from '../../publish/project/placeholderIcon';

/**
 * Creates the icon of a new mini-app: a gauge on a colored tile.
 * @param id determines the colors
 */
export function newIcon(id: string): string {
  const [from, to] = iconColors(id);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" viewBox="0 0 256 256">
  <defs>
    <linearGradient id="tile" x1="0" y1="0" x2="1" y2="1">
      <stop offset="0" stop-color="${from}" />
      <stop offset="1" stop-color="${to}" />
    </linearGradient>
  </defs>
  <rect width="256" height="256" rx="56" fill="url(#tile)" />
  <g fill="none" stroke="#ffffff" stroke-width="18" stroke-linecap="round">
    <path d="M77.1 186.9 A72 72 0 1 1 178.9 186.9" stroke-opacity="0.3" />
    <path d="M77.1 186.9 A72 72 0 0 1 152.6 68.3" />
    <path d="M128 136 L144.4 90.9" stroke-width="14" />
  </g>
  <circle cx="128" cy="136" r="16" fill="#ffffff" />
</svg>
`;
}
