import * as vscode from 'vscode';

/** What ends sooner is over before a notification could be read, in milliseconds. */
const QUIET_MS = 500;

/**
 * Runs a task; when it takes a while, one notification says what it does and lets the user cancel.
 * @param task gets a signal that aborts on cancel, and a function that replaces the notification's message
 */
export async function withQuietProgress<T>(
  title: string,
  task: (signal: AbortSignal, report: (message: string) => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let message: string | undefined;
  let shown: vscode.Progress<{ message?: string }> | undefined;
  const running = task(controller.signal, (next) => {
    message = next;
    shown?.report({ message: next });
  });
  const timer = setTimeout(() => {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        shown = progress;
        if (message !== undefined) {
          progress.report({ message });
        }
        token.onCancellationRequested(() => controller.abort());
        await running.catch(() => undefined);
      },
    );
  }, QUIET_MS);
  try {
    return await running;
  } finally {
    clearTimeout(timer);
  }
}
