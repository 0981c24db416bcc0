import type { Locator } from 'playwright-core';
import { hoverUntilShown, type Person } from './person';

/** The SSH Keys view as the user operates it. */
export class SshKeysView {
  constructor(private readonly person: Person) {}

  /** Clicks the extension's icon in the activity bar until the view is visible. */
  async open(): Promise<void> {
    if (!(await this.pane().isVisible())) {
      await this.person.page.locator('.activitybar a[aria-label^="i99dash"]').first().click();
    }
    await this.pane().waitFor();
  }

  pane(): Locator {
    return this.person.page.locator('.part.sidebar .pane', {
      has: this.person.page.locator('.pane-header[aria-label*="SSH Keys"]'),
    });
  }

  /** Returns the row with this text. */
  row(text: string): Locator {
    return this.pane().locator('.monaco-list-row', { hasText: text }).first();
  }

  /** Returns label and description of each row. */
  async rows(): Promise<string[][]> {
    const rows = await this.pane().locator('.monaco-list-row').all();
    return Promise.all(
      rows.map(async (row) => [
        await row.locator('.label-name').innerText(),
        await row.locator('.label-description').innerText(),
      ]),
    );
  }

  /** Returns a button of the welcome view. */
  button(label: string): Locator {
    return this.pane().locator('.monaco-button', { hasText: label }).first();
  }

  /** A link in the words of the welcome. */
  link(label: string): Locator {
    return this.pane().locator('.welcome-view-content a', { hasText: label }).first();
  }

  /** A button in the view's title: the side bar's own where the view is alone in it. */
  async pressInTitle(title: string): Promise<void> {
    await this.pane().hover();
    const sidebar = this.person.page.locator('.part.sidebar');
    await sidebar.locator(`.actions-container [aria-label^="${title}"]`).first().click();
  }

  /** Presses a button of a row, which appears on hover. */
  async press(row: string, title: string): Promise<void> {
    await this.row(row).hover();
    await this.row(row).locator(`.action-label[aria-label^="${title}"]`).click();
  }

  /** Chooses an entry of a row's context menu. */
  async choose(row: string, entry: string): Promise<void> {
    await this.row(row).click({ button: 'right' });
    // A menu that has just opened ignores clicks, so that the click that opened it does not count.
    await this.menuEntry(entry).hover();
    await this.person.page.locator('.monaco-menu .focused', { hasText: entry }).waitFor();
    await this.person.page.keyboard.press('Enter');
  }

  /** Returns the text of a row's hover. */
  async readHover(row: string): Promise<string> {
    const hover = this.person.page.locator('.workbench-hover', { hasText: 'SHA256:' }).first();
    await hoverUntilShown(hover, async () => {
      await this.pane().hover({ position: { x: 100, y: 200 } });
      await this.row(row).locator('.label-name').hover();
    });
    return (await hover.innerText()).replaceAll('\u00a0', ' ');
  }

  menuEntry(entry: string): Locator {
    return this.person.page.locator('.monaco-menu .action-item', { hasText: entry });
  }
}
