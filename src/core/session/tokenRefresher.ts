import { raceSignal, withDeadline } from '../platform/abort';
import { ApiClient } from '../api/client';
import { throwIfCancelled } from '../errors';
import type { Logger, Signer, Transport } from '../platform/interfaces';
import { mintWithKey, type MintedToken, type MintPorts } from '../signIn/requestToken';
import { decide, supersedes } from './refreshPolicy';
import type { SessionProfile } from './sessionRecord';
import type { StoredState } from './sessionMetadata';
import type { SessionStore } from './sessionStore';
import { INTERACTIVE_SIGN_TIMEOUT_MS, type SignatureRequests } from './signatureRequests';
import type { Signers } from './keyRing';

/** Timeout of a refresh, in milliseconds. */
const DEADLINE_MS = 30_000;
/**
 * Timeout of a refresh that the user is waiting for, which includes a prompt of the agent, in
 * milliseconds.
 */
const INTERACTIVE_DEADLINE_MS = INTERACTIVE_SIGN_TIMEOUT_MS + DEADLINE_MS;

export interface RenewalRequest {
  backendUrl: string;
  profile: SessionProfile;
  /** The token to replace. Undefined when it is missing. */
  current: MintedToken | undefined;
}

export interface RenewerPorts extends MintPorts {
  store: SessionStore;
  signers: Signers;
  signatures: SignatureRequests;
  transport: Transport;
  logger: Logger;
}

/** The caller of a refresh. */
export interface RenewalCaller {
  /** Whether the user is waiting. */
  interactive?: boolean;
  signal?: AbortSignal;
}

/** Handles the outcome of a refresh. Called once, before the callers are notified. */
export interface RenewalOutcome {
  done: (stored: StoredState) => void;
  /**
   * Handles a failure.
   * @returns The error to throw.
   */
  failed: (error: unknown) => unknown;
}

interface Flight {
  key: string;
  interactive: boolean;
  callers: number;
  abort: AbortController;
  outcome: Promise<StoredState>;
}

/** Refreshes tokens. Concurrent callers in this window share one refresh. */
export class Renewer {
  private flight: Flight | undefined;

  constructor(private readonly ports: RenewerPorts) {}

  /**
   * Joins the refresh in progress for this session and key, or starts one. An interactive refresh
   * starts after a background one has failed, and is aborted when all its callers have cancelled.
   * @returns The resulting state, which may be another session or none.
   * @throws The error that `outcome` returns for a failure.
   */
  async renew(
    request: RenewalRequest,
    outcome: RenewalOutcome,
    { interactive = false, signal }: RenewalCaller = {},
  ): Promise<StoredState> {
    const { sessionId, fingerprint = '' } = request.profile;
    const key = `${sessionId} ${fingerprint}`;
    const running = this.flight?.key === key ? this.flight : undefined;
    if (running !== undefined && interactive && !running.interactive) {
      try {
        return await running.outcome;
      } catch {
        throwIfCancelled(signal);
        return this.renew(request, outcome, { interactive, ...(signal && { signal }) });
      }
    }
    const flight = running ?? this.start(key, request, outcome, interactive);
    return this.join(flight, signal);
  }

  private start(
    key: string,
    request: RenewalRequest,
    { done, failed }: RenewalOutcome,
    interactive: boolean,
  ): Flight {
    const abort = new AbortController();
    const ms = interactive ? INTERACTIVE_DEADLINE_MS : DEADLINE_MS;
    const outcome = withDeadline(this.ports.clock, ms, (deadline) => {
      const signal = AbortSignal.any([deadline, abort.signal]);
      return raceSignal(this.fly(request, interactive, signal), signal);
    })
      .then(
        (stored) => {
          done(stored);
          return stored;
        },
        (error: unknown) => {
          throw failed(error);
        },
      )
      .finally(() => {
        if (this.flight?.outcome === outcome) {
          this.flight = undefined;
        }
      });
    this.flight = { key, interactive, callers: 0, abort, outcome };
    return this.flight;
  }

  private join(flight: Flight, signal: AbortSignal | undefined): Promise<StoredState> {
    flight.callers += 1;
    const leave = (): void => {
      flight.callers -= 1;
      if (flight.interactive && flight.callers === 0) {
        flight.abort.abort();
      }
    };
    signal?.addEventListener('abort', leave, { once: true });
    return flight.outcome.finally(() => signal?.removeEventListener('abort', leave));
  }

  private async fly(
    request: RenewalRequest,
    interactive: boolean,
    signal: AbortSignal,
  ): Promise<StoredState> {
    const { store, signers, signatures } = this.ports;
    const { backendUrl, profile } = request;
    const stored = await store.read(backendUrl);
    if (!this.mustMint(stored, request)) {
      return stored;
    }
    const opened = await signers.open(profile, interactive);
    if (opened.asksPerson !== true) {
      return this.mint(request, opened, signal);
    }
    return signatures.ask(opened, { interactive, signal }, async (signer, assertAllowed) => {
      const latest = await store.read(backendUrl); // may have been refreshed elsewhere
      if (!this.mustMint(latest, request)) {
        return latest;
      }
      await assertAllowed();
      return this.mint(request, signer, signal);
    });
  }

  private async mint(
    { backendUrl, profile, current }: RenewalRequest,
    signer: Signer,
    signal: AbortSignal,
  ): Promise<StoredState> {
    const { store, transport, logger } = this.ports;
    const api = new ApiClient(backendUrl, transport);
    const minted = await mintWithKey(api, signer, this.ports, signal);
    logger.info(`Renewed the session with ${signer.fingerprint}.`);
    return store.saveRenewed(backendUrl, { ...profile, ...minted }, current?.token);
  }

  /**
   * Checks whether a token must be issued. Another window may have refreshed the session, ended it
   * or started another, which then takes precedence.
   */
  private mustMint(stored: StoredState, { profile, current }: RenewalRequest): boolean {
    switch (stored.kind) {
      case 'none':
      case 'secretLost':
        return true;
      case 'ended':
        return false;
      case 'session': {
        const { record } = stored;
        if (record.sessionId !== profile.sessionId) {
          return false;
        }
        const now = this.ports.clock.now();
        const isNewer =
          current === undefined ||
          (record.token !== current.token && supersedes(record, current, now));
        return !isNewer || decide({ now, token: record, share: 1, signer: 'ready' }).kind !== 'use';
      }
    }
  }
}
