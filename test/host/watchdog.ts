/*
 * Stands in for the native modules `native-watchdog` and `@vscode/native-watchdog`, which end an extension host whose server is gone.
 * The extension host also looks for itself, and the server's process group is ended as a whole.
 */

/** Would watch the parent process. */
export function start(): void {
  // nothing to watch
}

/** Ends this process. */
export function exit(code: number): void {
  process.exit(code);
}
