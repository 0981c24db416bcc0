import * as vscode from 'vscode';
import { plainText } from './plainText';

/** What ends sooner is over before a notification could be read, in milliseconds. */
const QUIET_MS = 500;

/** How a running task talks to whoever watches it. */
export interface Watched {
  /** Replaces the notification's message. */
  report: (message: string) => void;
  /** Asks something with the notification out of the way; it comes back afterwards. */
  hideWhile: <T>(question: () => Promise<T>) => Promise<T>;
}

/**
 * Runs a task; when it takes a while, one notification says what it does and lets the user cancel.
 * @param task gets a signal that aborts on cancel, a function that replaces the notification's
 *   message, and one that asks without it
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
 * Asks something that every running task may wait for: what they say of themselves is out of the
 * way meanwhile.
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
  /** How many questions it is out of the way of. */
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
    this.timer = setTimeout(() => this.show(), QUIET_MS);
  }

  private hide(): void {
    clearTimeout(this.timer);
    this.shown = undefined;
    this.over.end();
  }

  /**
   * VS Code closes what was cancelled. A task that cannot stop at once is shown again, until its
   * end.
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
        // It may have been hidden before VS Code came to show it.
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
