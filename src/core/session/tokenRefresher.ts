import { raceSignal, withDeadline } from '../platform/abort';
import { ApiClient } from '../api/client';
import { I99dashError, throwIfCancelled } from '../errors';
import { t } from '../text/l10n';
import type { Logger, Signer, TokenRequest, Transport } from '../platform/interfaces';
import { requestTokenWithKey, type MintDeps } from '../signIn/requestToken';
import type { ActiveSession } from './activeSession';
import { isUsable, isWaiting, supersedes } from './refreshPolicy';
import type { SessionProfile, StoredState } from './sessionRecord';
import type { CurrentSession } from './sessionState';
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

export interface TokenRefresherDeps extends MintDeps {
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

interface RefreshInFlight {
  profile: SessionProfile;
  /** Whether the user is waiting. */
  interactive: boolean;
  callers: number;
  abort: AbortController;
  outcome: Promise<void>;
}

/** Returns the token of the active session, and refreshes it when needed. */
export class TokenRefresher {
  private inFlight: RefreshInFlight | undefined;

  constructor(
    private readonly deps: TokenRefresherDeps,
    private readonly active: ActiveSession,
  ) {}

  /** Implements `TokenSource.getToken`. */
  async getToken({ rejected, signal, interactive = false }: TokenRequest): Promise<string> {
    throwIfCancelled(signal);
    this.active.require();
    if (rejected !== undefined) {
      this.active.markRejected(rejected);
    }
    const { usableToken } = this.active;
    if (usableToken !== undefined) {
      if (this.active.nextAction() === 'refresh') {
        void this.refresh().catch(() => undefined);
      }
      return usableToken.token;
    }
    if (this.active.nextAction() === 'rejected') {
      throw this.active.reject();
    }
    this.active.resetBackoff();
    const { failure } = this.active.require();
    if (isWaiting(failure, this.deps.clock.now())) {
      this.active.refreshState();
      throw failure.error;
    }
    return raceSignal(this.refresh({ interactive, ...(signal && { signal }) }), signal);
  }

  /**
   * Issues a new token, or takes one that another window has stored.
   * @throws NOT_SIGNED_IN when the session ends meanwhile, and the errors that prevent a refresh
   */
  async refresh(caller: RefreshCaller = {}): Promise<string> {
    const session = this.active.require();
    const { profile } = session;
    await this.join(session, caller);
    const now = this.active.require();
    if (now.profile.account.devId !== profile.account.devId) {
      throw new I99dashError('NOT_SIGNED_IN', t('You signed in with another account meanwhile.'));
    }
    // The token of a session that has replaced this one may be expired too.
    return now.profile === profile && now.minted !== undefined
      ? now.minted.token
      : this.getToken({ interactive: caller.interactive === true });
  }

  /**
   * Joins the refresh in progress for this session, or starts one. An interactive refresh starts
   * after a background one has failed, and is aborted when all its callers have cancelled.
   */
  private async join(
    session: CurrentSession,
    { interactive = false, signal }: RefreshCaller,
  ): Promise<void> {
    const running = this.inFlight?.profile === session.profile ? this.inFlight : undefined;
    if (running !== undefined && interactive && !running.interactive) {
      try {
        await running.outcome;
        return;
      } catch {
        throwIfCancelled(signal);
        return this.join(session, { interactive, ...(signal && { signal }) });
      }
    }
    const inFlight = running ?? this.start(session, interactive);
    inFlight.callers += 1;
    const leave = (): void => {
      inFlight.callers -= 1;
      if (inFlight.interactive && inFlight.callers === 0) {
        inFlight.abort.abort();
      }
    };
    signal?.addEventListener('abort', leave, { once: true });
    await inFlight.outcome.finally(() => signal?.removeEventListener('abort', leave));
  }

  private start(session: CurrentSession, interactive: boolean): RefreshInFlight {
    const { profile } = session;
    const abort = new AbortController();
    const ms = interactive ? INTERACTIVE_DEADLINE_MS : DEADLINE_MS;
    const outcome = withDeadline(this.deps.clock, ms, (deadline) => {
      const signal = AbortSignal.any([deadline, abort.signal]);
      return raceSignal(this.requestAndStore(session, interactive, signal), signal);
    })
      .then(
        (stored) => {
          // A late response for a session that ended or was replaced is ignored.
          if (this.active.has(profile)) {
            this.active.mergeStored(stored);
          }
        },
        (error: unknown) => {
          throw this.active.fail(profile, error);
        },
      )
      .finally(() => {
        if (this.inFlight === inFlight) {
          this.inFlight = undefined;
        }
      });
    const inFlight = { profile, interactive, callers: 0, abort, outcome };
    this.inFlight = inFlight;
    return inFlight;
  }

  private async requestAndStore(
    session: CurrentSession,
    interactive: boolean,
    signal: AbortSignal,
  ): Promise<StoredState> {
    const { store, signers, signatures } = this.deps;
    const { backendUrl } = this.active;
    const stored = await store.read(backendUrl);
    if (!this.needsNewToken(stored, session)) {
      return stored;
    }
    const opened = await signers.open(session.profile, interactive);
    if (opened.mayPromptUser !== true) {
      return this.requestToken(session, backendUrl, opened, signal);
    }
    return signatures.ask(opened, { interactive, signal }, async (signer, assertAllowed) => {
      const latest = await store.read(backendUrl); // may have been refreshed elsewhere
      if (!this.needsNewToken(latest, session)) {
        return latest;
      }
      await assertAllowed();
      return this.requestToken(session, backendUrl, signer, signal);
    });
  }

  private async requestToken(
    { profile, minted }: CurrentSession,
    backendUrl: string,
    signer: Signer,
    signal: AbortSignal,
  ): Promise<StoredState> {
    const { store, transport, logger } = this.deps;
    const api = new ApiClient(backendUrl, transport);
    const token = await requestTokenWithKey(api, signer, this.deps, signal);
    logger.info(`Renewed the session with ${signer.fingerprint}.`);
    return store.saveRefreshed(backendUrl, { ...profile, ...token }, minted?.token);
  }

  /**
   * Checks whether a token must be issued. Another window may have refreshed the session, ended it
   * or started another, which then takes precedence.
   */
  private needsNewToken(stored: StoredState, { profile, minted }: CurrentSession): boolean {
    if (stored.kind === 'none' || stored.kind === 'ended') {
      return stored.kind === 'none';
    }
    const { minted: found } = stored;
    if (found === undefined) {
      return true;
    }
    const now = this.deps.clock.now();
    return (
      stored.profile.sessionId === profile.sessionId &&
      !(supersedes(found, minted, now) && isUsable({ now, token: found, isRenewable: true }))
    );
  }
}
