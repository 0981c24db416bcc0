import { CONFIG_FILE, MANIFEST_FILE } from '../../miniAppFolder';
import { hostedUrl } from '../../publish/project/appNames';
import { jsonFile, type NewFile } from '../newFiles';
import { nameInBothLanguages } from '../projectName';
import { newIcon } from './miniAppIcon';
import { newPage, STYLE } from './miniAppPage';
import { SCRIPT } from './miniAppScript';
import { FIRST_VERSION, GITIGNORE, type NewProjectValues } from './values';

export const ICON = './icon.svg';

/** The description of a new mini-app, which its author replaces. */
const DESCRIPTION = { en: 'A mini-app for the car.', ar: 'تطبيق مصغّر للسيارة.' };

/** Returns the manifest of a mini-app. */
export function miniAppManifest(
  { id, category }: Pick<NewProjectValues, 'id' | 'category'>,
  texts: { name: object; description?: object },
): NewFile {
  const manifest = {
    id,
    ...texts,
    icon: ICON,
    url: hostedUrl(id),
    version: FIRST_VERSION,
    category,
  };
  return jsonFile(MANIFEST_FILE, manifest);
}

/** Returns the files of a new mini-app, which can be published as they are. */
export function miniAppFiles(values: NewProjectValues): NewFile[] {
  const { id, name } = values;
  const texts = { name: nameInBothLanguages(name, id), description: DESCRIPTION };
  return [
    miniAppManifest(values, texts),
    jsonFile(CONFIG_FILE, { appRoot: './src' }),
    { path: 'src/index.html', text: newPage(name) },
    { path: 'src/style.css', text: STYLE },
    { path: 'src/app.js', text: SCRIPT },
    { path: 'src/icon.svg', text: newIcon(id) },
    { path: '.gitignore', text: GITIGNORE },
    { path: 'README.md', text: readme(name) },
  ];
}

function readme(name: string): string {
  return `# ${name}

A mini-app for i99dash.

| File                          | What it is                              |
| ----------------------------- | --------------------------------------- |
| \`manifest.json\`               | ID, name, version and category          |
| \`src/index.html\`              | the page that the car opens             |
| \`src/app.js\`, \`src/style.css\` | its script and style                    |
| \`src/icon.svg\`                | the icon: SVG, or PNG of 256×256 pixels |
| \`sdk.config.json\`             | the folder that is published            |

Open \`src/index.html\` in a browser to see it.

- The oldest cars run Chromium 95 and classic scripts only.
- A page reaches only the origins that \`network\` in \`manifest.json\` lists.

To publish, run **i99dash: Publish Mini-App** in VS Code. **i99dash: Dry Run** does the same without sending
anything. Raise \`version\` in \`manifest.json\` for each new version; the ID never changes after the first one.
`;
}
