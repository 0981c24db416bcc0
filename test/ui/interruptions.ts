import type { Page } from 'playwright-core';

/** Everything that has required the user's attention since recording began. */
export interface Interruptions {
  /** The messages of notifications without progress. */
  notifications: string[];
  /** The titles of progress notifications, which long tasks show. */
  tasks: string[];
  /** The titles of pickers and input boxes; '' for the command palette. */
  prompts: string[];
  /** The messages of modal dialogs. */
  dialogs: string[];
}

/**
 * Runs in every window before VS Code does: records what requires attention, including what
 * disappears at once, and reports what is on screen. A picker that fades out counts as closed, and
 * a progress notification closes by itself when its task has ended.
 */
export const SCREEN_SCRIPT = `(() => {
  const found = { notifications: [], tasks: [], prompts: [], dialogs: [] };
  let known = new WeakSet();
  let asking = false;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const text = (element, selector) => (element.querySelector(selector)?.textContent ?? '').trim();
  const picker = () => all('.quick-input-widget').find((widget) =>
    widget.style.display !== 'none' && !widget.classList.contains('quick-input-widget-closing'));
  const isInProgress = (toast) => toast.querySelector('.monaco-progress-container.active') !== null;
  const record = (selector, part, listFor) => {
    for (const element of all(selector)) {
      const message = text(element, part);
      if (message && !known.has(element)) {
        known.add(element);
        listFor(element).push(message);
      }
    }
  };
  const look = () => {
    record('.notification-toast', '.notification-list-item-message',
      (toast) => isInProgress(toast) ? found.tasks : found.notifications);
    record('.monaco-dialog-box', '.dialog-message-text', () => found.dialogs);
    const open = picker();
    if (open && !asking) found.prompts.push(text(open, '.quick-input-title'));
    asking = open !== undefined;
  };
  const left = () => [
    ...all('.notification-toast').filter((toast) => !isInProgress(toast))
      .map((toast) => 'the notification “' + text(toast, '.notification-list-item-message') + '”'),
    ...all('.monaco-dialog-box').map((dialog) => 'the dialog “' + text(dialog, '.dialog-message-text') + '”'),
    ...(picker() ? ['the picker “' + text(picker(), '.quick-input-title') + '”'] : []),
    ...all('.context-view .monaco-menu').map(() => 'a menu'),
  ];
  const runningTasks = () => all('.notification-toast').filter(isInProgress).length;
  const when = (condition) => new Promise((resolve) => {
    const observer = new MutationObserver(() => check());
    const check = () => {
      if (!condition()) return;
      observer.disconnect();
      resolve();
    };
    observer.observe(document, { subtree: true, childList: true, attributes: true });
    check();
  });
  const restart = () => {
    for (const list of Object.values(found)) list.length = 0;
    known = new WeakSet();
    asking = false;
  };
  const whenTasksEnded = () => when(() => runningTasks() === 0);
  const whenClear = () => when(() => {
    const isClear = runningTasks() === 0 && left().length === 0;
    if (isClear) restart();
    return isClear;
  });
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
  window.i99dashScreen = { found, left, runningTasks, whenTasksEnded, whenClear };
})()`;

/**
 * Records a window's notifications, prompts and dialogs, including those that disappear at once.
 * Recording begins as soon as none is on screen.
 * @returns a function that returns the records so far; a reload of the page clears them
 */
export async function watchInterruptions(page: Page): Promise<() => Promise<Interruptions>> {
  await page.evaluate('window.i99dashScreen.whenClear()');
  return () => readInterruptionsSinceLoad(page);
}

/** Returns what has required attention since the window was loaded. */
export function readInterruptionsSinceLoad(page: Page): Promise<Interruptions> {
  return page.evaluate<Interruptions>('window.i99dashScreen.found');
}

/** The result of {@link watchInterruptions} when nothing required attention. */
export const NONE: Interruptions = { notifications: [], tasks: [], prompts: [], dialogs: [] };
