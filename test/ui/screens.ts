import type { Person } from './person';

/** The window sizes to photograph. The last one corresponds to 200 % zoom at 1280×800. */
const SIZES = [
  ['1280', { width: 1280, height: 800 }],
  ['900', { width: 900, height: 800 }],
  ['zoom200', { width: 640, height: 400 }],
] as const;

const THEMES = [
  ['dark', 'Dark Modern', 'vs-dark'],
  ['light', 'Light Modern', 'vs'],
  ['contrast', 'Dark High Contrast', 'hc-black'],
] as const;

/**
 * Photographs the screen in every size, and in a dark, a light and a high-contrast theme. Restores
 * the first size and the first theme.
 */
export async function photographEverywhere(person: Person, name: string): Promise<void> {
  for (const [theme, title, style] of [...THEMES, THEMES[0]]) {
    await turnTo(person, title, style);
    await photographInAllSizes(person, name, theme);
  }
}

/** Photographs the screen in every size, also an open picker or dialog. Restores the first size. */
export async function photographInAllSizes(
  person: Person,
  name: string,
  theme = 'dark',
): Promise<void> {
  for (const [size, viewport] of SIZES) {
    await person.page.setViewportSize(viewport);
    await person.photograph(`${name}-${size}-${theme}`);
  }
  await person.page.setViewportSize(SIZES[0][1]);
}

async function turnTo(person: Person, title: string, style: string): Promise<void> {
  const workbench = person.page.locator(`.monaco-workbench.${style}`);
  if (await workbench.isVisible()) return;
  await person.runCommand('Preferences: Color Theme');
  await person.quickPickRow('Dark').first().waitFor();
  await person.quickInput().fill(title);
  await person.pick(title);
  await workbench.waitFor();
}
