import { randomUUID } from 'node:crypto';
import { raceSignal } from '../platform/abort';
import { CancelledError, I99dashError } from '../errors';
import { isJsonObject } from '../platform/json';
import { t } from '../text/l10n';
import type { Clock, Signer } from '../platform/interfaces';
import { delay } from '../http/retry';
import type { MachineStore } from '../platform/machineStore';

/**
 * Timeout for an agent while the user is waiting, in milliseconds. The user may have to find the
 * prompt and type a passphrase.
 */
export const INTERACTIVE_SIGN_TIMEOUT_MS = 5 * 60_000;

/**
 * Lifetime of the lock that prevents other windows from asking, in case it is not released, in
 * milliseconds.
 */
const BACKGROUND_CLAIM_MS = 60_000;
const INTERACTIVE_CLAIM_MS = INTERACTIVE_SIGN_TIMEOUT_MS + 60_000;
/**
 * How long background work waits for another window's request, in milliseconds. Shorter than the
 * timeout of a refresh.
 */
const MAX_WAIT_MS = 25_000;
const LOOK_MS = 500;

const FIRST_PAUSE_MS = 5 * 60_000;
const PAUSE_MS = 60 * 60_000;

/** A signature request that was refused, timed out, or had an invalid response. */
export class SignatureRefused extends I99dashError {
  constructor(message: string, cause?: unknown) {
    super('AGENT_UNAVAILABLE', message, { cause });
  }
}

/** The last refusal of an agent to sign, as stored on the machine. */
interface Refusal {
  at: number;
  /** When background work may ask again, in milliseconds since the epoch. */
  retryAt: number;
  /** Number of consecutive refusals. */
  count: number;
}

/**
 * Requests signatures from an agent, which may prompt the user each time. Windows of a machine ask
 * one at a time. After a refusal, background work of all windows waits until a pause has passed or
 * the user acts.
 */
export class SignatureRequests {
  constructor(
    private readonly machine: MachineStore,
    private readonly clock: Clock,
  ) {}

  /** Returns the error if a refusal still blocks background requests for a key, or undefined. */
  async standingRefusal(fingerprint: string): Promise<SignatureRefused | undefined> {
    const refusal = await this.lastRefusal(fingerprint);
    const now = this.clock.now();
    // A refusal in the future means that the clock was set back.
    return refusal !== undefined && refusal.at <= now && now < refusal.retryAt
      ? new SignatureRefused(refusedEarlier(fingerprint))
      : undefined;
  }

  /**
   * Runs a task that requests a signature, while holding the lock of this machine.
   * @param task Receives the signer to use, and runs once.
   * @param options.interactive Whether the user started it. Then neither a refusal nor another
   * window delays it.
   * @throws SignatureRefused
   * @throws AGENT_UNAVAILABLE when another window is still waiting for the agent
   * @throws CancelledError and the errors of `task`
   */
  async ask<T>(
    signer: Signer,
    { interactive, signal }: { interactive: boolean; signal?: AbortSignal | undefined },
    task: (signer: Signer, assertAllowed: () => Promise<void>) => Promise<T>,
  ): Promise<T> {
    if (signer.mayPromptUser !== true) {
      return task(signer, () => Promise.resolve());
    }
    const { fingerprint } = signer;
    const release = await this.claim(fingerprint, interactive, signal);
    const request: { state: 'none' | 'pending' | 'granted' } = { state: 'none' };
    const watched: Signer = {
      ...signer,
      sign: async (data, ended) => {
        request.state = 'pending';
        const signature = await signer.sign(data, ended);
        request.state = 'granted';
        return signature;
      },
    };
    const assertAllowed = async (): Promise<void> => {
      const refusal = interactive ? undefined : await this.standingRefusal(fingerprint);
      if (refusal !== undefined) {
        throw refusal;
      }
    };
    try {
      return await raceSignal(task(watched, assertAllowed), signal);
    } catch (error) {
      throw request.state === 'pending'
        ? await this.recordRefusal(fingerprint, error, interactive)
        : error;
    } finally {
      if (request.state === 'granted' && (await this.lastRefusal(fingerprint)) !== undefined) {
        await this.machine.set(refusalKey(fingerprint), undefined);
      }
      await release();
    }
  }

  /**
   * Records a refusal.
   * @returns The error to throw.
   */
  private async recordRefusal(
    fingerprint: string,
    error: unknown,
    interactive: boolean,
  ): Promise<unknown> {
    const count = ((await this.lastRefusal(fingerprint))?.count ?? 0) + 1;
    const at = this.clock.now();
    const refusal: Refusal = { at, retryAt: at + pauseAfterRefusal(count), count };
    await this.machine.set(refusalKey(fingerprint), refusal);
    if (error instanceof CancelledError) {
      return error;
    }
    const showsAgentMessage = interactive && error instanceof I99dashError;
    return new SignatureRefused(
      showsAgentMessage ? error.message : refusedEarlier(fingerprint),
      error,
    );
  }

  private async lastRefusal(fingerprint: string): Promise<Refusal | undefined> {
    const value = await this.machine.get(refusalKey(fingerprint));
    const { at, retryAt, count } = isJsonObject(value) ? value : {};
    return typeof at === 'number' && typeof retryAt === 'number' && typeof count === 'number'
      ? { at, retryAt, count }
      : undefined;
  }

  /**
   * Acquires the lock that prevents other windows from asking.
   * @returns A function that releases it.
   */
  private async claim(
    fingerprint: string,
    interactive: boolean,
    signal: AbortSignal | undefined,
  ): Promise<() => Promise<void>> {
    const key = claimKey(fingerprint);
    const began = this.clock.now();
    const giveUpAt = began + MAX_WAIT_MS;
    const owner = randomUUID();
    for (let looks = 1; ; looks++) {
      const now = this.clock.now();
      const ms = interactive ? INTERACTIVE_CLAIM_MS : BACKGROUND_CLAIM_MS;
      if (await this.machine.add(key, { owner, until: now + ms })) {
        return () => this.release(key, owner);
      }
      if (interactive || isOver(await this.machine.get(key), now, looks)) {
        await this.machine.set(key, undefined);
      } else if (now >= giveUpAt || now < began) {
        throw new I99dashError(
          'AGENT_UNAVAILABLE',
          t('Another window is still waiting for your SSH agent.'),
        );
      } else {
        await delay(this.clock, LOOK_MS, signal);
      }
    }
  }

  private async release(key: string, owner: string): Promise<void> {
    const claim = await this.machine.get(key);
    if (isJsonObject(claim) && claim['owner'] === owner) {
      await this.machine.set(key, undefined);
    }
  }
}

/**
 * Returns how long background work does not ask an agent again after a refusal, in milliseconds: 5
 * minutes, then an hour. The first pause is short because the user may have been away or made a
 * mistake.
 * @param refusals Number of consecutive refusals, from 1.
 */
export function pauseAfterRefusal(refusals: number): number {
  return refusals <= 1 ? FIRST_PAUSE_MS : PAUSE_MS;
}

const refusalKey = (fingerprint: string): string => `refusedSignature:${fingerprint}`;
const claimKey = (fingerprint: string): string => `askingForSignature:${fingerprint}`;

function refusedEarlier(fingerprint: string): string {
  return t(
    'The SSH agent did not sign with the key {0}. It is asked again when you unlock the session or run a command.',
    fingerprint,
  );
}

/**
 * Checks whether a lock is stale: it has expired, was written by a clock that has since been set
 * back, or is still unreadable on the second attempt.
 */
function isOver(claim: unknown, now: number, looks: number): boolean {
  const until = isJsonObject(claim) ? claim['until'] : undefined;
  return typeof until === 'number' ? now >= until || until - now > INTERACTIVE_CLAIM_MS : looks > 1;
}
