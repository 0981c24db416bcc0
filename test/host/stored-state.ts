import type { Page } from 'playwright-core';

/** How many times in a row the stores must be unchanged. */
const ROUNDS = 6;

/*
 * Runs in the page: waits until neither the secrets nor the state in the browser's stores change
 * any more. VS Code writes both about 100 ms after the extension's call, and there is no event for
 * it. Idle callbacks slow down with a busy machine just as the writes do.
 */
const WAIT_UNTIL_STORED = `(async () => {
  const promised = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const read = async () => {
    const stores = [JSON.stringify(localStorage)];
    for (const { name } of await indexedDB.databases()) {
      if (!name.startsWith('vscode-web-state')) continue;
      const database = await promised(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        stores.push(JSON.stringify(await promised(database.transaction(store).objectStore(store).getAll())));
      }
      database.close();
    }
    return stores.join();
  };
  let before = await read();
  for (let same = 0; same < ${ROUNDS}; same++) {
    await new Promise((resolve) => setTimeout(() => requestIdleCallback(resolve), 100));
    const now = await read();
    if (now !== before) same = 0;
    before = now;
  }
})()`;

/** Waits until VS Code in a browser has persisted its secrets and state. */
export async function waitUntilStored(page: Page): Promise<void> {
  await page.evaluate(WAIT_UNTIL_STORED);
}
