import type { Page } from 'playwright-core';
import { STATUS_BAR_ITEM as IDENTITY } from './person';

/** The appearance of the identity in the status bar. */
export interface Look {
  /** A codicon; '' for none. */
  icon: string;
  text: string;
  /** Whether it has the background of an error. */
  isError: boolean;
}

// Runs in the page.
const WATCH = `(() => {
  const looks = [];
  const look = () => {
    const item = document.getElementById('${IDENTITY}');
    const label = item?.querySelector('a');
    if (!label) return;
    const icons = [...label.querySelectorAll('.codicon')].flatMap(({ classList }) => [...classList]);
    const icon = icons.find((name) => /^codicon-(?!modifier)/.test(name))?.slice('codicon-'.length) ?? '';
    const next = { icon, text: label.textContent.trim(), isError: item.classList.contains('error-kind') };
    if (JSON.stringify(next) !== JSON.stringify(looks.at(-1))) looks.push(next);
  };
  window.i99dashLooking?.disconnect();
  window.i99dashLooking = new MutationObserver(look);
  window.i99dashLooking.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  window.i99dashLooks = looks;
  look();
})()`;

/**
 * Records each appearance of the identity, including short-lived ones, and discards previous
 * records.
 * @returns a function that returns the appearances so far, starting with the current one, each
 * different from the one before
 */
export async function watchLooks(page: Page): Promise<() => Promise<Look[]>> {
  await page.evaluate(WATCH);
  return () => page.evaluate<Look[]>('window.i99dashLooks');
}
