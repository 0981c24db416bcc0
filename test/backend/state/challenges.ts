import { randomBytes } from 'node:crypto';

interface Challenge {
  readonly fingerprint: string;
  readonly expiresAt: number;
}

/** One-time nonces. They do not outlive the process. */
export class Challenges {
  private readonly open = new Map<string, Challenge>();

  constructor(private readonly now: () => number) {}

  /** Remembers a nonce, random unless given, for `lifeSeconds`. */
  issue(fingerprint: string, lifeSeconds: number, nonce = randomNonce()): string {
    for (const [old, { expiresAt }] of this.open) {
      if (expiresAt <= this.now()) this.open.delete(old);
    }
    this.open.set(nonce, { fingerprint, expiresAt: this.now() + lifeSeconds * 1000 });
    return nonce;
  }

  /** Takes a nonce out, for good, and tells its fingerprint; undefined when used, expired or unknown. */
  consume(nonce: string): string | undefined {
    const challenge = this.open.get(nonce);
    this.open.delete(nonce);
    return challenge && challenge.expiresAt > this.now() ? challenge.fingerprint : undefined;
  }
}

function randomNonce(): string {
  return randomBytes(32).toString('base64url');
}
