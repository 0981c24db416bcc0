import { raceSignal, withDeadline } from '../platform/abort';
import { ApiClient } from '../api/client';
import { throwIfCancelled } from '../errors';
import type { Logger, Signer, Transport } from '../platform/interfaces';
import { requestTokenWithKey, type AccessToken, type MintDeps } from '../signIn/requestToken';
import { nextRefreshAction, supersedes } from './refreshPolicy';
import type { SessionProfile } from './sessionRecord';
import type { StoredState } from './sessionMetadata';
import type { SessionStore } from './sessionStore';
import { INTERACTIVE_SIGN_TIMEOUT_MS, type SignatureRequests } from './signatureRequests';
import type { KeyRing } from './keyRing';

/** Timeout of a refresh, in milliseconds. */
const DEADLINE_MS = 30_000;
/**
 * Timeout of a refresh that the user is waiting for, which includes a prompt of the agent, in
 * milliseconds.
 */
const INTERACTIVE_DEADLINE_MS = INTERACTIVE_SIGN_TIMEOUT_MS + DEADLINE_MS;

export interface RefreshRequest {
  backendUrl: string;
  profile: SessionProfile;
  /** The token to replace. Undefined when it is missing. */
  current: AccessToken | undefined;
}

export interface RenewerDeps extends MintDeps {
  store: SessionStore;
  signers: KeyRing;
  signatures: SignatureRequests;
  transport: Transport;
  logger: Logger;
}

/** The caller of a refresh. */
export interface RefreshCaller {
  /** Whether the user is waiting. */
  interactive?: boolean;
  signal?: AbortSignal;
}

/** Handles the outcome of a refresh. Called once, before the callers are notified. */
export interface RefreshCallbacks {
  done: (stored: StoredState) => void;
  /**
   * Handles a failure.
   * @returns The error to throw.
   */
  failed: (error: unknown) => unknown;
}

interface RefreshInFlight {
  key: string;
  interactive: boolean;
  callers: number;
  abort: AbortController;
  outcome: Promise<StoredState>;
}

/** Refreshes tokens. Concurrent callers in this window share one refresh. */
export class TokenRefresher {
  private inFlight: RefreshInFlight | undefined;

  constructor(private readonly deps: RenewerDeps) {}

  /**
   * Joins the refresh in progress for this session and key, or starts one. An interactive refresh
   * starts after a background one has failed, and is aborted when all its callers have cancelled.
   * @returns The resulting state, which may be another session or none.
   * @throws The error that `outcome` returns for a failure.
   */
  async refresh(
    request: RefreshRequest,
    outcome: RefreshCallbacks,
    { interactive = false, signal }: RefreshCaller = {},
  ): Promise<StoredState> {
    const { sessionId, fingerprint = '' } = request.profile;
    const key = `${sessionId} ${fingerprint}`;
    const running = this.inFlight?.key === key ? this.inFlight : undefined;
    if (running !== undefined && interactive && !running.interactive) {
      try {
        return await running.outcome;
      } catch {
        throwIfCancelled(signal);
        return this.refresh(request, outcome, { interactive, ...(signal && { signal }) });
      }
    }
    const inFlight = running ?? this.start(key, request, outcome, interactive);
    return this.join(inFlight, signal);
  }

  private start(
    key: string,
    request: RefreshRequest,
    { done, failed }: RefreshCallbacks,
    interactive: boolean,
  ): RefreshInFlight {
    const abort = new AbortController();
    const ms = interactive ? INTERACTIVE_DEADLINE_MS : DEADLINE_MS;
    const outcome = withDeadline(this.deps.clock, ms, (deadline) => {
      const signal = AbortSignal.any([deadline, abort.signal]);
      return raceSignal(this.requestAndStore(request, interactive, signal), signal);
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
        if (this.inFlight?.outcome === outcome) {
          this.inFlight = undefined;
        }
      });
    this.inFlight = { key, interactive, callers: 0, abort, outcome };
    return this.inFlight;
  }

  private join(inFlight: RefreshInFlight, signal: AbortSignal | undefined): Promise<StoredState> {
    inFlight.callers += 1;
    const leave = (): void => {
      inFlight.callers -= 1;
      if (inFlight.interactive && inFlight.callers === 0) {
        inFlight.abort.abort();
      }
    };
    signal?.addEventListener('abort', leave, { once: true });
    return inFlight.outcome.finally(() => signal?.removeEventListener('abort', leave));
  }

  private async requestAndStore(
    request: RefreshRequest,
    interactive: boolean,
    signal: AbortSignal,
  ): Promise<StoredState> {
    const { store, signers, signatures } = this.deps;
    const { backendUrl, profile } = request;
    const stored = await store.read(backendUrl);
    if (!this.needsNewToken(stored, request)) {
      return stored;
    }
    const opened = await signers.open(profile, interactive);
    if (opened.asksPerson !== true) {
      return this.requestToken(request, opened, signal);
    }
    return signatures.ask(opened, { interactive, signal }, async (signer, assertAllowed) => {
      const latest = await store.read(backendUrl); // may have been refreshed elsewhere
      if (!this.needsNewToken(latest, request)) {
        return latest;
      }
      await assertAllowed();
      return this.requestToken(request, signer, signal);
    });
  }

  private async requestToken(
    { backendUrl, profile, current }: RefreshRequest,
    signer: Signer,
    signal: AbortSignal,
  ): Promise<StoredState> {
    const { store, transport, logger } = this.deps;
    const api = new ApiClient(backendUrl, transport);
    const minted = await requestTokenWithKey(api, signer, this.deps, signal);
    logger.info(`Renewed the session with ${signer.fingerprint}.`);
    return store.saveRenewed(backendUrl, { ...profile, ...minted }, current?.token);
  }

  /**
   * Checks whether a token must be issued. Another window may have refreshed the session, ended it
   * or started another, which then takes precedence.
   */
  private needsNewToken(stored: StoredState, { profile, current }: RefreshRequest): boolean {
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
        const now = this.deps.clock.now();
        const isNewer =
          current === undefined ||
          (record.token !== current.token && supersedes(record, current, now));
        return (
          !isNewer ||
          nextRefreshAction({ now, token: record, refreshFraction: 1, signer: 'ready' }).kind !==
            'use'
        );
      }
    }
  }
}
