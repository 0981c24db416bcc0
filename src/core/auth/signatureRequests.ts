import { randomUUID } from 'node:crypto';
import { raceSignal } from '../abort';
import { CancelledError, I99dashError } from '../errors';
import { isJsonObject } from '../json';
import { t } from '../l10n';
import type { Clock, Signer } from '../ports';
import { delay } from '../retry';
import type { MachineStore } from './machineStore';
import { isStanding, refusalPauseMs, type Refusal } from './renewalPolicy';

/** How long a person has who waits for their agent, in milliseconds: they may have to find its question, and type a passphrase. */
export const INTERACTIVE_SIGN_TIMEOUT_MS = 5 * 60_000;

/** How long a window keeps the others from asking, should it never say that it is done, in milliseconds. */
const BACKGROUND_CLAIM_MS = 60_000;
const INTERACTIVE_CLAIM_MS = INTERACTIVE_SIGN_TIMEOUT_MS + 60_000;
/** How long background work waits for another window that asks, in milliseconds: less than a renewal may take. */
const MAX_WAIT_MS = 25_000;
const LOOK_MS = 500;

/** A signature that was refused, that nobody answered for in time, or that made no sense. */
export class SignatureRefused extends I99dashError {
  constructor(
    message: string,
    readonly refusal: Refusal,
    cause?: unknown,
  ) {
    super('AGENT_UNAVAILABLE', message, { cause });
  }
}

interface StoredRefusal extends Refusal {
  /** How many there have been in a row. */
  count: number;
  /** The keys that the agent listed then; undefined when it did not answer. */
  agentKeys?: string[];
}

/**
 * Asks an agent for signatures. An agent may ask a person each time: the windows of a machine ask one after the other, and after a
 * refusal no background work of any of them asks again before a pause has passed, the agent lists other keys, or a person acts.
 */
export class SignatureRequests {
  constructor(
    private readonly machine: MachineStore,
    private readonly clock: Clock,
    /** The fingerprints that the agent lists. @throws AGENT_UNAVAILABLE */
    private readonly listAgentKeys: () => Promise<readonly string[]>,
  ) {}

  /** The refusal that still keeps background work from asking for a signature with a key; undefined when there is none. */
  async standingRefusal(fingerprint: string): Promise<Refusal | undefined> {
    const refusal = await this.lastRefusal(fingerprint);
    if (refusal === undefined || !isStanding(refusal, this.clock.now())) {
      return undefined;
    }
    const keys = await this.agentKeys();
    if (keys !== undefined && refusal.agentKeys !== undefined && !isSame(keys, refusal.agentKeys)) {
      await this.machine.set(refusalKey(fingerprint), undefined);
      return undefined;
    }
    return refusal;
  }

  /**
   * Runs a task that asks for a signature, while no other window of this machine does.
   * @param task gets the signer to use, and runs once
   * @param options.interactive whether a person has started it: then neither a refusal nor another window is waited for
   * @throws SignatureRefused, AGENT_UNAVAILABLE when another window is still waiting for the agent, CancelledError, and what `task` throws
   */
  async ask<T>(
    signer: Signer,
    { interactive, signal }: { interactive: boolean; signal?: AbortSignal | undefined },
    task: (signer: Signer, assertAllowed: () => Promise<void>) => Promise<T>,
  ): Promise<T> {
    if (signer.asksPerson !== true) {
      return task(signer, () => Promise.resolve());
    }
    const { fingerprint } = signer;
    const release = await this.claim(fingerprint, interactive, signal);
    const signing = { isPending: false, isGiven: false };
    const watched: Signer = {
      ...signer,
      sign: async (data, ended) => {
        Object.assign(signing, { isPending: true, isGiven: false });
        const signature = await signer.sign(data, ended);
        Object.assign(signing, { isPending: false, isGiven: true });
        return signature;
      },
    };
    const assertAllowed = async (): Promise<void> => {
      const refusal = interactive ? undefined : await this.standingRefusal(fingerprint);
      if (refusal !== undefined) {
        throw new SignatureRefused(refusedEarlier(fingerprint), refusal);
      }
    };
    try {
      return await raceSignal(task(watched, assertAllowed), signal);
    } catch (error) {
      throw signing.isPending ? await this.recordRefusal(fingerprint, error, interactive) : error;
    } finally {
      if (signing.isGiven) {
        await this.forgetRefusal(fingerprint);
      }
      await release();
    }
  }

  /** @returns what to throw */
  private async recordRefusal(
    fingerprint: string,
    error: unknown,
    interactive: boolean,
  ): Promise<unknown> {
    const count = ((await this.lastRefusal(fingerprint))?.count ?? 0) + 1;
    const at = this.clock.now();
    const agentKeys = await this.agentKeys();
    const refusal: StoredRefusal = {
      ...{ at, retryAt: at + refusalPauseMs(count), count },
      ...(agentKeys === undefined ? {} : { agentKeys }),
    };
    await this.machine.set(refusalKey(fingerprint), refusal);
    if (error instanceof CancelledError) {
      return error;
    }
    const isTold = interactive && error instanceof I99dashError;
    return new SignatureRefused(
      isTold ? error.message : refusedEarlier(fingerprint),
      refusal,
      error,
    );
  }

  private async forgetRefusal(fingerprint: string): Promise<void> {
    if ((await this.lastRefusal(fingerprint)) !== undefined) {
      await this.machine.set(refusalKey(fingerprint), undefined);
    }
  }

  private async lastRefusal(fingerprint: string): Promise<StoredRefusal | undefined> {
    return parseRefusal(await this.machine.get(refusalKey(fingerprint)));
  }

  private async agentKeys(): Promise<string[] | undefined> {
    return this.listAgentKeys().then(
      (keys) => [...keys].sort(),
      () => undefined,
    );
  }

  /** Keeps the other windows from asking. @returns what lets them ask again */
  private async claim(
    fingerprint: string,
    interactive: boolean,
    signal: AbortSignal | undefined,
  ): Promise<() => Promise<void>> {
    const key = claimKey(fingerprint);
    const began = this.clock.now();
    const until = began + MAX_WAIT_MS;
    const owner = randomUUID();
    for (let looks = 1; ; looks++) {
      const now = this.clock.now();
      const ms = interactive ? INTERACTIVE_CLAIM_MS : BACKGROUND_CLAIM_MS;
      if (await this.machine.add(key, { owner, until: now + ms })) {
        return () => this.release(key, owner);
      }
      if (interactive || isOver(await this.machine.get(key), now, looks)) {
        await this.machine.set(key, undefined);
      } else if (now >= until || now < began) {
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

const refusalKey = (fingerprint: string): string => `refusedSignature:${fingerprint}`;
const claimKey = (fingerprint: string): string => `askingForSignature:${fingerprint}`;

function refusedEarlier(fingerprint: string): string {
  return t(
    'The SSH agent did not sign with the key {0}. It is asked again when you unlock the session or run a command.',
    fingerprint,
  );
}

/** Whether a claim binds nobody: it is old, comes from a clock that was set back since, or cannot be read at a second look. */
function isOver(claim: unknown, now: number, looks: number): boolean {
  const until = isJsonObject(claim) ? claim['until'] : undefined;
  return typeof until === 'number' ? now >= until || until - now > INTERACTIVE_CLAIM_MS : looks > 1;
}

function parseRefusal(value: unknown): StoredRefusal | undefined {
  if (!isJsonObject(value)) {
    return undefined;
  }
  const { at, retryAt, count, agentKeys } = value;
  if (typeof at !== 'number' || typeof retryAt !== 'number' || typeof count !== 'number') {
    return undefined;
  }
  const keys = Array.isArray(agentKeys)
    ? agentKeys.filter((key) => typeof key === 'string')
    : undefined;
  return { at, retryAt, count, ...(keys === undefined ? {} : { agentKeys: keys }) };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.join('\n') === other.join('\n');
}
