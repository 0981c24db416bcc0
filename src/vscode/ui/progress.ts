import * as vscode from 'vscode';
import { plainText } from './plainText';

/**
 * Delay before a notification is shown, in milliseconds. A shorter task would end before the user
 * could read it.
 */
const SHOW_DELAY_MS = 500;

/** Functions for a running task to communicate with the user. */
export interface Watched {
  /** Replaces the notification's message. */
  report: (message: string) => void;
  /** Hides the notification while the user answers a question. */
  hideWhile: <T>(question: () => Promise<T>) => Promise<T>;
}

/**
 * Runs a task. If it takes a while, shows a notification with its progress that lets the user
 * cancel.
 * @param task Receives a signal that aborts on cancel, a function that replaces the message of the
 *   notification, and one that hides the notification during a question.
 */
export async function withDelayedProgress<T>(
  title: string,
  task: (
    signal: AbortSignal,
    report: Watched['report'],
    hideWhile: Watched['hideWhile'],
  ) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const notification = new QuietNotification(plainText(title), controller);
  notification.start();
  try {
    return await task(
      controller.signal,
      (message) => notification.report(plainText(message)),
      async (question) => {
        notification.hold();
        try {
          return await question();
        } finally {
          notification.release();
        }
      },
    );
  } finally {
    notification.end();
  }
}

/**
 * Hides the notifications of all running tasks while the user answers a question that they may wait
 * for.
 */
export async function hideProgressWhile<T>(question: () => Promise<T>): Promise<T> {
  sharedQuestions++;
  running.forEach((notification) => notification.hold());
  try {
    return await question();
  } finally {
    sharedQuestions--;
    running.forEach((notification) => notification.release());
  }
}

class QuietNotification {
  /** Number of open questions that hide this notification. */
  private holds = 0;
  private timer: NodeJS.Timeout | undefined;
  private message: string | undefined;
  private shown: vscode.Progress<{ message?: string }> | undefined;
  private over = ending();

  constructor(
    private readonly title: string,
    private readonly controller: AbortController,
  ) {}

  report(message: string): void {
    if (message !== this.message) {
      this.message = message;
      this.shown?.report({ message });
    }
  }

  start(): void {
    running.add(this);
    this.holds = sharedQuestions;
    if (this.holds === 0) {
      this.showSoon();
    }
  }

  hold(): void {
    this.holds++;
    this.hide();
  }

  release(): void {
    this.holds--;
    if (this.holds === 0 && running.has(this)) {
      this.showSoon();
    }
  }

  end(): void {
    running.delete(this);
    this.hide();
  }

  private showSoon(): void {
    this.over = ending();
    this.timer = setTimeout(() => this.show(), SHOW_DELAY_MS);
  }

  private hide(): void {
    clearTimeout(this.timer);
    this.shown = undefined;
    this.over.end();
  }

  /**
   * Cancels the task. VS Code closes a cancelled notification. If the task does not stop at once,
   * the notification is shown again until the task ends.
   */
  private cancel(): void {
    if (!this.controller.signal.aborted) {
      this.message = vscode.l10n.t('Cancelling…');
      this.controller.abort();
      this.hide();
      if (this.holds === 0 && running.has(this)) {
        this.showSoon();
      }
    }
  }

  private show(): void {
    const { title, over } = this;
    const cancellable = !this.controller.signal.aborted;
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable },
      (progress, token) => {
        // The notification may have been hidden before VS Code showed it.
        if (over === this.over) {
          this.shown = progress;
          if (this.message !== undefined) {
            progress.report({ message: this.message });
          }
        }
        token.onCancellationRequested(() => this.cancel());
        return over.ended;
      },
    );
  }
}

const running = new Set<QuietNotification>();
let sharedQuestions = 0;

function ending(): { ended: Promise<void>; end: () => void } {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { ended, end };
}
