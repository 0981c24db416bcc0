import { createHash } from 'node:crypto';
import type { Clock, Disposable } from '../ports';

/** The system's clipboard. Both may reject: a browser lets only a focused page in. */
export interface Clipboard {
  readText(): PromiseLike<string>;
  writeText(text: string): PromiseLike<void>;
}

/** How long a secret may stay, in milliseconds. */
export const SECRET_LIFE_MS = 90_000;
/** A clipboard that cannot be reached is tried again after this long, in milliseconds. */
const RETRY_MS = 5_000;

/** Lends the clipboard to a secret, and takes it back unless something else has been copied meanwhile. */
export class SecretClipboard {
  /** The secret itself is not kept. */
  private held: { digest: string; timer: Disposable } | undefined;

  constructor(
    private readonly clipboard: Clipboard,
    private readonly clock: Clock,
  ) {}

  /** Copies a secret; it is cleared after {@link SECRET_LIFE_MS}. @throws what the clipboard throws */
  async put(secret: string): Promise<void> {
    this.held?.timer.dispose();
    // Before it is written, so that a window that closes meanwhile clears it too.
    this.held = { digest: digestOf(secret), timer: this.clearIn(SECRET_LIFE_MS) };
    await this.clipboard.writeText(secret);
  }

  /** Clears the clipboard if it still holds the secret. @throws what the clipboard throws */
  async clear(): Promise<void> {
    const { held } = this;
    if (held === undefined) {
      return;
    }
    held.timer.dispose();
    if (digestOf(await this.clipboard.readText()) === held.digest) {
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

/** A clipboard may change line ends, and what stands at the end. */
function digestOf(text: string): string {
  return createHash('sha256').update(text.replace(/\r\n/gu, '\n').trimEnd()).digest('base64');
}
