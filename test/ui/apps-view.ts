import type { Locator } from 'playwright-core';
import type { Person } from './person';

/** The Apps view as the user operates it. */
export class AppsView {
  constructor(private readonly person: Person) {}

  /** Clicks the extension's icon in the activity bar until the view is visible. */
  async open(): Promise<void> {
    if (!(await this.pane().isVisible())) {
      await this.icon().click();
    }
    await this.pane().waitFor();
  }

  /** Returns the extension's icon in the activity bar. */
  icon(): Locator {
    return this.person.page.locator('.activitybar .action-item', {
      has: this.person.page.locator('a[aria-label^="i99dash"]'),
    });
  }

  pane(): Locator {
    return this.person.page.locator('.pane', {
      has: this.person.page.locator('.pane-header[aria-label^="Apps"]'),
    });
  }

  /** Returns the row with this text. */
  row(text: string | RegExp): Locator {
    return this.pane().locator('.monaco-list-row', { hasText: text }).first();
  }

  /** Waits for a row with this accessibility label. */
  async seesRow(label: string | RegExp): Promise<Locator> {
    const row = this.pane().getByRole('treeitem', { name: label }).first();
    await row.waitFor();
    return row;
  }

  /** Presses a button of a row, which appears on hover. */
  async press(row: Locator, button: string): Promise<void> {
    await row.hover();
    await row.locator(`.actions [aria-label^="${button}"]`).click();
  }

  /**
   * Presses a button in the view's title, which is the side bar's title while it is the only view.
   */
  async pressInTitle(button: string): Promise<void> {
    await this.pane().hover();
    await this.person.page
      .locator(`.part.sidebar .actions-container [aria-label^="${button}"]:visible`)
      .first()
      .click();
  }

  /** Chooses an entry of a row's context menu. */
  async choose(row: Locator, entry: string): Promise<void> {
    await row.click({ button: 'right' });
    const item = this.menuEntry(entry);
    await item.waitFor();
    // Not a click, because a menu that has just opened ignores clicks.
    const box = await item.boundingBox();
    if (box === null) throw new Error(`${entry} is not to be seen`);
    await this.person.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await this.person.page
      .locator('.monaco-menu .action-item.focused', { hasText: entry })
      .waitFor();
    await this.person.page.keyboard.press('Enter');
  }

  menuEntry(entry: string): Locator {
    return this.person.page.locator('.monaco-menu .action-item', { hasText: entry });
  }

  /** Waits for the welcome view with this text. */
  async seesWelcome(text: string): Promise<Locator> {
    const welcome = this.pane().locator('.welcome-view-content', { hasText: text });
    await welcome.waitFor();
    return welcome;
  }

  /** Returns the message above the rows. */
  message(): Locator {
    return this.pane().locator('.tree-explorer-viewlet-tree-view .message');
  }

  /** Returns the badge on the extension's icon. */
  badge(): Locator {
    return this.icon().locator('.badge-content');
  }
}
