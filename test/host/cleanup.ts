import { rmSync } from 'node:fs';

const cleanups = new Set<() => void>();
const signals = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
let listening = false;

/**
 * Registers something to undo when this process exits or is interrupted (Ctrl+C included).
 * @param cleanup runs synchronously; what it throws is ignored, as nobody is left to handle it
 * @returns a function that takes the registration back
 */
export function onProcessExit(cleanup: () => void): () => void {
  listen();
  cleanups.add(cleanup);
  return () => {
    cleanups.delete(cleanup);
  };
}

/** Removes a folder when this process exits or is interrupted. */
export function removeOnExit(dir: string): void {
  onProcessExit(() => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }));
}

function listen(): void {
  if (listening) return;
  listening = true;
  process.on('exit', () => {
    // The latest first: a server goes before the folder it writes to.
    for (const cleanup of [...cleanups].reverse()) {
      try {
        cleanup();
      } catch {
        // the others still have to run
      }
    }
  });
  for (const [signal, number] of Object.entries(signals)) {
    process.on(signal, () => process.exit(128 + number));
  }
}
