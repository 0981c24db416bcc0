import type * as vscode from 'vscode';

/** Runs a task with an AbortSignal that follows a cancellation token. */
export async function withSignal<T>(
  token: vscode.CancellationToken,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const subscription = token.onCancellationRequested(() => controller.abort());
  if (token.isCancellationRequested) {
    controller.abort();
  }
  try {
    return await task(controller.signal);
  } finally {
    subscription.dispose();
  }
}
