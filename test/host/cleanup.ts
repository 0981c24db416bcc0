import { rmSync } from 'node:fs';

const cleanups = new Set<() => void>();
const signals = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
let listening = false;

/**
 * Registers a cleanup for the exit or interruption (Ctrl+C included) of this process.
 * @param cleanup runs synchronously; its errors are ignored (best effort at exit)
 * @returns a function that unregisters the cleanup
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
    // In reverse order: a server stops before the folder that it writes to is removed.
    for (const cleanup of [...cleanups].reverse()) {
      try {
        cleanup();
      } catch {
        // the other cleanups must still run
      }
    }
  });
  for (const [signal, number] of Object.entries(signals)) {
    process.on(signal, () => process.exit(128 + number));
  }
}
