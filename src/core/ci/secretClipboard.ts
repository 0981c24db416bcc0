import { createHash } from 'node:crypto';
import type { Clock, Disposable } from '../platform/interfaces';

/** The system clipboard. Both methods may reject: a browser requires the page to have the focus. */
export interface Clipboard {
  readText(): PromiseLike<string>;
  writeText(text: string): PromiseLike<void>;
}

/** How long a secret stays on the clipboard, in milliseconds. */
export const SECRET_LIFE_MS = 90_000;
/** Delay before another attempt when the clipboard is unavailable, in milliseconds. */
const RETRY_MS = 5_000;

/**
 * Puts a secret on the clipboard and clears it later, unless something else was copied in the
 * meantime.
 */
export class SecretClipboard {
  /** Stores a digest, not the secret itself. */
  private held: { digest: string; timer: Disposable } | undefined;

  constructor(
    private readonly clipboard: Clipboard,
    private readonly clock: Clock,
  ) {}

  /**
   * Copies a secret and clears it after {@link SECRET_LIFE_MS}.
   * @throws The errors of the clipboard.
   */
  async put(secret: string): Promise<void> {
    this.held?.timer.dispose();
    // Set before the write, so that a window that closes during the write clears it too.
    this.held = { digest: hashText(secret), timer: this.clearIn(SECRET_LIFE_MS) };
    await this.clipboard.writeText(secret);
  }

  /**
   * Clears the clipboard if it still contains the secret.
   * @throws The errors of the clipboard.
   */
  async clear(): Promise<void> {
    const { held } = this;
    if (held === undefined) {
      return;
    }
    held.timer.dispose();
    if (hashText(await this.clipboard.readText()) === held.digest) {
      await this.clipboard.writeText('');
    }
    if (this.held === held) {
      this.held = undefined;
    }
  }

  private clearIn(ms: number): Disposable {
    return this.clock.setTimer(ms, () => {
      this.clear().catch(() => {
        if (this.held !== undefined) {
          this.held.timer.dispose();
          this.held.timer = this.clearIn(RETRY_MS);
        }
      });
    });
  }
}

/** The clipboard may change line endings and trailing whitespace. */
function hashText(text: string): string {
  return createHash('sha256').update(text.replace(/\r\n/gu, '\n').trimEnd()).digest('base64');
}
