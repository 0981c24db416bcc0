import { randomBytes, randomInt } from 'node:crypto';

export type DeviceDecision = 'approve' | 'deny' | 'expire';

interface DeviceCode {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly clientId: string;
  expiresAt: number;
  /** Seconds. */
  interval: number;
  nextPollAt: number;
  forcedSlowDowns: number;
  decision: { readonly approvedBy: string } | 'denied' | 'open';
}

/** The result of a poll: an OAuth error, or the account that approved. */
export type PollResult =
  | { readonly approvedBy: string }
  | {
      readonly error:
        'authorization_pending' | 'slow_down' | 'expired_token' | 'access_denied' | 'invalid_grant';
    };

/** No vowels and no characters that look alike (RFC 8628, 6.1). */
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';

/** The device-code flow of RFC 8628. Codes are lost when the process ends. */
export class DeviceCodes {
  private readonly codes: DeviceCode[] = [];

  constructor(private readonly now: () => number) {}

  /** Starts a flow; `interval` 0 never asks the client to slow down by itself. */
  authorize(clientId: string, lifeSeconds: number, interval: number): Readonly<DeviceCode> {
    const code: DeviceCode = {
      deviceCode: randomBytes(32).toString('base64url'),
      userCode: `${randomLetters(4)}-${randomLetters(4)}`,
      clientId,
      expiresAt: this.now() + lifeSeconds * 1000,
      interval,
      nextPollAt: 0,
      forcedSlowDowns: 0,
      decision: 'open',
    };
    this.codes.push(code);
    return code;
  }

  /** Returns the codes that wait for a decision, oldest first. */
  pending(): { userCode: string; clientId: string }[] {
    return this.codes
      .filter(({ decision, expiresAt }) => decision === 'open' && expiresAt > this.now())
      .map(({ userCode, clientId }) => ({ userCode, clientId }));
  }

  /**
   * Decides on a user code as `devId`.
   * @throws when there is no such code
   */
  decide(userCode: string, decision: DeviceDecision, devId: string): void {
    const code = this.byUserCode(userCode);
    if (decision === 'expire') code.expiresAt = this.now();
    else code.decision = decision === 'approve' ? { approvedBy: devId } : 'denied';
  }

  /**
   * Answers the next `times` polls with `slow_down`.
   * @throws when there is no such code
   */
  forceSlowDown(userCode: string, times = 1): void {
    this.byUserCode(userCode).forcedSlowDowns += times;
  }

  /** Handles one poll. An approval is returned only once. */
  poll(clientId: string, deviceCode: string): PollResult {
    const code = this.codes.find((candidate) => candidate.deviceCode === deviceCode);
    if (code?.clientId !== clientId) return { error: 'invalid_grant' };
    if (this.now() >= code.expiresAt) return { error: 'expired_token' };
    if (this.isTooFast(code)) return { error: 'slow_down' };
    if (code.decision === 'open') return { error: 'authorization_pending' };
    if (code.decision === 'denied') return { error: 'access_denied' };
    this.codes.splice(this.codes.indexOf(code), 1);
    return code.decision;
  }

  private isTooFast(code: DeviceCode): boolean {
    const early = code.interval > 0 && this.now() < code.nextPollAt;
    if (early || code.forcedSlowDowns > 0) {
      if (code.forcedSlowDowns > 0) code.forcedSlowDowns -= 1;
      if (code.interval > 0) code.interval += 5;
      code.nextPollAt = this.now() + code.interval * 1000;
      return true;
    }
    code.nextPollAt = this.now() + code.interval * 1000;
    return false;
  }

  private byUserCode(userCode: string): DeviceCode {
    const code = this.codes.find((candidate) => candidate.userCode === userCode);
    if (code === undefined) throw new Error(`no device flow with the user code ${userCode}`);
    return code;
  }
}

function randomLetters(count: number): string {
  return Array.from({ length: count }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}
