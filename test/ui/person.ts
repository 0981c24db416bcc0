import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { repositoryRoot } from '../host/paths';

/** The id of the identity's element. */
export const STATUS_BAR_ITEM = 'i99dash.i99dash.i99dash.identity';
const OPERATOR_ITEM = 'i99dash.i99dash.i99op.identity';

/** The used part of a toast's element. */
interface ClickableToast {
  querySelector(selector: string): { click(): void } | null;
}

/** How often an action is repeated until its result is on screen. */
const ROUNDS = 20;
/** How long to wait for the result of an action before it is repeated, in milliseconds. */
const SOON_MS = 10_000;

/**
 * Operates the workbench as the user does: keys, clicks and looking. Every look waits until the
 * element is visible.
 */
export class Person {
  constructor(
    readonly page: Page,
    /** Folder below `out/` for this person's screenshots. */
    private readonly album: string,
  ) {}

  /** Opens the command palette, types a command's title and picks it. */
  async runCommand(title: string): Promise<void> {
    const row = this.quickPickRow(title).first();
    await this.findCommand(title, row);
    await row.click();
  }

  /** Runs a command as {@link handleCommand} does, with the keyboard alone. */
  async runCommandByKeys(title: string): Promise<void> {
    await this.findCommand(title, this.focusedRow(title));
    await this.page.keyboard.press('Enter');
  }

  /** The row of an open picker that Enter picks, if it holds this text. */
  focusedRow(text: string): Locator {
    return this.page.locator('.quick-input-widget:visible .monaco-list-row.focused', {
      hasText: text,
    });
  }

  /** Clicks the row of an open picker that holds this text. The picker must have the focus. */
  async pick(text: string): Promise<void> {
    const row = this.quickPickRow(text).first();
    await row.waitFor();
    await this.promptIsFocused();
    await row.click();
  }

  /** Types into the open input box, which must have the focus, and confirms. */
  async answer(text: string): Promise<void> {
    await this.typeIntoPrompt(text);
    await this.page.keyboard.press('Enter');
  }

  /** Replaces the text of the open picker or input box by keys, which go to the focused element. */
  async typeIntoPrompt(text: string): Promise<void> {
    const input = this.quickInput();
    await input.waitFor();
    await this.promptIsFocused();
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.keyboard.press('Delete');
    await this.page.keyboard.type(text);
    assert.equal(await input.inputValue(), text, 'not typed into the prompt');
  }

  /** Waits until the open picker or input box has the keyboard focus without a click. */
  async promptIsFocused(): Promise<void> {
    await this.page.waitForFunction(
      `document.activeElement?.closest('.quick-input-widget') != null`,
    );
  }

  /** The input of the open picker or input box. */
  quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible input').first();
  }

  quickPickRow(text: string): Locator {
    return this.page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: text });
  }

  /** The operator's item in the status bar. */
  operator(): Locator {
    return this.page.locator(`[id="${OPERATOR_ITEM}"]`);
  }

  /** The identity in the status bar. */
  identity(): Locator {
    return this.page.locator(`[id="${STATUS_BAR_ITEM}"]`);
  }

  /** Waits until the identity shows this text. */
  async seesIdentity(text: string): Promise<void> {
    await this.page.locator(`[id="${STATUS_BAR_ITEM}"]`, { hasText: text }).waitFor();
  }

  /** Waits until the identity has this codicon. */
  async seesIcon(name: string): Promise<void> {
    await this.identity().locator(`.codicon-${name}`).waitFor();
  }

  /** The colour behind the identity, as CSS computes it. */
  identityBackground(item = STATUS_BAR_ITEM): Promise<string> {
    return this.page.evaluate<string>(
      `getComputedStyle(document.getElementById('${item}')).backgroundColor`,
    );
  }

  /** The colour behind the operator's item, as CSS computes it. */
  operatorBackground(): Promise<string> {
    return this.identityBackground(OPERATOR_ITEM);
  }

  /** A colour of the theme, such as `statusBarItem-errorBackground`, as CSS computes it. */
  themeColor(name: string): Promise<string> {
    return this.page.evaluate<string>(`(() => {
      const probe = document.createElement('div');
      probe.style.backgroundColor = 'var(--vscode-${name})';
      document.querySelector('.monaco-workbench').append(probe);
      const { backgroundColor } = getComputedStyle(probe);
      probe.remove();
      return backgroundColor;
    })()`);
  }

  /** Returns the text of the identity's hover and moves the mouse away afterwards. */
  async readHover(photograph?: string, item = this.identity()): Promise<string> {
    const hover = this.page.locator('.workbench-hover .hover-contents, .monaco-hover').last();
    await this.seesHover(item, hover);
    const text = (await hover.innerText()).replaceAll('\u00a0', ' ');
    if (photograph !== undefined) {
      await this.photograph(photograph);
    }
    await this.page.mouse.move(600, 300);
    await hover.waitFor({ state: 'hidden' });
    return text;
  }

  /** Opens the identity's hover repeatedly until it shows this text. */
  async seesInHover(text: RegExp): Promise<void> {
    while (!text.test(await this.readHover())) {
      await this.identity().waitFor();
    }
  }

  /** Moves the mouse to something until its hover is on screen. @returns the hover */
  async seesHover(target: Locator, hover: Locator): Promise<Locator> {
    await hoverUntilShown(hover, async () => {
      await this.page.mouse.move(600, 300);
      await target.hover();
    });
    return hover;
  }

  /** The notification that holds this text, once it is there. */
  async seesNotification(text: string | RegExp): Promise<Locator> {
    const toast = this.page.locator('.notification-toast', { hasText: text }).first();
    await toast.waitFor();
    return toast;
  }

  /** Presses a button of a notification. */
  async pressIn(notification: Locator, button: string): Promise<void> {
    await notification.locator('.monaco-button', { hasText: button }).first().click();
  }

  /** Closes a notification. */
  async dismiss(notification: Locator): Promise<void> {
    // A toast that VS Code is already hiding cannot be clicked and need not be.
    await notification.evaluateAll((toasts: readonly ClickableToast[]) => {
      for (const toast of toasts) toast.querySelector('.codicon-notifications-clear')?.click();
    });
    await notification.waitFor({ state: 'hidden' });
  }

  /** The modal dialog that holds this text, once it is there. */
  async seesDialog(text: string): Promise<Locator> {
    const dialog = this.page.locator('.monaco-dialog-box', { hasText: text });
    await dialog.waitFor();
    return dialog;
  }

  /**
   * Presses a button of the modal dialog that holds this text.
   * @param photograph the name of a picture to take before
   */
  async answerDialog(text: string, button: string, photograph?: string): Promise<void> {
    const dialog = await this.seesDialog(text);
    if (photograph !== undefined) {
      await this.photograph(photograph);
    }
    await dialog.locator('.monaco-button', { hasText: button }).first().click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /** Opens a file of the workspace by its name, or by the end of its path. */
  async openFile(path: string): Promise<void> {
    const [title = path, ...folders] = path.split('/').reverse();
    // Before what was typed takes effect, the list has the recent files, with another one first.
    const row = folders.reduce(
      (found, folder) => found.filter({ hasText: folder }),
      this.focusedRow(title),
    );
    await this.untilShown(row, async () => {
      await this.page.keyboard.press('Control+P');
      if (!(await comes(this.quickInput().waitFor({ timeout: SOON_MS })))) return;
      await this.page.keyboard.type(path);
    });
    await this.page.keyboard.press('Enter');
    await this.page.locator('.tab.active', { hasText: title }).waitFor();
    for (const folder of folders) {
      await this.page.locator('.breadcrumbs-control', { hasText: folder }).first().waitFor();
    }
    await this.page.locator('.editor-instance .monaco-editor').first().waitFor();
  }

  /**
   * Runs a command of VS Code and clicks a row of its picker until something is on screen. An
   * editor that takes the focus closes VS Code's own pickers.
   */
  async runAndPick(title: string, text: string, shown: Locator): Promise<void> {
    const row = this.quickPickRow(text).first();
    for (let round = 0; round < ROUNDS; round++) {
      await this.runCommand(title);
      const isPicked =
        (await comes(row.waitFor({ timeout: SOON_MS }))) &&
        (await comes(row.click({ timeout: SOON_MS })));
      if (isPicked && (await comes(shown.waitFor({ timeout: SOON_MS })))) return;
      await this.closePicker();
    }
    await shown.waitFor();
  }

  /**
   * Presses a key until something is on screen: VS Code ignores a key whose feature is still
   * loading.
   */
  async pressUntilShown(key: string, shown: Locator): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) {
      await this.page.keyboard.press(key);
      if (await comes(shown.waitFor({ timeout: SOON_MS }))) return;
    }
    await shown.waitFor();
  }

  /** A button in the title of the active editor. */
  editorButton(title: string): Locator {
    return this.page.locator(
      `.editor-group-container.active .editor-actions [aria-label^="${title}"]`,
    );
  }

  /** What is on the clipboard. */
  async clipboard(): Promise<string> {
    return this.page.evaluate<string>('navigator.clipboard.readText()');
  }

  /** Saves what is on screen, for people to look at. @returns the file */
  async photograph(name: string): Promise<string> {
    const folder = join(repositoryRoot, 'out', this.album);
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${name}.png`);
    await animated(this.page);
    await this.page.screenshot({ path });
    return path;
  }

  /** Saves what is on screen in the light theme and in the dark one, which stays. */
  async photographInBothThemes(name: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme });
      const theme = colorScheme === 'dark' ? 'vs-dark' : 'vs';
      await this.page.locator(`.monaco-workbench.${theme}`).waitFor();
      await this.photograph(`${name}-${colorScheme}`);
    }
  }

  /** Saves what is on screen in both themes and in high contrast, and keeps it open. */
  async photographInThemes(name: string): Promise<void> {
    await this.page.emulateMedia({ forcedColors: 'active' });
    await this.page.locator('.monaco-workbench.hc-black').waitFor();
    await this.photograph(`${name}-contrast`);
    await this.page.emulateMedia({ forcedColors: null });
    await this.photographInBothThemes(name);
  }

  /** Closes an open picker. Without one, Escape would act on the editor. */
  private async closePicker(): Promise<void> {
    const picker = this.page.locator('.quick-input-widget');
    if (await picker.isVisible()) await this.page.keyboard.press('Escape');
  }

  private findCommand(title: string, row: Locator): Promise<void> {
    return this.untilShown(row, async () => {
      await this.page.keyboard.press('F1');
      if (!(await comes(this.quickInput().waitFor({ timeout: SOON_MS })))) return;
      await this.page.keyboard.type(title);
    });
  }

  /**
   * Opens a picker until it has this row: a command that was still at work takes the focus, and VS
   * Code closes the picker that loses it.
   */
  private async untilShown(row: Locator, open: () => Promise<void>): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) {
      await open();
      const picker = this.page.locator('.quick-input-widget');
      const isShown = await Promise.race([
        comes(row.waitFor({ timeout: SOON_MS })),
        comes(picker.waitFor({ state: 'hidden' })).then(() => false),
      ]);
      if (isShown) return;
      await this.closePicker();
    }
    await row.waitFor();
  }
}

function comes(waiting: Promise<void>): Promise<boolean> {
  return waiting.then(
    () => true,
    () => false,
  );
}

/**
 * Moves the mouse until a hover is on screen: an element that is rendered again under the mouse
 * shows its hover only on the next move.
 * @param move takes the mouse away and back
 */
export async function hoverUntilShown(hover: Locator, move: () => Promise<void>): Promise<void> {
  // VS Code shows a hover after half a second; a busy machine needs more attempts.
  for (let round = 0; round < ROUNDS; round++) {
    await move();
    if (await comes(hover.waitFor({ timeout: 3_000 }))) return;
  }
  await hover.waitFor();
}

/**
 * Waits until animations have ended, so that no half-faded toast is in a screenshot. Spinners and
 * progress bars never end.
 */
export async function animated(page: Page): Promise<void> {
  await page.evaluate(
    'Promise.allSettled(document.getAnimations().filter((a) => a.effect.getComputedTiming().iterations !== Infinity).map((a) => a.finished))',
  );
}
