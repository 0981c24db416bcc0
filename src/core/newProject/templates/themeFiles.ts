import { THEME } from '../../projectKind';
import { PALETTES } from '../../publish/project/theme/themeDefaults';
import { jsonFile, type NewFile } from '../newFiles';
import { nameInBothLanguages } from '../projectName';
import { themeIcon, themeWallpaper } from './themePictures';
import { FIRST_VERSION, GITIGNORE, type NewProjectValues } from './values';

const ICON = './icon.svg';
const WALLPAPER = './wallpaper.svg';

/** The descriptions of a new theme, which its author replaces. */
const DESCRIPTIONS = {
  dark: { en: 'A dark theme for the car.', ar: 'سمة داكنة للسيارة.' },
  light: { en: 'A light theme for the car.', ar: 'سمة فاتحة للسيارة.' },
};

/**
 * Returns the files of a new theme, which can be published as they are. It is light in the category
 * `light`, and dark in the others.
 */
export function themeFiles({ id, name, category }: NewProjectValues): NewFile[] {
  const brightness = category === 'light' ? 'light' : 'dark';
  const colors = PALETTES[brightness];
  const theme = {
    ...{ id, name: nameInBothLanguages(name, id), description: DESCRIPTIONS[brightness] },
    ...{ icon: ICON, version: FIRST_VERSION, category },
    spec: {
      ...{ schema: 1, brightness, colors, wallpaper: { home: WALLPAPER } },
      typography: { family: 'Inter' },
      shape: { cardRadius: 24, buttonRadius: 14, inputRadius: 14 },
    },
  };
  return [
    jsonFile(THEME.manifestFile, theme),
    { path: 'icon.svg', text: themeIcon(colors) },
    { path: 'wallpaper.svg', text: themeWallpaper(colors) },
    { path: '.gitignore', text: GITIGNORE },
    { path: 'README.md', text: readme(name) },
  ];
}

function readme(name: string): string {
  return `# ${name}

A theme for i99dash. It runs no code.

| File            | What it is                                            |
| --------------- | ----------------------------------------------------- |
| \`theme.json\`    | ID, name, version, category, and the look in \`spec\`   |
| \`icon.svg\`      | the icon: SVG, or PNG of 256×256 pixels               |
| \`wallpaper.svg\` | the home screen's wallpaper: at most 2560×1440 pixels |

Open \`theme.json\` in VS Code and run **i99dash: Preview Theme**: it follows your typing, and warns of text that is hard to
read.

To publish, run **i99dash: Publish Mini-App**. **i99dash: Dry Run** does the same without sending anything. Raise \`version\`
in \`theme.json\` for each new version; the ID never changes after the first one.
`;
}
