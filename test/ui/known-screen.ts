import type { BrowserContext, Page } from 'playwright-core';

/** The timeout in milliseconds for something to disappear from the screen. */
const NEVER_MS = 60_000;

/**
 * Returns what is left on the screen of any window, after the progress notifications of ended tasks
 * have closed.
 * @returns one short text for each notification, dialog, picker and menu
 */
export async function findLeftovers(context: BrowserContext): Promise<string[]> {
  const found: string[] = [];
  for (const page of windows(context)) {
    const left = await withDeadline(
      page.evaluate<string[]>(
        'window.i99dashScreen?.whenTasksEnded().then(() => window.i99dashScreen.left()) ?? []',
      ),
    );
    found.push(...(left ?? ['a task that does not end']));
  }
  return found;
}

/**
 * Clears the screen of every window, as a test expects it at the start: no notification, dialog,
 * picker or menu. A running task is cancelled.
 * @throws Error that names what does not close
 */
export async function clearScreen(context: BrowserContext): Promise<void> {
  for (const page of windows(context)) {
    const deadline = Date.now() + NEVER_MS;
    for (;;) {
      const left = await page.evaluate<string[]>(CLOSE_NOTIFICATIONS);
      if (left.length === 0) break;
      if (Date.now() > deadline) throw new Error(`cannot clear the screen: ${left.join(', ')}`);
      if (left.some((text) => !text.includes('notification'))) {
        await page.keyboard.press('Escape');
      }
    }
  }
}

// Runs in the page and lets it render before the next check.
const CLOSE_NOTIFICATIONS = `(async () => {
  const screen = window.i99dashScreen;
  if (!screen) return [];
  for (const toast of document.querySelectorAll('.notification-toast')) {
    const isRunning = toast.querySelector('.monaco-progress-container.active') !== null;
    toast.querySelector(isRunning ? '.monaco-button' : '.codicon-notifications-clear')?.click();
  }
  await new Promise((resolve) => requestAnimationFrame(resolve));
  const running = screen.runningTasks() > 0 ? ['the notification of a running task'] : [];
  return [...running, ...screen.left()];
})()`;

/** Returns the VS Code windows: a page of the web console has no such screen. */
function windows(context: BrowserContext): Page[] {
  return context.pages().filter((page) => !page.isClosed());
}

async function withDeadline<T>(promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const never = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), NEVER_MS);
  });
  return Promise.race([promise, never]).finally(() => clearTimeout(timer));
}
