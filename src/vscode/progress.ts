import * as vscode from 'vscode';
import { withSignal } from './cancellation';

/** What takes no longer needs no notification, in milliseconds. */
const QUIET_MS = 800;

/** Runs a task; when it takes a while, a notification says so and lets the user cancel. */
export async function withQuietProgress<T>(
  title: string,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const running = task(controller.signal);
  const timer = setTimeout(() => {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      (_progress, token) =>
        withSignal(token, async (signal) => {
          signal.addEventListener('abort', () => controller.abort(), { once: true });
          await running.catch(() => undefined);
        }),
    );
  }, QUIET_MS);
  try {
    return await running;
  } finally {
    clearTimeout(timer);
  }
}
