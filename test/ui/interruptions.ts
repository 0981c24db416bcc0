import type { Page } from 'playwright-core';

/** Everything that has asked for the person's attention since the watch began. */
export interface Interruptions {
  /** The messages of notifications. */
  notifications: string[];
  /** The titles of pickers and input boxes; '' for the command palette. */
  prompts: string[];
  /** The messages of modal dialogs. */
  dialogs: string[];
}

// Runs in the page. What is on screen already counts too.
const WATCH = `(() => {
  const found = { notifications: [], prompts: [], dialogs: [] };
  const known = new WeakSet();
  const note = (list, selector, text) => {
    for (const element of document.querySelectorAll(selector)) {
      const message = element.querySelector(text)?.textContent;
      if (message && !known.has(element)) {
        known.add(element);
        found[list].push(message);
      }
    }
  };
  let asking = false;
  const look = () => {
    note('notifications', '.notification-toast', '.notification-list-item-message');
    note('dialogs', '.monaco-dialog-box', '.dialog-message-text');
    const picker = document.querySelector('.quick-input-widget');
    // One that has its answer fades away.
    const visible =
      picker !== null &&
      picker.style.display !== 'none' &&
      !picker.classList.contains('quick-input-widget-closing');
    if (visible && !asking) {
      found.prompts.push((picker.querySelector('.quick-input-title')?.textContent ?? '').trim());
    }
    asking = visible;
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
  window.i99dashInterruptions = found;
  look();
})()`;

/**
 * Watches a window for notifications, prompts and dialogs, also for those that are gone again at once.
 * @returns tells what there has been; forgets it when the page reloads
 */
export async function watchInterruptions(page: Page): Promise<() => Promise<Interruptions>> {
  await page.evaluate(WATCH);
  return () => page.evaluate<Interruptions>('window.i99dashInterruptions');
}

/** What {@link watchInterruptions} tells of a person who was left in peace. */
export const NONE: Interruptions = { notifications: [], prompts: [], dialogs: [] };
