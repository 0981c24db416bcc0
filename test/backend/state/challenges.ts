import { randomBytes } from 'node:crypto';

interface Challenge {
  readonly fingerprint: string;
  readonly expiresAt: number;
}

/** One-time nonces, which are lost when the process ends. */
export class Challenges {
  private readonly open = new Map<string, Challenge>();

  constructor(private readonly now: () => number) {}

  /** Stores a nonce, random by default, for `lifeSeconds`. */
  issue(fingerprint: string, lifeSeconds: number, nonce = randomNonce()): string {
    for (const [old, { expiresAt }] of this.open) {
      if (expiresAt <= this.now()) this.open.delete(old);
    }
    this.open.set(nonce, { fingerprint, expiresAt: this.now() + lifeSeconds * 1000 });
    return nonce;
  }

  /**
   * Consumes a nonce and returns its fingerprint; undefined when it is used, expired or unknown.
   */
  consume(nonce: string): string | undefined {
    const challenge = this.open.get(nonce);
    this.open.delete(nonce);
    return challenge && challenge.expiresAt > this.now() ? challenge.fingerprint : undefined;
  }
}

function randomNonce(): string {
  return randomBytes(32).toString('base64url');
}
