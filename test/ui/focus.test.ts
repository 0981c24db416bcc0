import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Person } from './person';
import { signedIn } from './states';
import { useScene } from './use-scene';

/** A picker or an input box, and the text to type. It must leave a single row in a picker. */
interface Prompt {
  /** Distinguishes this prompt from the previous one. */
  title: string | RegExp;
  type: string;
  then: 'Enter' | 'Escape';
}

/** What can have the focus when a command runs. */
const IN_FRONT: Readonly<Record<string, (person: Person) => Promise<void>>> = {
  'a walkthrough': async (person) => {
    const step = person.page.locator('[data-step-id$="#firstPublish#key"]').first();
    if (!(await step.isVisible())) {
      await person.runAndPick('Welcome: Open Walkthrough...', 'Publish your first mini-app', step);
    }
    await step.click();
    await hasFocus(person, '.getting-started-step');
  },
  'a webview': async (person) => {
    await person.openFile('NOTES.md');
    await person.runCommand('Markdown: Open Preview');
    await person.page.locator('iframe.webview').click();
    await hasFocus(person, 'iframe.webview');
  },
  'a terminal': async (person) => {
    await person.runCommand('Terminal: Focus Terminal');
    await hasFocus(person, '.terminal.xterm');
  },
  'the Problems panel': async (person) => {
    await person.runCommand('Problems: Focus on Problems View');
    await hasFocus(person, '.markers-panel');
  },
};

/** Commands and their prompts. Those that need a session sign in first. */
const COMMANDS: Readonly<Record<string, readonly Prompt[]>> = {
  'i99dash: Sign In': [
    { title: 'Sign in to i99dash', type: '~/.ssh/id_ed25519', then: 'Enter' },
    { title: 'Passphrase', type: 'open', then: 'Escape' },
  ],
  'i99dash: Generate SSH Key': [
    { title: '(1/3)', type: '~/.ssh/id_new', then: 'Enter' },
    { title: '(2/3)', type: 'one', then: 'Enter' },
    { title: '(3/3)', type: 'two', then: 'Escape' },
  ],
  'i99dash: Check Setup': [{ title: 'Check Setup', type: 'Clock', then: 'Escape' }],
  'i99dash: Remove SSH Key': [{ title: 'Remove which', type: 'this computer', then: 'Escape' }],
  'i99dash: Publish Mini-App': [
    { title: 'Publish Mini-App', type: 'charge-timer', then: 'Escape' },
  ],
  'i99op: Sign In': [
    { title: 'backend', type: 'https://i99op.example.com', then: 'Enter' },
    { title: /^Sign in to i99op$/u, type: 'Paste', then: 'Escape' },
  ],
};

const NEEDS_SESSION: ReadonlySet<string> = new Set([
  'i99dash: Remove SSH Key',
  'i99dash: Publish Mini-App',
]);

// All pickers and input boxes go through one wrapper, which ESLint enforces, and every UI test
// types into the element that has the focus. These show that the wrapper copes with what is in
// front.
describe('keyboard focus in pickers and input boxes', () => {
  const scene = useScene({
    ...{ album: 'ui/focus', passphrase: 'open sesame', tokenLife: 900 },
    miniApps: ['tyre-pressure', 'charge-timer'],
    allBuiltIns: true, // for the Markdown preview
    // VS Code's walkthrough moves the focus after an animation.
    settings: { 'workbench.reduceMotion': 'off', 'i99op.enabled': true },
    furnish: (workspace) => writeFile(join(workspace, 'NOTES.md'), '# Notes\n'),
  });

  for (const [front, command] of [
    ['a walkthrough', 'i99dash: Sign In'],
    ['a walkthrough', 'i99dash: Generate SSH Key'],
    ['a walkthrough', 'i99op: Sign In'],
    ['a terminal', 'i99dash: Sign In'],
    ['a terminal', 'i99dash: Generate SSH Key'],
    ['the Problems panel', 'i99dash: Sign In'],
    ['the Problems panel', 'i99dash: Generate SSH Key'],
    ['a webview', 'i99dash: Sign In'],
    ['a walkthrough', 'i99dash: Check Setup'],
    ['a walkthrough', 'i99dash: Remove SSH Key'],
    ['a walkthrough', 'i99dash: Publish Mini-App'],
  ] as const) {
    it(`focuses every prompt of ${command} with ${front} in front`, async () => {
      if (NEEDS_SESSION.has(command)) await signedIn(scene);
      await IN_FRONT[front]?.(scene.person);
      await answersByKeys(scene.person, command, COMMANDS[command] ?? []);
    });
  }
});

/** Runs a command and answers its prompts with the keyboard alone. */
async function answersByKeys(
  person: Person,
  command: string,
  prompts: readonly Prompt[],
): Promise<void> {
  const { keyboard } = person.page;
  await person.runCommandByKeys(command);
  for (const { title, type, then } of prompts) {
    await person.page
      .locator('.quick-input-widget:visible .quick-input-title', { hasText: title })
      .waitFor();
    await person.typeIntoPrompt(type);
    if (then === 'Enter' && (await person.quickPickRow('').count()) > 0) {
      await person.focusedRow(type).waitFor();
    }
    await keyboard.press(then);
  }
  await person.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

/** Waits until this element contains the focus. */
async function hasFocus({ page }: Person, selector: string): Promise<void> {
  await page.waitForFunction(`document.activeElement?.closest('${selector}') !== null`);
}
