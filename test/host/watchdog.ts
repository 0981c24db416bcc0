/*
 * Replaces the native modules `native-watchdog` and `@vscode/native-watchdog`, which end an
 * extension host whose server is gone. The extension host also checks this itself, and the server's
 * whole process group is killed.
 */

/** Would watch the parent process; a no-op. */
export function start(): void {
  // nothing to watch
}

/** Ends this process. */
export function exit(code: number): void {
  process.exit(code);
}
